"""Manifests as they lie in the renditions bucket, read by whoever changes nothing there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from processor.aws.faults import MISSING, aws_call, unless
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
            answer = unless(MISSING, lambda: self.s3.get_object(Bucket=self.bucket, Key=address))
            if answer is None:
                return None
            text = answer["Body"].read()
        try:
            return Manifest.from_json(text)
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableManifest(f"{address}: expected a manifest, received {text[:60]!r} ({error})") from error
