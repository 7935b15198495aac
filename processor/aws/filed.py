"""Manifests as they lie in the renditions bucket, read by whoever changes nothing there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from processor.aws.faults import MISSING, aws_call, error_code
from processor.errors import DarkroomError
from processor.manifest import Manifest

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class UnreadableManifest(DarkroomError):
    """An object below ``manifests/`` that we have not written, or that somebody has changed."""

    code = "UNREADABLE_MANIFEST"


@dataclass(frozen=True, kw_only=True, slots=True)
class FiledManifests:
    """Reads manifests by their keys."""

    s3: S3Client
    bucket: str

    def read(self, address: str) -> Manifest | None:
        """Read the manifest *address*, None when there is none; raise UnreadableManifest."""
        with aws_call(f"s3:GetObject {self.bucket}/{address}"):
            try:
                text = self.s3.get_object(Bucket=self.bucket, Key=address)["Body"].read()
            except ClientError as error:
                if error_code(error) in MISSING:
                    return None
                raise
        try:
            return Manifest.from_json(text)
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableManifest(f"{address}: expected a manifest, received {text[:60]!r} ({error})") from error
