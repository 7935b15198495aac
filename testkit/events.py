"""Build events as S3, SQS and S3 Batch Operations send them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote_plus

ORIGINALS = "darkroom-originals"


def s3_record(
    key: str,
    *,
    name: str = "ObjectCreated:Put",
    bucket: str = ORIGINALS,
    sequencer: str | None = "0055AED6DCD90281E5",
    **stored: Any,
) -> dict[str, Any]:
    """Build one record of S3's event structure 2.1; *stored* goes into its object."""
    found = {"key": quote_plus(key), "sequencer": sequencer, "size": 1024} | stored
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventTime": "2025-11-21T15:30:00.000Z",
        "eventName": name,
        "s3": {
            "s3SchemaVersion": "1.0",
            "bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"},
            "object": {name: value for name, value in found.items() if value is not None},
        },
    }


def s3_event(*records: dict[str, Any]) -> dict[str, Any]:
    """Build a bare S3 event."""
    return {"Records": list(records)}


def migration_event(key: str, bucket: str = ORIGINALS) -> dict[str, Any]:
    """Build what the migration script of the old guide sends: a bucket and a key as listed, nothing else."""
    return {"Records": [{"s3": {"bucket": {"name": bucket}, "object": {"key": key}}}]}


def notification_test(bucket: str = ORIGINALS) -> dict[str, Any]:
    """Build what S3 sends when notifications are set up."""
    return {"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2025-11-21T15:30:00.000Z", "Bucket": bucket}


def sqs_event(*bodies: dict[str, Any] | str, receive_count: int = 1) -> dict[str, Any]:
    """Build an SQS event with a message per body, called ``message-0`` and so on."""
    return {
        "Records": [
            {
                "messageId": f"message-{index}",
                "receiptHandle": "handle",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {"ApproximateReceiveCount": str(receive_count)},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:uploads",
                "awsRegion": "us-east-1",
            }
            for index, body in enumerate(bodies)
        ]
    }


def batch_event(*keys: str, schema: str = "1.0", bucket: str = ORIGINALS) -> dict[str, Any]:
    """Build an S3 Batch Operations invocation with a task per key, called ``task-0`` and so on."""
    where = {"s3BucketArn": f"arn:aws:s3:::{bucket}"} if schema == "1.0" else {"s3Bucket": bucket}
    return {
        "invocationSchemaVersion": schema,
        "invocationId": "invocation",
        "job": {"id": "job"} | ({"userArguments": {}} if schema == "2.0" else {}),
        "tasks": [
            {"taskId": f"task-{index}", "s3Key": quote_plus(key), "s3VersionId": None} | where
            for index, key in enumerate(keys)
        ],
    }
