"""List and delete every version of objects, delete markers and unfinished uploads included, for an operator.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from processor.aws.faults import MISSING, NO_UPLOAD, aws_call, unless
from processor.aws.renditions import TAG

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# A HEAD of a delete marker by its version is answered with 405.
UNTAGGED: Final = MISSING | {"405", "MethodNotAllowed"}
UNVERSIONED: Final = "null"


@dataclass(frozen=True, order=True, slots=True)
class StoredVersion:
    """One version of an object. *version_id*: ``null`` in a bucket without versions. *marker*: a delete marker."""

    key: str
    version_id: str
    marker: bool = False


@dataclass(frozen=True, order=True, slots=True)
class StoredUpload:
    """A multipart upload that was neither completed nor aborted: its parts are stored."""

    key: str
    upload_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectVersions:
    """One bucket with all its versions."""

    s3: S3Client
    bucket: str

    def all(self, prefix: str) -> Iterator[StoredVersion]:
        """List all versions and delete markers of the keys that begin with *prefix*."""
        more: dict[str, Any] = {}
        while True:
            with aws_call(f"s3:ListObjectVersions {self.bucket}/{prefix}"):
                page: Any = self.s3.list_object_versions(Bucket=self.bucket, Prefix=prefix, **more)
            for kind in ("Versions", "DeleteMarkers"):
                for one in page.get(kind, []):
                    yield StoredVersion(one["Key"], one["VersionId"], marker=kind == "DeleteMarkers")
            if not page.get("IsTruncated"):
                return
            more = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}

    def of(self, key: str) -> list[StoredVersion]:
        """List all versions of one key."""
        return [one for one in self.all(key) if one.key == key]

    def delete(self, version: StoredVersion) -> None:
        """Delete one version for good; one that is not there is no error.

        One request each: a key with a control character cannot stand in the XML of DeleteObjects.
        """
        with aws_call(f"s3:DeleteObject {self.bucket}/{version.key}"):
            self.s3.delete_object(Bucket=self.bucket, Key=version.key, VersionId=version.version_id)

    def uploads(self, prefix: str) -> Iterator[StoredUpload]:
        """List the unfinished uploads of keys that begin with *prefix*."""
        # botocore asks for encoded keys by itself in the other listings alone.
        more: dict[str, Any] = {"EncodingType": "url"}
        while True:
            with aws_call(f"s3:ListMultipartUploads {self.bucket}/{prefix}"):
                page: Any = self.s3.list_multipart_uploads(Bucket=self.bucket, Prefix=prefix, **more)
            read: Callable[[str], str] = unquote if page.get("EncodingType") == "url" else str
            yield from (StoredUpload(read(one["Key"]), one["UploadId"]) for one in page.get("Uploads", []))
            if not page.get("IsTruncated"):
                return
            more |= {"KeyMarker": read(page["NextKeyMarker"]), "UploadIdMarker": page["NextUploadIdMarker"]}

    def abort(self, upload: StoredUpload) -> None:
        """Delete the parts of an unfinished upload; one that is not there is no error."""
        with aws_call(f"s3:AbortMultipartUpload {self.bucket}/{upload.key}"):
            unless(
                NO_UPLOAD,
                lambda: self.s3.abort_multipart_upload(Bucket=self.bucket, Key=upload.key, UploadId=upload.upload_id),
            )

    def tags(self, version: StoredVersion) -> frozenset[str]:
        """Read the cache tags of a version; none of a delete marker, nor of a version that is not there."""
        named: dict[str, Any] = {} if version.version_id == UNVERSIONED else {"VersionId": version.version_id}
        with aws_call(f"s3:HeadObject {self.bucket}/{version.key}"):
            answer = unless(UNTAGGED, lambda: self.s3.head_object(Bucket=self.bucket, Key=version.key, **named))
        return frozenset(answer["Metadata"].get(TAG, "").split(",")) - {""} if answer else frozenset()
