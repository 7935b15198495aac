"""Write the ZIP files of archives part by part, and sign links to them.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from processor.aws.faults import MISSING, NO_UPLOAD, aws_call, unless
from processor.aws.objects import StateObject
from processor.edits.archive import ArchiveId
from processor.edits.names import safe_name

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ZIP: Final = "application/zip"
OTHER_UPLOAD: Final = NO_UPLOAD | {"InvalidPart", "InvalidPartOrder"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveFiles:
    """The files of archives in the results bucket."""

    s3: S3Client
    bucket: str

    def photos(self, archive_id: ArchiveId) -> StateObject:
        """Return the object that lists the photos of an archive."""
        return StateObject(s3=self.s3, bucket=self.bucket, key=archive_id.photos)

    def state(self, archive_id: ArchiveId) -> StateObject:
        """Return the object in which one invocation leaves its state to the next."""
        return StateObject(s3=self.s3, bucket=self.bucket, key=archive_id.state)

    def start(self, archive_id: ArchiveId, file_name: str) -> str:
        """Start the upload of a file that browsers save as *file_name*.zip; return its id."""
        with aws_call(f"s3:CreateMultipartUpload {self.bucket}/{archive_id.file}"):
            answer = self.s3.create_multipart_upload(
                Bucket=self.bucket,
                Key=archive_id.file,
                ContentType=ZIP,
                ContentDisposition=disposition(f"{safe_name(file_name)}.zip"),
                CacheControl="private, no-store",
            )
        return answer["UploadId"]

    def put(self, archive_id: ArchiveId, upload_id: str, number: int, data: bytes) -> str | None:
        """Store the part *number*, from 1 on; return its ETag, None when there is no such upload any more."""
        with aws_call(f"s3:UploadPart {self.bucket}/{archive_id.file} {number}"):
            answer = unless(
                NO_UPLOAD,
                lambda: self.s3.upload_part(
                    Bucket=self.bucket, Key=archive_id.file, UploadId=upload_id, PartNumber=number, Body=data
                ),
            )
        return answer["ETag"] if answer else None

    def complete(self, archive_id: ArchiveId, upload_id: str, etags: Sequence[str]) -> bool:
        """Put the parts with these *etags* together; return False when the upload has others, or is not there."""
        parts: Any = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]
        with aws_call(f"s3:CompleteMultipartUpload {self.bucket}/{archive_id.file}"):
            answer = unless(
                OTHER_UPLOAD,
                lambda: self.s3.complete_multipart_upload(
                    Bucket=self.bucket, Key=archive_id.file, UploadId=upload_id, MultipartUpload={"Parts": parts}
                ),
            )
        return answer is not None

    def abort(self, archive_id: ArchiveId, upload_id: str) -> None:
        """Delete the parts of an unfinished upload; one that is not there is no error."""
        with aws_call(f"s3:AbortMultipartUpload {self.bucket}/{archive_id.file}"):
            unless(
                NO_UPLOAD,
                lambda: self.s3.abort_multipart_upload(Bucket=self.bucket, Key=archive_id.file, UploadId=upload_id),
            )

    def size(self, archive_id: ArchiveId) -> int | None:
        """Return the size of a finished file, bytes; None when there is none."""
        with aws_call(f"s3:HeadObject {self.bucket}/{archive_id.file}"):
            answer = unless(MISSING, lambda: self.s3.head_object(Bucket=self.bucket, Key=archive_id.file))
        return answer["ContentLength"] if answer else None


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveLinks:
    """Signs addresses of the files of archives, and deletes a file, so that addresses of before lead nowhere."""

    s3: S3Client
    bucket: str

    def sign(self, archive_id: ArchiveId, *, seconds: int) -> str:
        """Sign an address of the file for *seconds*. Signing makes no request."""
        return self.s3.generate_presigned_url(
            ClientMethod="get_object", Params={"Bucket": self.bucket, "Key": archive_id.file}, ExpiresIn=seconds
        )

    def delete(self, archive_id: ArchiveId) -> None:
        """Delete the file, if there is one."""
        with aws_call(f"s3:DeleteObject {self.bucket}/{archive_id.file}"):
            self.s3.delete_object(Bucket=self.bucket, Key=archive_id.file)


def disposition(file_name: str) -> str:
    """Return the header by which browsers save a file under *file_name*, also one that is not ASCII.

    https://www.rfc-editor.org/rfc/rfc6266#section-5
    """
    plain = re.sub(r'[^ -~]|["\\?%]', "-", file_name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
