"""Tests of the emulator's SQS and event source mappings as the embedded stack uses them."""

from __future__ import annotations

import io
import json
from typing import Any
from zipfile import ZipFile

from local.lambdas.function import HOST_VARIABLE
from tests.factories.emulators import Aws, eventually, function_host, refused

ARN = "arn:aws:sqs:us-east-1:000000000000:"


def test_a_message_that_fails_too_often_ends_in_the_dead_letters(aws: Aws) -> None:
    """Redrive by receive count: the alarm on dead letters reports a poison message."""
    sqs = aws.client("sqs")
    dead, url = queue_with_dead_letters(aws, "poisoned", receives=2)
    sqs.send_message(QueueUrl=url, MessageBody="poison")
    for _ in range(2):
        [message] = sqs.receive_message(QueueUrl=url)["Messages"]
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    assert "poison" == eventually(lambda: bodies(sqs, dead))[0]


def test_dead_letters_can_be_moved_back(aws: Aws) -> None:
    """``redrive`` moves each to the queue where it failed, as a new message that has all its attempts again."""
    sqs = aws.client("sqs")
    dead, url = queue_with_dead_letters(aws, "redriven", receives=1)
    sqs.send_message(QueueUrl=url, MessageBody="again")
    [failed] = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]
    eventually(lambda: "Messages" not in sqs.receive_message(QueueUrl=url))
    handle = sqs.start_message_move_task(SourceArn=f"{ARN}redriven-dlq")["TaskHandle"]
    [message] = sqs.receive_message(QueueUrl=url, AttributeNames=["ApproximateReceiveCount"])["Messages"]
    [task] = sqs.list_message_move_tasks(SourceArn=f"{ARN}redriven-dlq")["Results"]
    assert ("again", "1") == (message["Body"], message["Attributes"]["ApproximateReceiveCount"])
    assert (True, "COMPLETED", 1) == (bool(handle), task["Status"], task["ApproximateNumberOfMessagesMoved"])
    assert failed["MessageId"] != message["MessageId"]
    assert [] == bodies(sqs, dead)


def test_a_letter_without_origin_stays_where_it_is(aws: Aws) -> None:
    """A letter that was sent to the dead-letter queue directly has no source: the task reports that, and keeps it."""
    sqs = aws.client("sqs")
    dead, url = queue_with_dead_letters(aws, "stranded", receives=1)
    sqs.send_message(QueueUrl=dead, MessageBody="stranded")
    sqs.start_message_move_task(SourceArn=f"{ARN}stranded-dlq")
    [task] = sqs.list_message_move_tasks(SourceArn=f"{ARN}stranded-dlq")["Results"]
    assert ("FAILED", "CouldNotDetermineMessageSource") == (task["Status"], task["FailureReason"])
    sqs.start_message_move_task(SourceArn=f"{ARN}stranded-dlq", DestinationArn=f"{ARN}stranded")
    assert ["stranded"] == bodies(sqs, url)


def test_only_dead_letters_are_moved(aws: Aws) -> None:
    """A queue that is no dead-letter queue, or that does not exist, is refused as on AWS."""
    sqs = aws.client("sqs")
    sqs.create_queue(QueueName="ordinary")
    answers = [refused(sqs.start_message_move_task, SourceArn=f"{ARN}{name}") for name in ("ordinary", "none")]
    assert ["InvalidParameterValue", "ResourceNotFoundException"] == answers


def test_a_mapping_calls_the_host_and_only_failed_messages_come_again(aws: Aws) -> None:
    """A queue invokes the alias by the proxy address; ``batchItemFailures`` decides what is received again."""
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName="fed", Attributes={"VisibilityTimeout": "1"})["QueueUrl"]
    with function_host(fail_once()) as host:
        alias = function(aws, "fed", host.address)
        mapping = feed(aws, alias)
        for body in ("good", "bad"):
            sqs.send_message(QueueUrl=url, MessageBody=body)
        eventually(lambda: len(seen(host.calls)) >= 3)
        aws.client("lambda").delete_event_source_mapping(UUID=mapping)
    headers, event = host.calls[0]
    assert ["bad", "bad", "good"] == sorted(seen(host.calls))
    assert ("fed", f"{ARN}fed") == (headers["X-Amzn-Lambda-Function-Name"], event["Records"][0]["eventSourceARN"])


def fail_once() -> Any:
    """Answer as a function that fails a message called bad the first time."""
    failed: set[str] = set()

    def answer(event: dict[str, Any]) -> dict[str, Any]:
        bad = [one["messageId"] for one in event["Records"] if one["body"] == "bad" and one["messageId"] not in failed]
        failed.update(bad)
        return {"batchItemFailures": [{"itemIdentifier": one} for one in bad]}

    return answer


def seen(calls: list[tuple[Any, dict[str, Any]]]) -> list[str]:
    """Return the bodies of all messages that a function saw."""
    return [record["body"] for _, event in list(calls) for record in event["Records"]]


def queue_with_dead_letters(aws: Aws, name: str, *, receives: int) -> tuple[str, str]:
    """Create a queue with dead letters behind it; return both addresses, the dead letters' first."""
    sqs = aws.client("sqs")
    dead = sqs.create_queue(QueueName=f"{name}-dlq")["QueueUrl"]
    redrive = json.dumps({"deadLetterTargetArn": f"{ARN}{name}-dlq", "maxReceiveCount": receives})
    return dead, sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": redrive})["QueueUrl"]


def bodies(sqs: Any, url: str) -> list[str]:
    """Receive all messages."""
    return [one["Body"] for one in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])]


def function(aws: Aws, name: str, host: str) -> str:
    """Create a function that *host* runs; return the ARN of its alias."""
    lambda_ = aws.client("lambda")
    role = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [role]})
    arn = aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    made = lambda_.create_function(
        FunctionName=name,
        Role=arn,
        Runtime="python3.13",
        Handler="a.b",
        Code={"ZipFile": empty_zip()},
        Environment={"Variables": {HOST_VARIABLE: host}},
        Publish=True,
    )
    return lambda_.create_alias(FunctionName=name, Name="live", FunctionVersion=made["Version"])["AliasArn"]


def empty_zip() -> bytes:
    """Make an archive without content."""
    data = io.BytesIO()
    with ZipFile(data, "w") as archive:
        archive.writestr("a.py", "")
    return data.getvalue()


def feed(aws: Aws, alias: str) -> str:
    """Let the queue of the function's name invoke it; return the id of the mapping."""
    made = aws.client("lambda").create_event_source_mapping(
        FunctionName=alias,
        EventSourceArn=f"{ARN}{alias.split(':')[6]}",
        BatchSize=10,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        ScalingConfig={"MaximumConcurrency": 2},
    )
    return made["UUID"]


def test_an_alias_stays_with_its_version(aws: Aws) -> None:
    """A rollback points the alias at an older version: the host reads that version's own configuration."""
    function(aws, "versioned", "http://127.0.0.1:9/")
    lambda_ = aws.client("lambda")
    lambda_.update_function_configuration(FunctionName="versioned", MemorySize=512)
    newest = lambda_.publish_version(FunctionName="versioned")["Version"]

    def memory() -> int:
        return lambda_.get_function(FunctionName="versioned", Qualifier="live")["Configuration"]["MemorySize"]

    before = memory()
    lambda_.update_alias(FunctionName="versioned", Name="live", FunctionVersion=newest)
    assert ("2", 128, 512) == (newest, before, memory())
