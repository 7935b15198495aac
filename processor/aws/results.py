"""Write results of edits, and offer upload slots, in the results bucket.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from processor.aws.faults import aws_call
from processor.edits.names import slot_key

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# The content of a URL never changes: a rendition's URL holds its version, each result has a URL of its own.
CACHE_CONTROL: Final = "public, max-age=31536000, immutable"
SLOT_BYTES: Final = 18
SCHEME: Final = "upload://"
OFFER_S: Final = 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultObjects:
    """Writes results of edits."""

    s3: S3Client
    bucket: str

    def put(self, key: str, data: bytes, content_type: str, *, cache_tag: str) -> None:
        """Store a result. *cache_tag*: for invalidation by the CDN, ASCII."""
        with aws_call(f"s3:PutObject {self.bucket}/{key}"):
            self.s3.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=data,
                ContentType=content_type,
                # Displayed, not downloaded; without a file name, which a client could choose.
                ContentDisposition="inline",
                CacheControl=CACHE_CONTROL,
                Metadata={"cache-tag": cache_tag},
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A presigned PUT: send the file with *headers* to *url* within *expires_in_s*; an edit names *reference*."""

    reference: str
    url: str
    headers: Mapping[str, str]
    expires_in_s: int
    max_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Slots:
    """Creates upload slots in the results bucket, for files of at most *max_bytes*; each takes one file once."""

    s3: S3Client
    bucket: str
    max_bytes: int

    def offer(self, user_id: str, *, size: int, content_type: str | None = None) -> Offer:
        """Presign a slot below the prefix of *user_id*; S3 refuses another size or type, and a second file."""
        slot = new_slot()
        typed = {"ContentType": content_type} if content_type else {}
        # Signing makes no request; S3 checks the signer's permission when the file arrives.
        url = self.s3.generate_presigned_url(
            ClientMethod="put_object",
            Params={
                "Bucket": self.bucket,
                "Key": slot_key(user_id, slot),
                "ContentLength": size,
                "IfNoneMatch": "*",
                **typed,
            },
            ExpiresIn=OFFER_S,
        )
        return Offer(
            reference=f"{SCHEME}{slot}",
            url=url,
            headers={"If-None-Match": "*"} | ({"Content-Type": content_type} if content_type else {}),
            expires_in_s=OFFER_S,
            max_bytes=self.max_bytes,
        )

    def store(self, user_id: str, data: bytes) -> str:
        """Store *data* in a new slot of *user_id*; return its reference."""
        slot = new_slot()
        key = slot_key(user_id, slot)
        with aws_call(f"s3:PutObject {self.bucket}/{key}"):
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=data, ContentType="application/octet-stream")
        return f"{SCHEME}{slot}"


def new_slot() -> str:
    """Make the unguessable name of a slot."""
    return secrets.token_urlsafe(SLOT_BYTES)
