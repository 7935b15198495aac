"""Write and delete renditions conditionally, so that older pixels never replace newer ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from processor.aws.faults import CONDITION_FAILED, MISSING, aws_call, unless
from processor.aws.results import CACHE_CONTROL
from processor.errors import StoreUnavailable
from processor.events import Overtaken

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PUT_ATTEMPTS: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamp:
    """Metadata of every rendition of one original; ASCII, as S3 requires."""

    cache_tag: str
    source_version: str
    recipe: str
    version: str
    sequencer: str

    def metadata(self) -> dict[str, str]:
        """Return the metadata under the names that S3 and the CDN read."""
        named = {
            "cache-tag": self.cache_tag,
            "source-version": self.source_version,
            "recipe": self.recipe,
            "version": self.version,
            "sequencer": self.sequencer,
        }
        # S3 does not keep metadata without a value.
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRenditionState:
    """ETag and metadata of a stored rendition."""

    etag: str
    metadata: Mapping[str, str]

    @property
    def order(self) -> str:
        """The sequencer of the event that it was made for; "" when it has none."""
        return self.metadata.get("sequencer", "")


@dataclass(frozen=True, kw_only=True, slots=True)
class RenditionObjects:
    """Writes and deletes renditions."""

    s3: S3Client
    bucket: str

    def put(self, key: str, data: bytes, content_type: str, stamp: Stamp) -> bool:
        """Store *data*; return False when a duplicate delivery has stored the same file already.

        Raise Overtaken when a rendition of a newer event is there.
        """
        found: StoredRenditionState | None = None
        for _ in range(PUT_ATTEMPTS):
            condition: dict[str, Any] = {"IfMatch": found.etag} if found else {"IfNoneMatch": "*"}
            if self.written(key, data, content_type, stamp, condition):
                return True
            found = self.head(key)
            if found and found.order > stamp.sequencer:
                raise Overtaken(f"{key} is of a newer original ({found.order} > {stamp.sequencer})")
            if found and found.metadata == stamp.metadata():
                return False
        raise StoreUnavailable(f"{key}: expected to write it in {PUT_ATTEMPTS} attempts, lost every race.")

    def written(self, key: str, data: bytes, content_type: str, stamp: Stamp, condition: dict[str, Any]) -> bool:
        """Write under a condition; return False when it failed."""
        with aws_call(f"s3:PutObject {self.bucket}/{key}"):
            answer = unless(
                CONDITION_FAILED | MISSING,
                lambda: self.s3.put_object(
                    Bucket=self.bucket,
                    Key=key,
                    Body=data,
                    ContentType=content_type,
                    CacheControl=CACHE_CONTROL,
                    Metadata=stamp.metadata(),
                    **condition,
                ),
            )
        return answer is not None

    def head(self, key: str) -> StoredRenditionState | None:
        """Read the ETag and metadata of a rendition; None when there is none."""
        with aws_call(f"s3:HeadObject {self.bucket}/{key}"):
            answer = unless(MISSING, lambda: self.s3.head_object(Bucket=self.bucket, Key=key))
        return StoredRenditionState(etag=answer["ETag"], metadata=answer["Metadata"]) if answer else None

    def delete(self, key: str, *, up_to: str) -> bool:
        """Delete a rendition unless it is of an event newer than *up_to*; return whether it was deleted."""
        found = self.head(key)
        if found is None or found.order > up_to:
            return False
        with aws_call(f"s3:DeleteObject {self.bucket}/{key}"):
            answer = unless(
                CONDITION_FAILED | MISSING,  # replaced or deleted since: then another event is responsible
                lambda: self.s3.delete_object(Bucket=self.bucket, Key=key, IfMatch=found.etag),
            )
        return answer is not None
