"""Read every record, original, manifest, rendition, session and result after the run."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx
from PIL import Image

from lab.drill.operator import PHOTOS
from lab.soak.model import Filed, Gallery, SessionLine, SessionSeen, StoredRendition
from lab.soak.streams import stream
from processor.aws.attributes import from_attribute
from processor.manifest import Manifest
from testkit.embedded_stack import LocalStack
from testkit.output_scan import read_logs
from testkit.simulated_user import SimulatedUser

RENDITIONS: Final = "renditions/"
MANIFESTS: Final = "manifests/"
ATTEMPTS: Final = '"attempts":'


def gallery(stack: LocalStack) -> Gallery:
    """Read all that is stored of photos."""
    bucket = stack.known["buckets"]["renditions"]
    return Gallery(
        records={str(one["id"]): one for one in records(stack)},
        originals={(key, version): sha256 for key, version, sha256 in originals(stack)},
        renditions={key: shown(body, metadata) for key, body, metadata in objects(stack, bucket, RENDITIONS)},
        manifests={key: filed(body) for key, body, _ in objects(stack, bucket, MANIFESTS)},
    )


def records(stack: LocalStack) -> Iterator[Mapping[str, Any]]:
    """Read all photo records."""
    for page in stack.aws.client("dynamodb").get_paginator("scan").paginate(TableName=PHOTOS):
        for item in page["Items"]:
            yield {name: from_attribute(value) for name, value in item.items()}


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


def filed(text: bytes) -> Filed:
    """Read a manifest."""
    manifest = Manifest.from_json(text)
    made = manifest.photo.renditions if manifest.photo else ()
    return Filed(key=manifest.key, renditions=frozenset(one.key for one in made))


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
