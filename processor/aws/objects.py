"""List buckets, read objects whole or in chunks, and read and replace a state object.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from processor.aws.faults import CONDITION_FAILED, IMPOSSIBLE_KEY, MISSING, UNREADABLE, aws_call, error_code, unless
from processor.errors import EditCode, EditError, StoreUnavailable
from processor.source import Source

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PAGE_KEYS: Final = 1000  # the most that one ListObjectsV2 returns
# Glacier Instant Retrieval is read at once. https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
ARCHIVES: Final = frozenset({"GLACIER", "DEEP_ARCHIVE"})
CHUNK_BYTES: Final = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One object as listed. *size* in bytes; *archived*: it cannot be read, unless it was restored for a while."""

    key: str
    size: int
    modified: datetime
    etag: str = ""
    archived: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class BucketListing:
    """Lists one bucket."""

    s3: S3Client
    bucket: str

    def page(self, prefix: str, *, after: str = "", limit: int = PAGE_KEYS) -> list[Listed]:
        """List the first *limit* objects below *prefix* after the key *after*; fewer only at the end."""
        more: dict[str, Any] = {"StartAfter": after} if after else {}
        with aws_call(f"s3:ListObjectsV2 {self.bucket}/{prefix}"):
            answer = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix, MaxKeys=limit, **more)
        return [
            # An object always has these; the stubs cannot know.
            Listed(
                key=one.get("Key", ""),
                size=one.get("Size", 0),
                modified=one["LastModified"],  # pyright: ignore[reportTypedDictNotRequiredAccess]
                etag=one.get("ETag", "").strip('"'),
                archived=one.get("StorageClass") in ARCHIVES,
            )
            for one in answer.get("Contents", [])
        ]

    def all(self, prefix: str, *, after: str = "") -> Iterator[Listed]:
        """List all objects below *prefix* after the key *after*, page by page."""
        while page := self.page(prefix, after=after, limit=PAGE_KEYS):
            yield from page
            if len(page) < PAGE_KEYS:
                return
            after = page[-1].key

    def near(self, keys: Collection[str]) -> frozenset[str]:
        """List what is close to *keys*, these included: a thousand a request, and no request without one of *keys*."""
        found: set[str] = set()
        waiting: list[str] = sorted(keys)
        last = ""
        while waiting:
            # StartAfter excludes its key; after this shorter one the key itself is listed, behind a few others.
            page = self.page("", after=max(last, waiting[0][:-1]), limit=PAGE_KEYS)
            found |= {one.key for one in page}
            if len(page) < PAGE_KEYS:
                break
            last = page[-1].key
            waiting = [key for key in waiting if key > last]
        return frozenset(found)

    def find(self, key: str) -> Listed | None:
        """Find the object *key*: the first that its name as a prefix lists."""
        return next((one for one in self.page(key, limit=1) if one.key == key), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectReader:
    """Reads whole objects of at most *max_bytes*."""

    s3: S3Client
    max_bytes: int

    def read(self, bucket: str, key: str) -> Source | None:
        """Read an object; None when there is none. Raise EditError when it is too large, before reading its body.

        Raise EditError(SOURCE_FAILED) when S3 has it and can never hand it out as it is.
        """
        with aws_call(f"s3:GetObject {bucket}/{key}"):
            try:
                answer = unless(MISSING | IMPOSSIBLE_KEY, lambda: self.s3.get_object(Bucket=bucket, Key=key))
            except ClientError as error:
                if error_code(error) in UNREADABLE:
                    raise unreadable(f"{bucket}/{key}", error_code(error)) from error
                raise
            if answer is None:
                return None
            with closing(answer["Body"]) as body:
                if answer["ContentLength"] > self.max_bytes:
                    raise too_large(answer["ContentLength"], self.max_bytes)
                chunks, size = body.iter_chunks(CHUNK_BYTES), answer["ContentLength"]
                return Source.from_chunks(chunks, max_bytes=self.max_bytes, expected_bytes=size)


def unreadable(where: str, code: str) -> EditError:
    """Build the error of an object that is archived, or encrypted with a key of its uploader."""
    return EditError(
        EditCode.SOURCE_FAILED,
        f"s3:GetObject {where}: expected the object, received {code}.",
        public="The picture's file is archived or encrypted with a key of its own, so it cannot be read. Restore it, "
        "or upload it again.",
    )


def too_large(size: int, max_bytes: int) -> EditError:
    """Build the error of an object that is larger than *max_bytes*."""
    what = f"expected at most {max_bytes:,} bytes, received {size:,}."
    return EditError(
        EditCode.IMAGE_TOO_LARGE,
        f"stored picture: {what}",
        public=f"The picture is too large: {what} Use a smaller file, or one of the photo's renditions.",
        details={"limit": max_bytes, "received": size},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class StateText:
    """Content of a state object as it was read. *etag*: the condition of its replacement, None when there was none."""

    text: bytes = b""
    etag: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StateObject:
    """The object *key*, in which one run leaves its state to the next."""

    s3: S3Client
    bucket: str
    key: str

    def read(self) -> StateText:
        """Read the state that the last run left; empty before the first run."""
        with aws_call(f"s3:GetObject {self.bucket}/{self.key}"):
            answer = unless(MISSING, lambda: self.s3.get_object(Bucket=self.bucket, Key=self.key))
            return StateText(text=answer["Body"].read(), etag=answer["ETag"]) if answer else StateText()

    def write(self, text: bytes, *, seen: StateText) -> StateText:
        """Replace the state *seen* and return the new one.

        Raise StoreUnavailable when another run has replaced it meanwhile.
        """
        condition: dict[str, Any] = {"IfMatch": seen.etag} if seen.etag else {"IfNoneMatch": "*"}
        with aws_call(f"s3:PutObject {self.bucket}/{self.key}"):
            answer = unless(
                CONDITION_FAILED | MISSING,
                lambda: self.s3.put_object(
                    Bucket=self.bucket, Key=self.key, Body=text, ContentType="application/json", **condition
                ),
            )
        if answer is None:
            raise StoreUnavailable(f"{self.key}: expected to be the only run, another one was faster.")
        return StateText(text=text, etag=answer["ETag"])


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenObject:
    """An object that is being read: *size* in bytes, the *etag* of this content, its *chunks*, once."""

    size: int
    etag: str
    modified: datetime
    chunks: Iterator[bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectStreams:
    """Reads objects of one bucket in chunks, whatever their size."""

    s3: S3Client
    bucket: str

    @contextmanager
    def open(self, key: str, *, etag: str = "") -> Generator[OpenObject | None]:
        """Open an object; None when there is none, or none with the content *etag*.

        Raise EditError(SOURCE_FAILED) when S3 has it and can never hand it out as it is, StoreUnavailable when S3
        fails, also while the chunks are read.
        """
        same: dict[str, Any] = {"IfMatch": f'"{etag}"'} if etag else {}
        with aws_call(f"s3:GetObject {self.bucket}/{key}"):
            try:
                answer = unless(
                    MISSING | CONDITION_FAILED, lambda: self.s3.get_object(Bucket=self.bucket, Key=key, **same)
                )
            except ClientError as error:
                if error_code(error) in UNREADABLE:
                    raise unreadable(f"{self.bucket}/{key}", error_code(error)) from error
                raise
            if answer is None:
                yield None
                return
            with closing(answer["Body"]) as body:
                yield OpenObject(
                    size=answer["ContentLength"],
                    etag=answer["ETag"].strip('"'),
                    modified=answer["LastModified"],
                    chunks=body.iter_chunks(CHUNK_BYTES),
                )
