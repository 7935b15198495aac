"""Tests of a deployment into a kept state: changes are updated, undeclared resources are removed or named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws_types
import pytest

from local.deployer import kept_state as kept
from local.deployer.deploy import DeployResult, deploy_into
from local.deployer.kept_state import Changes, Removed, compare, merged, report
from local.deployer.model import DeployedResource, DeployError
from local.deployer.plain import digests
from local.deployer.target import Target
from tests.factories.emulators import Aws, refused
from tests.factories.functions import zip_of
from tests.local.deployer.conftest import Stack

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
BUCKET = "aws:s3/bucket:Bucket"
FUNCTION = "aws:lambda/function:Function"
Again = Callable[[Callable[[], object]], DeployResult]


def resource(name: str, kind: str = ALARM, *, id_: str = "", **inputs: Any) -> DeployedResource:
    """Describe a resource with *inputs*."""
    return DeployedResource(type=kind, name=name, id=id_ or name, inputs=digests(inputs))


def test_new_changed_and_gone_resources_are_listed_apart() -> None:
    """By the name in the program, property by property."""
    before = [resource("same", threshold=1), resource("other", threshold=1, period=60), resource("gone")]
    now = [resource("same", threshold=1), resource("other", threshold=2, period=60), resource("fresh")]

    changes = compare(before, now)

    assert Changes(new=("fresh",), changed={"other": ("threshold",)}, gone=(before[2],), unset={}) == changes


def test_another_physical_name_leaves_the_earlier_thing_behind() -> None:
    """It is a new resource in the emulator; the earlier one is no longer declared."""
    before = [resource("queue", id_="http://127.0.0.1/0/old", period=1)]
    now = [resource("queue", id_="http://127.0.0.1/0/new", period=2)]

    assert Changes(new=(), changed={"queue": ("period",)}, gone=(before[0],), unset={}) == compare(before, now)


def test_a_thing_that_changed_its_name_in_the_program_only_is_not_gone() -> None:
    """Only its logical name changed; the resource is the same, and must not be removed."""
    assert () == compare([resource("before", id_="alarm")], [resource("after", id_="alarm")]).gone


def test_a_property_that_no_call_resets_is_named() -> None:
    """Only for types whose adapter leaves absent properties alone."""
    before = [resource("function", FUNCTION, memory=1, reserved=2), resource("alarm", threshold=1, period=60)]
    now = [resource("function", FUNCTION, memory=1), resource("alarm", threshold=1)]

    assert {"function": ("reserved",)} == compare(before, now).unset


def test_a_record_of_an_older_version_shows_what_is_gone_by_name_only(stack: Stack, tmp_path: Path) -> None:
    """It has no digests, and ids of other forms: nothing is called changed, and nothing is removed by its id."""
    before = [DeployedResource(type=ALARM, name="a", id="other form"), DeployedResource(type=ALARM, name="b", id="b")]
    changes = compare(before, [resource("a", threshold=1)])
    removed = kept.remove(Target(stack.addresses, tmp_path), changes.gone)

    assert Changes(new=(), changed={}, gone=(before[1],), unset={}) == changes
    assert Removed(stay=((before[1], "an older version made it"),)) == removed


def test_changed_code_is_a_change_of_its_property(tmp_path: Path) -> None:
    """The digest is of the file's content, not of its path."""
    zipped = tmp_path / "function.zip"
    zipped.write_bytes(b"one")
    before = resource("function", FUNCTION, code=zipped)
    zipped.write_bytes(b"two")

    assert {"function": ("code",)} == compare([before], [resource("function", FUNCTION, code=zipped)]).changed


def test_a_failed_deployment_forgets_nothing() -> None:
    """Its resources and the earlier ones both stay in the record."""
    old, new = resource("old"), resource("new")

    assert [old, new] == merged([old], [new])
    assert [new] == merged([new], [new])


def test_every_sentence_says_what_is_and_what_to_do() -> None:
    """One line in all, and one for each thing that was not done."""
    changes = Changes(
        new=("fresh",),
        changed={"alarm": ("period", "threshold")},
        gone=(),
        unset={"function": ("reservedConcurrentExecutions",)},
    )
    removed = Removed(names=("a", "b"), stay=((resource("originals", BUCKET, id_="photos"), "it may hold data"),))

    assert [
        "kept state: 1 changed (alarm: period, threshold), 1 new (fresh), 2 removed (a; b)",
        (
            "kept state: originals (photos) is no longer declared and stays: it may hold data; "
            "delete it yourself, or start in another folder"
        ),
        (
            "kept state: function keeps its reservedConcurrentExecutions: the local deployer does not reset a property "
            "that is no longer declared; declare a value, or start in another folder"
        ),
    ] == list(report(changes, removed))


def test_many_names_are_cut_short() -> None:
    """A new version may change everything; one line stays one line."""
    changes = Changes(new=tuple("abcdefghij"), changed={}, gone=(), unset={})

    assert ["kept state: 10 new (a; b; c; d; e; f; g; h; and 2 more)"] == list(report(changes, Removed()))


def test_a_state_as_declared_is_one_line() -> None:
    """The usual case."""
    assert ["kept state: nothing changed"] == list(report(compare([resource("a")], [resource("a")]), Removed()))


@pytest.fixture
def again(stack: Stack, tmp_path: Path) -> Again:
    """Deploy small programs one after the other into one state."""
    target = Target(stack.addresses, tmp_path)
    return lambda program: deploy_into(program, target, {"aws:region": "us-east-1"}, tmp_path)


