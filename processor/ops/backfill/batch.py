"""Build the request of a backfill as an S3 Batch Operations job, for very many objects.

The job invokes the rendition function, which answers every task (processor/handlers/batch.py).
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
    """The account and function of the job. *bucket*: of manifest and report. *role_arn*: the role that S3 assumes."""

    account_id: str
    region: str
    function_name: str
    bucket: str
    role_arn: str
    stack: str

    @property
    def function_arn(self) -> str:
        """The ARN of the alias that every caller uses, so that a pinned version applies here too."""
        return f"arn:aws:lambda:{self.region}:{self.account_id}:function:{self.function_name}:live"


@dataclass(frozen=True, kw_only=True, slots=True)
class JobManifest:
    """The list of objects: *key* of the list itself in *bucket*, its *etag*, and whether S3 Inventory wrote it."""

    bucket: str
    key: str
    etag: str
    inventory: bool = False

    def spec(self) -> dict[str, Any]:
        """Return the format of the list for CreateJob."""
        if self.inventory:
            return {"Format": "S3InventoryReport_CSV_20161130"}
        return {"Format": "S3BatchOperations_CSV_20180820", "Fields": ["Bucket", "Key"]}


def manifest_csv(bucket: str, keys: Iterable[str]) -> bytes:
    """Write *keys* of *bucket* as CSV, URL-encoded, so that no key needs quotes."""
    return "".join(f"{bucket},{quote(key, safe='/')}\n" for key in keys).encode()


def generated_manifest(bucket: str, csv: bytes) -> JobManifest:
    """Name the object that holds *csv* by its content; sent in one part, its ETag is its MD5."""
    etag = hashlib.md5(csv, usedforsecurity=False).hexdigest()
    return JobManifest(bucket=bucket, key=f"{FOLDER}{etag}.csv", etag=etag)


def job_request(target: BatchJobTarget, manifest: JobManifest, *, description: str) -> dict[str, Any]:
    """Build the request of CreateJob. The job starts after a person has confirmed it in the console."""
    return {
        "AccountId": target.account_id,
        "ConfirmationRequired": True,
        "Operation": {"LambdaInvoke": {"FunctionArn": target.function_arn, "InvocationSchemaVersion": SCHEMA}},
        "Manifest": {
            "Spec": manifest.spec(),
            "Location": {"ObjectArn": f"arn:aws:s3:::{manifest.bucket}/{manifest.key}", "ETag": manifest.etag},
        },
        "Report": {
            "Bucket": f"arn:aws:s3:::{target.bucket}",
            "Prefix": REPORTS,
            "Format": "Report_CSV_20180820",
            "Enabled": True,
            "ReportScope": "FailedTasksOnly",
        },
        "Priority": PRIORITY,
        "RoleArn": target.role_arn,
        # The same token for the same list: a repeated request creates no second job.
        "ClientRequestToken": f"darkroom-{target.stack}-{manifest.etag}"[:64],
        "Description": description,
        "Tags": [{"Key": "project", "Value": "darkroom"}, {"Key": "stack", "Value": target.stack}],
    }
