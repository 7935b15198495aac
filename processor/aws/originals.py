"""Open originals for reading. Nothing writes to the originals bucket."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from processor.aws.faults import CONDITION_FAILED, MISSING, aws_call, error_code, unless
from processor.events import ObjectEvent, Overtaken, SourceGone

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CHUNK_BYTES = 1 << 20
# A GET of a version that is a delete marker is answered with 405.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
GONE = MISSING | {"405", "MethodNotAllowed"}


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedOriginal:
    """An original, open for reading. *size* in bytes; *chunks* can be read once."""

    source_version: str
    size: int
    chunks: Iterator[bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Originals:
    """Opens the originals that events name."""

    s3: S3Client
    bucket: str

    @contextmanager
    def open(self, event: ObjectEvent) -> Generator[OpenedOriginal]:
        """Open the content that *event* names: its version, else the content with its ETag, else the current content.

        Raise SourceGone when it is deleted, Overtaken when other content has replaced it, StoreUnavailable when S3
        fails, also while the chunks are read.
        """
        with aws_call(f"s3:GetObject {event.bucket}/{event.key}"):
            try:
                answer = self.s3.get_object(Bucket=self.bucket, Key=event.key, **precondition(event))
            except ClientError as error:
                raise_if_expected(error, event)
                raise
            with closing(answer["Body"]) as body:
                yield OpenedOriginal(
                    source_version=content_version(answer.get("VersionId"), answer["ETag"]),
                    size=answer["ContentLength"],
                    chunks=body.iter_chunks(CHUNK_BYTES),
                )

    def current(self, key: str) -> str | None:
        """Return the version of the current content of *key*; None when it is missing or deleted."""
        with aws_call(f"s3:HeadObject {self.bucket}/{key}"):
            answer = unless(MISSING, lambda: self.s3.head_object(Bucket=self.bucket, Key=key))
        return content_version(answer.get("VersionId"), answer["ETag"]) if answer else None


def precondition(event: ObjectEvent) -> dict[str, Any]:
    """Restrict a GET to the content that *event* was sent for."""
    if event.version_id:
        return {"VersionId": event.version_id}
    return {"IfMatch": f'"{event.etag}"'} if event.etag else {}


def raise_if_expected(error: ClientError, event: ObjectEvent) -> None:
    """Translate "no such object" to SourceGone and "other content" to Overtaken; ignore any other error."""
    code = error_code(error)
    if code in GONE:
        raise SourceGone(f"{event.key} does not exist ({code})") from error
    if code in CONDITION_FAILED:
        raise Overtaken(f"{event.key} holds newer content than {event.etag}") from error


def content_version(version_id: str | None, etag: str) -> str:
    """Return the version id where the bucket keeps versions, else the ETag."""
    return version_id if version_id and version_id != "null" else etag.strip('"')
