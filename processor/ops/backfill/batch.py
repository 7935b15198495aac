"""A backfill as an S3 Batch Operations job: for more objects than one wants to wait for at a terminal.

The job invokes the rendition function itself, which answers every task (processor/handlers/batch.py).
https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_CreateJob.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

SCHEMA: Final = "2.0"
PRIORITY: Final = 10
FOLDER: Final = "backfill/"
REPORTS: Final = "backfill/reports"


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchJobTarget:
    """Where the job runs. *bucket*: of manifest and report. *role_arn*: what S3 takes on to read, write and invoke."""

    account_id: str
    region: str
    function_name: str
    bucket: str
    role_arn: str
    stack: str

    @property
    def function_arn(self) -> str:
        """The alias that every caller of the function uses, so that a pinned version holds here too."""
        return f"arn:aws:lambda:{self.region}:{self.account_id}:function:{self.function_name}:live"


@dataclass(frozen=True, kw_only=True, slots=True)
class JobManifest:
    """The list of objects: *key* of the list itself in *bucket*, its *etag*, and whether S3 Inventory wrote it."""

    bucket: str
    key: str
    etag: str
    inventory: bool = False

    def spec(self) -> dict[str, Any]:
        """Say how to read it."""
        if self.inventory:
            return {"Format": "S3InventoryReport_CSV_20161130"}
        return {"Format": "S3BatchOperations_CSV_20180820", "Fields": ["Bucket", "Key"]}


def manifest_csv(bucket: str, keys: Iterable[str]) -> bytes:
    """List *keys* of *bucket*: one a line, encoded as URLs are, so no key needs quotes."""
    return "".join(f"{bucket},{quote(key, safe='/')}\n" for key in keys).encode()


def generated_manifest(bucket: str, csv: bytes) -> JobManifest:
    """Name the object that holds *csv* by its content; sent in one part, its ETag is its MD5."""
    etag = hashlib.md5(csv, usedforsecurity=False).hexdigest()
    return JobManifest(bucket=bucket, key=f"{FOLDER}{etag}.csv", etag=etag)


def job_request(place: BatchJobTarget, manifest: JobManifest, *, description: str) -> dict[str, Any]:
    """Write the request of CreateJob. The job waits for a person's confirmation in the console before it starts."""
    return {
        "AccountId": place.account_id,
        "ConfirmationRequired": True,
        "Operation": {"LambdaInvoke": {"FunctionArn": place.function_arn, "InvocationSchemaVersion": SCHEMA}},
        "Manifest": {
            "Spec": manifest.spec(),
            "Location": {"ObjectArn": f"arn:aws:s3:::{manifest.bucket}/{manifest.key}", "ETag": manifest.etag},
        },
        "Report": {
            "Bucket": f"arn:aws:s3:::{place.bucket}",
            "Prefix": REPORTS,
            "Format": "Report_CSV_20180820",
            "Enabled": True,
            "ReportScope": "FailedTasksOnly",
        },
        "Priority": PRIORITY,
        "RoleArn": place.role_arn,
        # The same list for the same function is the same job: asked for twice, it is made once.
        "ClientRequestToken": f"darkroom-{place.stack}-{manifest.etag}"[:64],
        "Description": description,
        "Tags": [{"Key": "project", "Value": "darkroom"}, {"Key": "stack", "Value": place.stack}],
    }
