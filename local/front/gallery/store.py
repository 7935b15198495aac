"""Do with photos what the product's backend does: records, upload URLs, lists, retries, deletions, downloads."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from botocore.exceptions import ClientError

from local.front.deployed import DeployedStack
from local.front.errors import Refusal
from local.front.gallery.costs import photo_requests_usd
from local.front.gallery.model import (
    DELETED,
    INTERRUPTED,
    ORDERS,
    Cursor,
    FocalPoint,
    Listing,
    NewPhoto,
    Record,
    Renewal,
    mentions,
    state_of,
    to_json,
)
from local.run.banner import DEVELOPER
from processor.aws.attributes import from_attribute, to_attribute
from processor.keys import ObjectKey
from processor.upload.events import hint

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

GALLERY_INDEX: Final = "GalleryIdIndex"
UPLOAD_S: Final = 3600
CHUNK: Final = 256 * 1024  # bytes
# An upload that has not ended by then has been interrupted, as far as the gallery can tell.
INTERRUPTED_AFTER: Final = timedelta(minutes=15)
NOT_UPLOADED: Final = "NOT_UPLOADED"
NOTHING: Final[Record] = {}
# What state_of and is_interrupted read, and the reason of a failure.
STATE_FIELDS: Final = ("id", "status", "error", "announced_at", "original_key", "s3_key", "small_url", "thumbnail_url")


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoStore:
    """The photos of the stack *deployed*."""

    deployed: DeployedStack

    @property
    def dynamodb(self) -> DynamoDBClient:
        """Return the client of the table."""
        return self.deployed.aws.client("dynamodb")

    @property
    def s3(self) -> S3Client:
        """Return the client of the buckets."""
        return self.deployed.aws.client("s3")

    @property
    def table(self) -> str:
        """Name the photos table."""
        return str(self.deployed.outputs["photosTable"])

    @property
    def originals(self) -> str:
        """Name the originals bucket."""
        return str(self.deployed.outputs["originalsBucket"])

    def create(self, wanted: NewPhoto) -> dict[str, Any]:
        """Write a pending record before the upload can start; return it with the presigned upload."""
        photo_id, now = str(uuid.uuid4()), datetime.now(UTC)
        record = {
            "id": photo_id,
            "gallery_id": wanted.gallery.strip("/"),
            "user_id": DEVELOPER,
            "filename": wanted.name,
            "file_size": wanted.size,
            "s3_key": wanted.key(photo_id),
            "status": "pending",
            "created_at": instant((wanted.added_at or now) - timedelta(milliseconds=wanted.place)),
            "announced_at": instant(now),
        }
        self.dynamodb.put_item(
            TableName=self.table,
            Item={name: to_attribute(value) for name, value in record.items()},
            ConditionExpression="attribute_not_exists(id)",
        )
        return self.upload_of(record, wanted.type)

    def renew(self, photo_id: str, wanted: Renewal) -> dict[str, Any]:
        """Return another presigned upload for a record whose file has not come; the first one has expired."""
        record = self.read(photo_id)
        if record.get("status") != "pending":
            raise Refusal(409, "NOT_PENDING", f"The photo {photo_id!r} has its file: add the file as a new photo.")
        return self.upload_of(record, wanted.type)

    def upload_of(self, record: Record, content_type: str) -> dict[str, Any]:
        """Return *record* with a presigned upload of its original."""
        url = self.s3.generate_presigned_url(
            "put_object",
            Params={"Bucket": self.originals, "Key": key_of(record), "ContentType": content_type},
            ExpiresIn=UPLOAD_S,
        )
        upload = {"method": "PUT", "url": url, "headers": {"Content-Type": content_type}, "expiresIn": UPLOAD_S}
        return {"photo": record, "upload": upload}

    def page(self, wanted: Listing) -> dict[str, Any]:
        """List photos in the wanted order, with a cursor when there are more, and the number in each state."""
        order = ORDERS[wanted.sort]
        found = [one for one in self.photos(wanted.gallery) if mentions(one, wanted.search)]
        listed = [one for one in found if wanted.state in {None, state_of(one)}]
        listed.sort(key=order.of, reverse=order.descending)
        if wanted.cursor is not None:
            last = Cursor.read(wanted.cursor)
            listed = [one for one in listed if order.after(one, (last.key, last.id))]
        shown, more = listed[: wanted.limit], len(listed) > wanted.limit
        return {
            "photos": shown,
            "cursor": Cursor.after(order.of(shown[-1])) if more else None,
            "counts": Counter(state_of(one) for one in found),
        }

    def galleries(self) -> dict[str, Any]:
        """List all galleries by name, each with the number of its photos."""
        counts = Counter(str(one.get("gallery_id") or "") for one in self.photos(None, fields=("gallery_id", "status")))
        return {"galleries": [{"name": name, "photos": counts[name]} for name in sorted(counts) if name]}

    def states(self) -> Iterator[dict[str, Any]]:
        """Yield of every photo what tells its state, and why it failed."""
        return self.photos(None, fields=STATE_FIELDS)

    def photos(self, gallery: str | None, *, fields: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        """Yield every photo that is not deleted; *fields*: those that are read, all when empty."""
        return (one for one in self.all(gallery, fields=fields) if one.get("status") != DELETED)

    def marked(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return *record*, marked if its upload was interrupted."""
        return {**record, INTERRUPTED: True} if self.is_interrupted(record) else record

    def is_interrupted(self, record: Record) -> bool:
        """Return whether a record has waited for its file for too long."""
        if record.get("status") != "pending" or "announced_at" not in record:
            return False
        if datetime.fromisoformat(record["announced_at"]) > datetime.now(UTC) - INTERRUPTED_AFTER:
            return False
        return not self.is_uploaded(key_of(record))

    def all(self, gallery: str | None, *, fields: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        """Yield every record of *gallery*, or of all galleries: a local gallery is small enough for that."""
        read: dict[str, Any] = {"TableName": self.table}
        if fields:
            names = {f"#{name}": name for name in fields}
            read |= {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
        if gallery is None:
            pages: Any = self.dynamodb.get_paginator("scan").paginate(**read)
        else:
            pages = self.dynamodb.get_paginator("query").paginate(
                **read,
                IndexName=GALLERY_INDEX,
                KeyConditionExpression="gallery_id = :gallery",
                ExpressionAttributeValues={":gallery": {"S": gallery.strip("/")}},
            )
        for page in pages:
            yield from (self.marked(plain(item)) for item in page["Items"])

    def read(self, photo_id: str) -> dict[str, Any]:
        """Read one record; raise Refusal when there is none."""
        answer = self.dynamodb.get_item(TableName=self.table, Key={"id": {"S": photo_id}}, ConsistentRead=True)
        if "Item" not in answer:
            raise Refusal(404, "PHOTO_NOT_FOUND", f"There is no photo with the id {photo_id!r}.")
        return plain(answer["Item"])

    def with_receipt(self, photo_id: str) -> dict[str, Any]:
        """Read one record with its whole receipt, of which it holds only a part, and the price of its requests."""
        record = {**self.marked(self.read(photo_id)), "requests_usd": photo_requests_usd()}
        heads = cast("Record", record.get("receipt") or NOTHING)
        if not heads or not record.get("original_key"):
            return record
        key = str(record["original_key"])
        answer = self.dynamodb.get_item(
            TableName=self.deployed.outputs["originalsTable"],
            Key={"id": {"S": ObjectKey(key).photo_id}, "key": {"S": key}},
        )
        whole: Record = plain(answer.get("Item", {})).get("receipt") or NOTHING
        return {**record, "receipt": {**heads, **whole}}

    def retry(self, photo_id: str) -> dict[str, Any]:
        """Set a failed photo to pending, and send an event of its original to the uploads queue."""
        key = key_of(self.read(photo_id))
        self.size_of(key)
        self.reset_failure(photo_id)
        return self.sent(photo_id, key)

    def focus(self, photo_id: str, point: FocalPoint) -> dict[str, Any]:
        """Write the photo's focal point into its record, and have it rendered by that."""
        key = key_of(self.read(photo_id))
        self.size_of(key)
        self.dynamodb.update_item(
            TableName=self.table,
            Key={"id": {"S": photo_id}},
            UpdateExpression="SET focus = :focus",
            ConditionExpression="attribute_exists(id)",
            ExpressionAttributeValues={":focus": to_attribute(point.model_dump())},
        )
        return self.sent(photo_id, key)

    def sent(self, photo_id: str, key: str) -> dict[str, Any]:
        """Send an event of the original *key* to the uploads queue; return the record as it is now."""
        answer = self.deployed.aws.client("sqs").send_message(
            QueueUrl=self.deployed.outputs["uploadsQueueUrl"], MessageBody=hint(self.originals, key)
        )
        return {"photo": self.read(photo_id), "messageId": answer["MessageId"]}

    def original(self, photo_id: str) -> tuple[str, int, Iterator[bytes]]:
        """Return the file name, the size (bytes) and the content of an original."""
        record = self.read(photo_id)
        self.size_of(key_of(record))
        found = self.s3.get_object(Bucket=self.originals, Key=key_of(record))
        return str(record.get("filename") or record["id"]), found["ContentLength"], found["Body"].iter_chunks(CHUNK)

    def is_uploaded(self, key: str) -> bool:
        """Return whether there is an original *key*."""
        try:
            self.size_of(key)
        except Refusal as refusal:
            if refusal.code != NOT_UPLOADED:
                raise
            return False
        return True

    def size_of(self, key: str) -> int:
        """Return the size of an original in bytes; raise Refusal when it was never uploaded."""
        try:
            return self.s3.head_object(Bucket=self.originals, Key=key)["ContentLength"]
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") != 404:  # noqa: PLR2004
                raise
            raise Refusal(409, NOT_UPLOADED, f"The original {key} is not there: upload it again.") from error

    def reset_failure(self, photo_id: str) -> None:
        """Set a failed photo to pending; leave any other as it is."""
        try:
            self.dynamodb.update_item(
                TableName=self.table,
                Key={"id": {"S": photo_id}},
                UpdateExpression="SET #status = :pending REMOVE #error",
                ConditionExpression="#status = :failed",
                ExpressionAttributeNames={"#status": "status", "#error": "error"},
                ExpressionAttributeValues={":pending": {"S": "pending"}, ":failed": {"S": "failed"}},
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return

    def delete(self, photo_id: str) -> None:
        """Delete the original; the pipeline then removes the renditions and updates the record."""
        if not self.delete_pending(photo_id):
            self.s3.delete_object(Bucket=self.originals, Key=key_of(self.read(photo_id)))

    def delete_pending(self, photo_id: str) -> bool:
        """Delete a pending record without an original, for which no event would come; return whether it was one."""
        if self.is_uploaded(key_of(self.read(photo_id))):
            return False
        try:
            self.dynamodb.delete_item(
                TableName=self.table,
                Key={"id": {"S": photo_id}},
                ConditionExpression="#status = :pending",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={":pending": {"S": "pending"}},
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True


def key_of(record: Record) -> str:
    """Return the key of the original of *record*: from the pipeline, else from the backend, else the record's id."""
    return str(record.get("original_key") or record.get("s3_key") or record["id"])


def instant(when: datetime) -> str:
    """Write a time as records hold it."""
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """Turn an item into JSON."""
    return {name: to_json(from_attribute(value)) for name, value in item.items()}
