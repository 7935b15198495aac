"""Tests of functions on the emulator: triggers, results, failures."""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from local.emulator.process import running
from tests.factories.functions import TRUST, zip_of
from tests.factories.lambdas import Stack, eventually, host

HANDLER = """
import os, time
import boto3

def handler(event, context):
    table = boto3.client("dynamodb").put_item
    for record in event.get("Records", [event]):
        body = record.get("body", "")
        print("got", body)
        if body == "slow" and int(record["attributes"]["ApproximateReceiveCount"]) == 1:
            time.sleep(600)
        version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        table(TableName="seen", Item={"id": {"S": body or "nothing"}, "by": {"S": version}})
    failed = [record["messageId"] for record in event.get("Records", []) if record["body"] == "bad"]
    if event.get("fail"):
        raise ValueError("as asked")
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Run an emulator and a Lambda host; deploy a table, a queue with dead letters, a function that reads it."""
    folder = tmp_path_factory.mktemp("stack")
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAMBDA_ASYNC_RETRY_BASE_SECONDS", "0.05")
        aws = stack.enter_context(running(folder / "aws")).address
        known = Stack(aws=aws, host=stack.enter_context(host(aws, folder)))
        deploy(known)
        yield known


def deploy(stack: Stack) -> None:
    """Deploy what the tests use."""
    stack.client("dynamodb").create_table(
        TableName="seen",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    iam = stack.client("iam")
    iam.create_role(RoleName="photo", AssumeRolePolicyDocument=TRUST)
    may = {"Effect": "Allow", "Action": ["dynamodb:PutItem", "logs:*"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    iam.put_role_policy(RoleName="photo", PolicyName="grants", PolicyDocument=policy)
    stack.deploy("photo", zip_of({"app.py": HANDLER}))
    dead = stack.queue("dead")
    queue = stack.queue(
        "uploads",
        VisibilityTimeout="1",
        RedrivePolicy=json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 2}),
    )
    stack.client("lambda").create_event_source_mapping(
        FunctionName="photo:live",
        EventSourceArn=queue,
        BatchSize=1,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        ScalingConfig={"MaximumConcurrency": 2},
    )


def seen(stack: Stack, key: str) -> str | None:
    """Return the version that has seen *key*."""
    item: Any = stack.client("dynamodb").get_item(TableName="seen", Key={"id": {"S": key}}).get("Item")
    return None if item is None else item["by"]["S"]


def test_a_message_is_handled_and_gone(stack: Stack) -> None:
    """From the queue to the function, with its role's credentials, to the table and the log."""
    stack.send("uploads", "hello")

    assert "1" == eventually(lambda: seen(stack, "hello"))
    eventually(lambda: stack.depth("uploads") == (0, 0) or None)
    lines = eventually(lambda: report_of(stack, "got hello"))
    assert ["START", "got", "END", "REPORT"] == [line.split()[0] for line in lines]


def report_of(stack: Stack, line: str) -> list[str] | None:
    """Return the lines of the invocation that logged *line*, once its report is there."""
    by_stream: dict[str, list[str]] = {}
    for event in logged(stack):
        by_stream.setdefault(event["logStreamName"], []).append(event["message"])
    for lines in by_stream.values():
        if line in lines:
            at = lines.index(line)
            found = lines[at - 1 : at + 3]
            return found if found[-1].startswith("REPORT") else None
    return None


@pytest.mark.faults
def test_a_message_that_fails_ends_in_the_dead_letters(stack: Stack) -> None:
    """Its neighbours do not; the handler named it alone."""
    stack.send("uploads", "bad")
    stack.send("uploads", "good")

    assert "1" == eventually(lambda: seen(stack, "good"))
    assert "bad" == eventually(lambda: stack.receive("dead"))


@pytest.mark.fault(15)
@pytest.mark.faults
def test_a_message_survives_the_kill_of_its_sandbox(stack: Stack) -> None:
    """After a kill -9 in the middle, the message comes again after its visibility timeout and is processed."""
    stack.send("uploads", "slow")
    pid = eventually(lambda: busy_on(stack, "slow"))
    os.kill(pid, signal.SIGKILL)

    assert "1" == eventually(lambda: seen(stack, "slow"))
    eventually(lambda: stack.depth("uploads") == (0, 0) or None)
    eventually(lambda: pid not in [sandbox["pid"] for sandbox in status(stack)["sandboxes"]] or None)


def logged(stack: Stack) -> list[Any]:
    """Read what the function has logged; nothing before its first line, which makes the group."""
    logs = stack.client("logs")
    try:
        return logs.filter_log_events(logGroupName="/aws/lambda/photo")["events"]
    except logs.exceptions.ResourceNotFoundException:
        return []


def busy_on(stack: Stack, body: str) -> int | None:
    """Return the process whose log shows that it received *body*."""
    for sandbox in status(stack)["sandboxes"]:
        if sandbox["busy"] and any(
            event["message"] == f"got {body}" and event["logStreamName"] == sandbox["log_stream"]
            for event in logged(stack)
        ):
            return int(sandbox["pid"])
    return None


def status(stack: Stack) -> Any:
    """Return the host's status."""
    with urllib.request.urlopen(f"{stack.host}/status") as answer:  # noqa: S310 - loopback
        return json.load(answer)


def test_a_direct_invocation_gives_the_functions_own_error(stack: Stack) -> None:
    """Type, message and trace, as on Lambda."""
    answer = stack.invoke("photo", "live", {"fail": True})

    assert ("Unhandled", "ValueError", "as asked") == (
        answer.error,
        answer.body["errorType"],
        answer.body["errorMessage"],
    )


def test_each_version_runs_its_own_code(stack: Stack) -> None:
    """A rollback changes the alias, and nothing else."""
    stack.deploy("versioned", zip_of({"app.py": "def handler(event, context):\n    return 'old'\n"}))
    stack.client("lambda").update_function_code(
        FunctionName="versioned", ZipFile=zip_of({"app.py": "def handler(event, context):\n    return 'new'\n"})
    )
    newest = stack.client("lambda").publish_version(FunctionName="versioned")["Version"]
    answers = [stack.invoke("versioned", qualifier, {}).body for qualifier in (newest, "live", "$LATEST")]

    assert ["new", "old", "new"] == answers


def test_an_asynchronous_failure_ends_where_the_alias_says(stack: Stack) -> None:
    """After its retries, with the event, for the alarm of the failures' queue."""
    failures = stack.queue("failures")
    stack.client("lambda").put_function_event_invoke_config(
        FunctionName="photo",
        Qualifier="live",
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": failures}},
    )
    stack.client("lambda").invoke(
        FunctionName="photo", Qualifier="live", InvocationType="Event", Payload=json.dumps({"fail": True, "n": 1})
    )

    result = json.loads(eventually(lambda: stack.receive("failures")))
    assert {"fail": True, "n": 1} == result["requestPayload"]
    assert "as asked" == result["responsePayload"]["errorMessage"]


def test_a_schedule_starts_its_function(stack: Stack) -> None:
    """The reconciler's way: the scheduler invokes the alias."""
    arn = stack.client("lambda").get_alias(FunctionName="photo", Name="live")["AliasArn"]
    stack.client("scheduler").create_schedule(
        Name="once",
        ScheduleExpression="at(2020-01-01T00:00:00)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": arn, "RoleArn": "arn:aws:iam::000000000000:role/photo", "Input": '{"body": "scheduled"}'},
    )

    assert "1" == eventually(lambda: seen(stack, "scheduled"))


def test_metrics_count_each_invocation_once(stack: Stack) -> None:
    """From every trigger; alarms divide errors by invocations."""
    stack.deploy("counted", zip_of({"app.py": "def handler(event, context):\n    return 1\n"}))
    for _ in range(3):
        assert 1 == stack.invoke("counted", "live", {}).body

    def points() -> tuple[float, float] | None:
        found = tuple(stack.total(name, "counted") for name in ("Invocations", "Errors"))
        return None if found[0] < 3 else (found[0], found[1])

    assert (3.0, 0.0) == eventually(points)


def test_the_host_ends_with_all_its_processes(stack: Stack, tmp_path: Path) -> None:
    """After SIGTERM there is neither a sandbox nor its folder."""
    with host(stack.aws, tmp_path) as address:
        second = Stack(aws=stack.aws, host=address)
        second.deploy("brief", zip_of({"app.py": "def handler(event, context):\n    return 1\n"}))
        assert 1 == second.invoke("brief", "live", {}).body
        (sandbox,) = status(second)["sandboxes"]

    with pytest.raises(ProcessLookupError):
        os.kill(sandbox["pid"], 0)
    assert [] == [path for path in tmp_path.iterdir() if path.is_dir()]
