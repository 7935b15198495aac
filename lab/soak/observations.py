"""Read every record, original, item, rendition, session and result after the run."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx
from PIL import Image

from lab.drill.operator import ITEMS, PHOTOS
from lab.soak.model import Gallery, SessionLine, SessionSeen, StoredRendition
from lab.soak.streams import stream
from processor.aws.attributes import from_item
from processor.aws.originals_table import LEASE, STEM
from processor.original import OriginalItem
from testkit.embedded_stack import LocalStack
from testkit.output_scan import read_logs
from testkit.simulated_user import SimulatedUser

RENDITIONS: Final = "renditions/"
ATTEMPTS: Final = '"attempts":'


def gallery(stack: LocalStack) -> Gallery:
    """Read all that is stored of photos."""
    bucket, rows = stack.known["buckets"]["renditions"], list(records(stack, ITEMS))
    items = [OriginalItem.from_tree(one) for one in rows if one["key"] not in {LEASE, STEM}]
    return Gallery(
        records={str(one["id"]): one for one in records(stack, PHOTOS)},
        originals={(key, version): sha256 for key, version, sha256 in originals(stack)},
        renditions={key: shown(body, metadata) for key, body, metadata in objects(stack, bucket, RENDITIONS)},
        items={item.key: frozenset(item.objects) for item in items if item.gone_at is None},
        leases=frozenset(str(one["id"]) for one in rows if one["key"] == LEASE),
    )


def records(stack: LocalStack, table: str) -> Iterator[Mapping[str, Any]]:
    """Read all items of a table."""
    for page in stack.aws.client("dynamodb").get_paginator("scan").paginate(TableName=table):
        for item in page["Items"]:
            yield from_item(item)


def originals(stack: LocalStack) -> Iterator[tuple[str, str, str]]:
    """Read every version of every original: key, version, SHA-256."""
    s3: Any = stack.aws.client("s3")
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=stack.originals):
        for one in page.get("Versions", []):
            key, version = one["Key"], one["VersionId"]
            body = s3.get_object(Bucket=stack.originals, Key=key, VersionId=version)["Body"].read()
            yield key, version, hashlib.sha256(body).hexdigest()


def objects(stack: LocalStack, bucket: str, prefix: str) -> Iterator[tuple[str, bytes, Mapping[str, str]]]:
    """Read all objects below *prefix*: key, content, metadata."""
    s3: Any = stack.aws.client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for one in page.get("Contents", []):
            answer = s3.get_object(Bucket=bucket, Key=one["Key"])
            yield one["Key"], answer["Body"].read(), answer["Metadata"]


def shown(body: bytes, metadata: Mapping[str, str] | None = None) -> StoredRendition:
    """Decode a picture to its last pixel."""
    try:
        with Image.open(io.BytesIO(body)) as image:
            image.load()
            size = image.size
    except OSError:
        size = None
    return StoredRendition(size=size, stored_bytes=len(body), metadata=metadata or {})


def session(stack: LocalStack, line: SessionLine) -> SessionSeen:
    """Read a session once more, its whole stream too, and fetch its results as a viewer does."""
    person = SimulatedUser.named(stack, line.user)
    found = person.session(line.session_id)
    return SessionSeen(
        status=found["status"],
        counters=found["counters"],
        events=tuple(stream(stack, found)),
        results={name: fetched(stack, result["url"]) for name, result in found["results"].items()},
    )


def came_again(stack: LocalStack) -> int:
    """Count the messages that workers were handed for the second time or later, after a death or during an outage."""
    said = (line for _, text in read_logs(stack) for line in text.splitlines() if ATTEMPTS in line)
    return sum(json.loads(line)["attempts"] > 1 for line in said)


def fetched(stack: LocalStack, url: str) -> StoredRendition:
    """Fetch a picture at the CDN; one that is not there has no size."""
    answer: httpx.Response = stack.http.get(url)
    return shown(answer.content) if answer.is_success else StoredRendition(size=None, stored_bytes=0)
