"""Pictures that lie in our own buckets, read by whoever edits them: originals, renditions, slots, results."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from processor.aws.faults import MISSING, aws_call, unless
from processor.errors import EditCode, EditError
from processor.source import Source

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CHUNK_BYTES: Final = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredPictures:
    """Reads whole objects of at most *max_bytes*."""

    s3: S3Client
    max_bytes: int

    def read(self, bucket: str, key: str) -> Source | None:
        """Read an object as it is now; None when there is none; raise EditError(IMAGE_TOO_LARGE) before reading it."""
        with aws_call(f"s3:GetObject {bucket}/{key}"):
            answer = unless(MISSING, lambda: self.s3.get_object(Bucket=bucket, Key=key))
            if answer is None:
                return None
            with closing(answer["Body"]) as body:
                if answer["ContentLength"] > self.max_bytes:
                    raise too_large(answer["ContentLength"], self.max_bytes)
                return Source.from_chunks(body.iter_chunks(CHUNK_BYTES), max_bytes=self.max_bytes)


def too_large(size: int, max_bytes: int) -> EditError:
    """Say how large the picture is and how large it may be."""
    what = f"expected at most {max_bytes:,} bytes, received {size:,}."
    return EditError(
        EditCode.IMAGE_TOO_LARGE,
        f"stored picture: {what}",
        public=f"The picture is too large: {what} Use a smaller file, or one of the photo's renditions.",
        details={"max_bytes": max_bytes, "bytes": size},
    )
