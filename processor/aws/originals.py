"""Look at originals, and open them for reading. Nothing writes to the originals bucket."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from processor.aws.faults import CONDITION_FAILED, MISSING, aws_call, error_code
from processor.errors import PhotoError, Verdict
from processor.events import OriginalChanged
from processor.original import CurrentOriginal

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CHUNK_BYTES: Final = 1 << 20
# A GET of a version that is a delete marker is answered with 405.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
GONE: Final = MISSING | CONDITION_FAILED | {"405", "MethodNotAllowed"}
# A HEAD of an object with a customer's key (SSE-C), whose answer has no body to say so.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
NO_CUSTOMER_KEY: Final = frozenset({"400", "BadRequest", "InvalidRequest"})
ARCHIVED: Final = PhotoError(Verdict.ARCHIVED, "The file is in an archive and cannot be read at once.")
CUSTOMER_KEY: Final = PhotoError(
    Verdict.ENCRYPTED_WITH_CUSTOMER_KEY, "The file is encrypted with a key that only its owner has."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Originals:
    """The originals bucket."""

    s3: S3Client
    bucket: str

    def look(self, key: str) -> CurrentOriginal | None:
        """Return the current version of *key*; None when there is none, or it is deleted."""
        with aws_call(f"s3:HeadObject {self.bucket}/{key}"):
            try:
                answer = self.s3.head_object(Bucket=self.bucket, Key=key)
            except ClientError as error:
                if error_code(error) in MISSING:
                    return None
                if error_code(error) not in NO_CUSTOMER_KEY:
                    raise
            else:
                return current(key, answer, size=answer["ContentLength"])
        return self.listed(key)

    def listed(self, key: str) -> CurrentOriginal | None:
        """Describe an original that cannot be read, as it is listed: the first that its name as a prefix lists."""
        with aws_call(f"s3:ListObjectsV2 {self.bucket}/{key}"):
            found: Any = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=key, MaxKeys=1).get("Contents", [])
        one = next((one for one in found if one["Key"] == key), None)
        return current(key, one, size=one["Size"], customer_key=True) if one else None

    @contextmanager
    def open(self, found: CurrentOriginal) -> Generator[Iterator[bytes]]:
        """Open the version *found*; its chunks can be read once.

        Raise OriginalChanged when it is no longer there, PhotoError when it may not be read, StoreUnavailable when S3
        fails, also while the chunks are read.
        """
        if found.customer_key:
            raise CUSTOMER_KEY
        with aws_call(f"s3:GetObject {self.bucket}/{found.key}"):
            try:
                answer = self.s3.get_object(Bucket=self.bucket, Key=found.key, **precondition(found))
            except ClientError as error:
                if error_code(error) in GONE:
                    raise OriginalChanged(f"{found.key} is no longer {found.version}") from error
                if error_code(error) == "InvalidObjectState":
                    raise ARCHIVED from error
                raise
            with closing(answer["Body"]) as body:
                yield body.iter_chunks(CHUNK_BYTES)


def precondition(found: CurrentOriginal) -> dict[str, Any]:
    """Restrict a GET to the version *found*."""
    return {"VersionId": found.version} if found.versioned else {"IfMatch": f'"{found.etag}"'}


def current(key: str, answer: Mapping[str, Any], *, size: int, customer_key: bool = False) -> CurrentOriginal:
    """Describe an object by the answer of S3."""
    etag, version_id = answer["ETag"].strip('"'), answer.get("VersionId")
    return CurrentOriginal(
        key=key,
        # "null" in a bucket whose versions were turned off later: then another upload may have it too.
        version=version_id if version_id and version_id != "null" else etag,
        etag=etag,
        size=size,
        modified=utc(answer["LastModified"]),
        customer_key=customer_key,
    )


def utc(at: datetime) -> str:
    """Write a time of S3, which has seconds, so that the order of texts is the order of times."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
