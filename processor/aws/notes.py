"""One object that a job leaves for its next run. Two runs at once do not overwrite each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from processor.aws.faults import CONDITION_FAILED, MISSING, aws_call, unless
from processor.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """What was found: its *text*, and the *etag* that it must still have when it is replaced."""

    text: bytes = b""
    etag: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Notes:
    """The object *key*."""

    s3: S3Client
    bucket: str
    key: str

    def read(self) -> Note:
        """Read what the run before has left; empty before the first."""
        with aws_call(f"s3:GetObject {self.bucket}/{self.key}"):
            answer = unless(MISSING, lambda: self.s3.get_object(Bucket=self.bucket, Key=self.key))
            return Note(text=answer["Body"].read(), etag=answer["ETag"]) if answer else Note()

    def write(self, text: bytes, *, seen: Note) -> None:
        """Replace what was *seen*; StoreUnavailable when another run has done so meanwhile."""
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
