"""What lies in a bucket, in S3's own order: by the bytes of the keys, which is Python's order of their text.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from processor.aws.faults import aws_call

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PAGE_KEYS: Final = 1000  # S3 lists no more at once


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One object as listed. *size* in bytes."""

    key: str
    size: int
    modified: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """Lists one bucket."""

    s3: S3Client
    bucket: str

    def page(self, prefix: str, *, after: str = "", limit: int = PAGE_KEYS) -> list[Listed]:
        """List the first *limit* objects below *prefix* behind the key *after*; fewer only when there are no more."""
        more: dict[str, Any] = {"StartAfter": after} if after else {}
        with aws_call(f"s3:ListObjectsV2 {self.bucket}/{prefix}"):
            answer = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix, MaxKeys=limit, **more)
        return [
            # An object always has these; the stubs cannot know.
            Listed(key=one.get("Key", ""), size=one.get("Size", 0), modified=one["LastModified"])  # pyright: ignore[reportTypedDictNotRequiredAccess]
            for one in answer.get("Contents", [])
        ]

    def all(self, prefix: str, *, after: str = "") -> Iterator[Listed]:
        """List everything below *prefix* behind the key *after*, page by page."""
        while page := self.page(prefix, after=after, limit=PAGE_KEYS):
            yield from page
            if len(page) < PAGE_KEYS:
                return
            after = page[-1].key

    def between(self, first: str, last: str) -> Iterator[Listed]:
        """List the objects from *first* to *last*, both included."""
        # S3 begins behind a key; behind this shorter one comes *first* itself, after few others.
        for one in self.all("", after=first[:-1]):
            if one.key > last:
                return
            if one.key >= first:
                yield one

    def near(self, keys: Collection[str]) -> frozenset[str]:
        """List the keys from the first to the last of *keys*: cheap when these lie close together."""
        return frozenset(one.key for one in self.between(min(keys), max(keys))) if keys else frozenset()

    def find(self, key: str) -> Listed | None:
        """Find the object *key*: whatever else begins with its name is listed behind it."""
        return next((one for one in self.page(key, limit=1) if one.key == key), None)
