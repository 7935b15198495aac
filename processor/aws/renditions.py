"""Write, find and delete renditions. Only the holder of the photo's lease does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from processor.aws.faults import MISSING, aws_call, unless
from processor.aws.objects import BucketListing
from processor.aws.results import CACHE_CONTROL
from processor.keys import ObjectKey, path_of, readable_path, stem_path

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

TAG: Final = "cache-tag"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamp:
    """Metadata of every rendition of one original; ASCII, as S3 requires."""

    cache_tag: str
    source_version: str
    recipe: str
    version: str

    def metadata(self) -> dict[str, str]:
        """Return the metadata under the names that S3 and the CDN read."""
        return {
            TAG: self.cache_tag,
            "source-version": self.source_version,
            "recipe": self.recipe,
            "version": self.version,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredFile:
    """A rendition as it is stored. *version*: of the photo that it shows."""

    data: bytes
    version: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RenditionWriter:
    """Stores renditions."""

    s3: S3Client
    bucket: str

    def put(self, key: str, data: bytes, content_type: str, stamp: Stamp) -> None:
        """Store a rendition."""
        with aws_call(f"s3:PutObject {self.bucket}/{key}"):
            self.s3.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=data,
                ContentType=content_type,
                CacheControl=CACHE_CONTROL,
                Metadata=stamp.metadata(),
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class RenditionFiles(RenditionWriter):
    """Reads and stores renditions."""

    def read(self, key: str) -> StoredFile | None:
        """Return a rendition; None when there is none."""
        with aws_call(f"s3:GetObject {self.bucket}/{key}"):
            answer = unless(MISSING, lambda: self.s3.get_object(Bucket=self.bucket, Key=key))
            if answer is None:
                return None
            with closing(answer["Body"]) as body:
                return StoredFile(data=body.read(), version=answer["Metadata"].get("version", ""))


@dataclass(frozen=True, kw_only=True, slots=True)
class RenditionObjects(RenditionWriter):
    """The renditions bucket."""

    def delete(self, keys: Iterable[str]) -> None:
        """Delete renditions; those that are not there are no error."""
        for key in keys:
            with aws_call(f"s3:DeleteObject {self.bucket}/{key}"):
                self.s3.delete_object(Bucket=self.bucket, Key=key)

    def tag(self, key: str) -> str | None:
        """Return the cache tag of a rendition, "" for one without, None when there is no rendition."""
        with aws_call(f"s3:HeadObject {self.bucket}/{key}"):
            answer = unless(MISSING, lambda: self.s3.head_object(Bucket=self.bucket, Key=key))
        return answer["Metadata"].get(TAG, "") if answer else None

    def owned_by(self, name: ObjectKey, stems: Iterable[str]) -> list[str]:
        """Find all renditions of an original by their cache tags, under any of *stems*, with any code behind it."""
        paths = [stem_path(name.gallery, stem) for stem in stems]
        found = dict.fromkeys(key for path in paths for key in self.below(path))
        return [key for key in found if is_tagged(self.tag(key), name)]

    def below(self, path: str) -> Iterator[str]:
        """List the keys of all renditions of one stem, and of its opaque ones, of whichever secret."""
        listing = BucketListing(s3=self.s3, bucket=self.bucket)
        return (one.key for mark in "_-" for one in listing.all(f"{path}{mark}") if is_below(one.key, path))


def is_below(key: str, path: str) -> bool:
    """Return whether *key* is a rendition's of the stem *path*, as it is or with a code."""
    return path in {path_of(key), readable_path(path_of(key))}


def is_tagged(tag: str | None, name: ObjectKey) -> bool:
    """Return whether the cache tags *tag* name the photo *name*."""
    return tag is not None and name.photo_tag in tag.split(",")