def alarm(name: str, threshold: float) -> None:
    """Declare an alarm."""
    aws_types.cloudwatch.MetricAlarm(
        name,
        name=f"kept-{name}",
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=1,
        namespace="AWS/Lambda",
        metric_name="Errors",
        period=60,
        statistic="Sum",
        threshold=threshold,
    )


def test_alarms_converge(again: Again, aws: Aws) -> None:
    """Another threshold is set, one that is gone is removed, and the first deployment has nothing to report."""
    assert () == again(lambda: (alarm("one", 1), alarm("two", 1))).report

    lines = again(lambda: (alarm("one", 5), alarm("three", 1))).report

    assert ("kept state: 1 changed (one: threshold), 1 new (three), 1 removed (two)",) == lines
    found = aws.client("cloudwatch").describe_alarms(AlarmNamePrefix="kept-")["MetricAlarms"]
    assert {"kept-one": 5, "kept-three": 1} == {one["AlarmName"]: one["Threshold"] for one in found}
    assert ("kept state: nothing changed",) == again(lambda: (alarm("one", 5), alarm("three", 1))).report


def test_what_may_hold_data_stays_and_is_named_each_time(again: Again, aws: Aws) -> None:
    """A bucket is never removed by a change of settings; declared again, it is the same bucket."""

    def program() -> None:
        aws_types.s3.Bucket("album", bucket="kept-album")

    again(program)
    aws.client("s3").put_object(Bucket="kept-album", Key="a", Body=b"photo")
    sentence = "kept state: album (kept-album) is no longer declared and stays: it may hold data"

    for _ in range(2):
        summed_up, named = again(lambda: None).report
        assert ("kept state: nothing changed", True) == (summed_up, named.startswith(sentence))
    assert ("kept state: nothing changed",) == again(program).report
    assert b"photo" == aws.client("s3").get_object(Bucket="kept-album", Key="a")["Body"].read()


def test_a_queue_of_another_name_leaves_the_one_before_and_its_messages(again: Again, aws: Aws) -> None:
    """It is named at each deployment, not only at the first."""
    again(lambda: aws_types.sqs.Queue("renamed", name="kept-before"))
    url = aws.client("sqs").get_queue_url(QueueName="kept-before")["QueueUrl"]
    aws.client("sqs").send_message(QueueUrl=url, MessageBody="job")

    summaries, sentences = zip(*(again(renamed).report for _ in range(2)), strict=True)

    assert ("kept state: 1 changed (renamed: name)", "kept state: nothing changed") == summaries
    assert [True, True] == [one.startswith(f"kept state: renamed ({url}) is no longer declared") for one in sentences]
    assert "job" == aws.client("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"]


def renamed() -> None:
    """Declare the queue with another name."""
    aws_types.sqs.Queue("renamed", name="kept-after")


def test_a_queue_gets_its_defaults_back(again: Again, aws: Aws) -> None:
    """A property that is no longer declared is reset, as by AWS's provider."""
    again(lambda: aws_types.sqs.Queue("lane", name="kept-lane", visibility_timeout_seconds=90))
    url = aws.client("sqs").get_queue_url(QueueName="kept-lane")["QueueUrl"]
    lines = again(lambda: aws_types.sqs.Queue("lane", name="kept-lane")).report

    known = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert ("kept state: 1 changed (lane: visibilityTimeoutSeconds)",) == lines
    assert ("30", False) == (known["VisibilityTimeout"], bool(known.get("RedrivePolicy")))


def test_a_deployment_that_fails_keeps_its_record(again: Again, tmp_path: Path, aws: Aws) -> None:
    """The next deployment removes resources of the failed one that it does not declare."""
    again(lambda: alarm("four", 1))

    def failing() -> None:
        alarm("four", 1)
        alarm("five", 1)
        aws_types.s3.Bucket("odd", bucket="kept-odd", object_lock_enabled=True)

    with pytest.raises(DeployError, match=r"^odd .*objectLockEnabled"):
        again(failing)
    assert {"four", "five"} == {one["name"] for one in json.loads((tmp_path / kept.RECORD).read_text())}
    assert "1 removed (five)" in again(lambda: alarm("four", 1)).report[0]
    assert [] == aws.client("cloudwatch").describe_alarms(AlarmNames=["kept-five"])["MetricAlarms"]


def test_a_function_goes_with_all_that_lets_others_call_it(again: Again, aws: Aws, tmp_path: Path) -> None:
    """Mappings, URLs, aliases and permissions act; none of them is left behind."""
    code = tmp_path / "function.zip"
    code.write_bytes(zip_of({"a.py": ""}))

    def program() -> None:
        function = aws_types.lambda_.Function(
            "worker",
            name="kept-worker",
            code=pulumi.FileArchive(str(code)),
            handler="a.b",
            runtime="python3.13",
            role="arn:aws:iam::000000000000:role/darkroom-local-rendition",
            architectures=["arm64"],
            publish=True,
            environment={"variables": {}},
        )
        alias = aws_types.lambda_.Alias(
            "live", name="live", function_name=function.name, function_version=function.version
        )
        aws_types.lambda_.Permission(
            "url", action="lambda:InvokeFunctionUrl", function=function.name, qualifier=alias.name, principal="*"
        )
        aws_types.lambda_.FunctionUrl(
            "address",
            function_name=function.name,
            qualifier=alias.name,
            authorization_type="NONE",
            invoke_mode="BUFFERED",
        )

    again(program)
    lines = again(lambda: None).report

    assert ("kept state: 4 removed (address; live; url; worker)",) == lines
    assert "ResourceNotFoundException" == refused(aws.client("lambda").get_function, FunctionName="kept-worker")
