"""Tests of gaps: the emulator differs from AWS, and the embedded stack compensates for it or documents it.

A test here fails once a release closes its gap: then remove our replacement, and move the test to the other files.
"""

from __future__ import annotations

import subprocess

import pytest

from local.deployer.not_emulated import NOT_EMULATED
from local.emulator.process import interpreter
from tests.factories.emulators import Aws, refused


def test_gap_expiry_may_be_switched_on_twice(aws: Aws) -> None:
    """DynamoDB refuses the same setting twice; the deployer reads it first, so that it would work there too."""
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(
        TableName="twice",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    wanted = {"Enabled": True, "AttributeName": "ttl"}
    answers = [
        refused(dynamodb.update_time_to_live, TableName="twice", TimeToLiveSpecification=wanted) for _ in range(2)
    ]
    assert ["", ""] == answers


def test_gap_logs_insights_keeps_no_queries(aws: Aws) -> None:
    """Query definitions are declared only (``local/deployer/not_emulated.py``)."""
    logs = aws.client("logs")
    said = refused(logs.put_query_definition, name="query", queryString="fields @message")
    assert "InvalidOperationException" == said
    assert "aws:cloudwatch/queryDefinition:QueryDefinition" in NOT_EMULATED


def test_gap_request_metrics_of_a_bucket_are_not_kept(aws: Aws) -> None:
    """The call succeeds and leaves nothing behind, so the deployer does not make it."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="uncounted")
    s3.put_bucket_metrics_configuration(Bucket="uncounted", Id="all", MetricsConfiguration={"Id": "all"})
    kept = s3.get_bucket_metrics_configuration(Bucket="uncounted", Id="all")["MetricsConfiguration"]
    assert ({}, True) == (kept, "aws:s3/bucketMetric:BucketMetric" in NOT_EMULATED)


@pytest.mark.parametrize("action", ["StartMessageMoveTask", "ListMessageMoveTasks"])
def test_gap_dead_letters_are_not_moved(action: str) -> None:
    """``local/emulator/queue_gaps.py`` adds both actions, and refuses to start beside ministack's own."""
    look = "from ministack.services.sqs import _HANDLERS; print(*_HANDLERS)"
    actions = subprocess.run([interpreter(), "-c", look], capture_output=True, text=True, check=True).stdout.split()
    assert ("SendMessage" in actions, False) == (True, action in actions)
