"""Results in their bucket. An edit gives the same bytes every time, so a job that comes again may write them again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from processor.aws.caching import CACHE_CONTROL
from processor.aws.faults import aws_call

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultObjects:
    """Writes results."""

    s3: S3Client
    bucket: str

    def put(self, key: str, data: bytes, content_type: str, *, cache_tag: str) -> None:
        """Put a result in place. *cache_tag*: what the CDN finds it by, ASCII."""
        with aws_call(f"s3:PutObject {self.bucket}/{key}"):
            self.s3.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=data,
                ContentType=content_type,
                # Shown, not saved; without a name, which a client could choose.
                ContentDisposition="inline",
                CacheControl=CACHE_CONTROL,
                Metadata={"cache-tag": cache_tag},
            )
