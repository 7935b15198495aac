"""Where the emulator differs from AWS and the embedded stack makes up for it, or says that it does not.

A test here fails once a release closes its gap: then what stands in for it goes, and the test moves to the promises.
"""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from local.deployer.declared import DECLARED_ONLY
from tests.factories.emulators import Aws, allow, refused


def test_gap_a_missing_key_is_told_to_whoever_may_read_it(aws: Aws) -> None:
    """AWS answers 403 without ``s3:ListBucket``, so roles are granted it; here nobody would notice its absence."""
    aws.client("s3").create_bucket(Bucket="unlisted")
    s3 = aws.as_role("unlisted", allow("s3:GetObject", "arn:aws:s3:::unlisted/*")).client("s3")
    assert "NoSuchKey" == refused(s3.get_object, Bucket="unlisted", Key="none")


def test_gap_expiry_may_be_switched_on_twice(aws: Aws) -> None:
    """DynamoDB refuses what is done already; the deployer asks first, so that it would hold there too."""
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
    """Query definitions are declared only (``local/deployer/declared.py``)."""
    logs = aws.client("logs")
    said = refused(logs.put_query_definition, name="query", queryString="fields @message")
    assert "InvalidOperationException" == said
    assert "aws:cloudwatch/queryDefinition:QueryDefinition" in DECLARED_ONLY


def test_gap_a_log_group_is_no_prefix_of_its_streams(aws: Aws) -> None:
    """AWS wants ``:*`` after the group in a grant, as roles have it; the emulator takes the bare group only.

    So the Lambda host writes a function's lines as root, and no test shows that the two grants of logging are needed.
    """
    aws.client("logs").create_log_group(logGroupName="/aws/lambda/granted")
    group = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/granted"
    answers = [
        refused(
            aws.as_role(name, allow("logs:CreateLogStream", resource)).client("logs").create_log_stream,
            logGroupName="/aws/lambda/granted",
            logStreamName=name,
        )
        for name, resource in (("streams", f"{group}:*"), ("group", group))
    ]
    assert ["AccessDeniedException", ""] == answers


@pytest.mark.parametrize("action", ["StartMessageMoveTask", "ListMessageMoveTasks"])
def test_gap_dead_letters_are_not_moved(action: str) -> None:
    """``local/emulator/queue_gaps.py`` adds both actions, and refuses to start beside ministack's own."""
    queues: Any = importlib.import_module("ministack.services.sqs")
    assert action not in queues._HANDLERS
