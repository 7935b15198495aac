"""Do with photos what the product's backend does: pending records, upload URLs, lists, retries, deletions."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from local.front.deployed import DeployedStack
from local.front.errors import Refusal
from local.front.gallery.model import DELETED, Cursor, Listing, NewPhoto, Record, age_order, to_json
from local.run.banner import DEVELOPER
from processor.aws.attributes import from_attribute, to_attribute
from processor.keys import ObjectKey
from processor.upload.events import hint

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

GALLERY_INDEX: Final = "GalleryIdIndex"
UPLOAD_S: Final = 3600
NOT_UPLOADED: Final = "NOT_UPLOADED"
NOTHING: Final[Record] = {}


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
        photo_id = str(uuid.uuid4())
        record = {
            "id": photo_id,
            "gallery_id": wanted.gallery.strip("/"),
            "user_id": DEVELOPER,
            "filename": wanted.name,
            "file_size": wanted.size,
            "s3_key": wanted.key(photo_id),
            "status": "pending",
            "created_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        self.dynamodb.put_item(
            TableName=self.table,
            Item={name: to_attribute(value) for name, value in record.items()},
            ConditionExpression="attribute_not_exists(id)",
        )
        url = self.s3.generate_presigned_url(
            "put_object",
            Params={"Bucket": self.originals, "Key": record["s3_key"], "ContentType": wanted.type},
            ExpiresIn=UPLOAD_S,
        )
        return {"photo": record, "upload": {"method": "PUT", "url": url, "headers": {"Content-Type": wanted.type}}}

    def page(self, wanted: Listing) -> dict[str, Any]:
        """List photos, newest first, without deleted ones; with a cursor when there are more."""
        found = [one for one in self.all(wanted.gallery) if one.get("status") != DELETED]
        found.sort(key=age_order, reverse=True)
        if wanted.cursor is not None:
            last = Cursor.read(wanted.cursor)
            found = [one for one in found if age_order(one) < (last.created_at, last.id)]
        shown, more = found[: wanted.limit], len(found) > wanted.limit
        return {"photos": shown, "cursor": Cursor.after(shown[-1]) if more else None}

    def all(self, gallery: str | None) -> Iterator[dict[str, Any]]:
        """Yield every record of *gallery*, or of all galleries: a local gallery is small enough for that."""
        if gallery is None:
            pages: Any = self.dynamodb.get_paginator("scan").paginate(TableName=self.table)
        else:
            pages = self.dynamodb.get_paginator("query").paginate(
                TableName=self.table,
                IndexName=GALLERY_INDEX,
                KeyConditionExpression="gallery_id = :gallery",
                ExpressionAttributeValues={":gallery": {"S": gallery.strip("/")}},
            )
        for page in pages:
            yield from (plain(item) for item in page["Items"])

    def read(self, photo_id: str) -> dict[str, Any]:
        """Read one record; raise Refusal when there is none."""
        answer = self.dynamodb.get_item(TableName=self.table, Key={"id": {"S": photo_id}}, ConsistentRead=True)
        if "Item" not in answer:
            raise Refusal(404, "PHOTO_NOT_FOUND", f"There is no photo with the id {photo_id!r}.")
        return plain(answer["Item"])

    def with_receipt(self, photo_id: str) -> dict[str, Any]:
        """Read one record with its whole receipt; the record itself holds only a part."""
        record = self.read(photo_id)
        heads: Record = record.get("receipt") or NOTHING
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
        record = self.read(photo_id)
        key = key_of(record)
        self.size_of(key)
        self.reset_failure(photo_id)
        sent = self.deployed.aws.client("sqs").send_message(
            QueueUrl=self.deployed.outputs["uploadsQueueUrl"], MessageBody=hint(self.originals, key)
        )
        return {"photo": self.read(photo_id), "messageId": sent["MessageId"]}

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
        try:
            self.size_of(key_of(self.read(photo_id)))
        except Refusal as refusal:
            if refusal.code != NOT_UPLOADED:
                raise
        else:
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


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """Turn an item into JSON."""
    return {name: to_json(from_attribute(value)) for name, value in item.items()}
