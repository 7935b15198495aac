"""Single components, each declared alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pulumi
import pytest

from components.config import Packages, StackConfig
from components.function import EventSource, FunctionArgs, LambdaFunction, Pin
from components.naming import StackContext
from components.permissions import Permission, policy
from components.queues import WorkQueue, WorkQueueArgs
from components.storage import PrivateBucket, PrivateBucketArgs
from components.tables import Index, TableArgs, table
from components.testing.plan import StackPlan
from components.testing.recorder import record_program
from processor.settings.services import FunctionSettings
from processor.settings.tree import DeploymentSettings, Settings

CONTEXT = StackContext(
    project="darkroom",
    stack="test",
    region="us-east-1",
    account_id="123456789012",
    cost_centre="tests",
    protect=True,
)
SETTINGS = FunctionSettings(function_name="resize", memory_mib=512, timeout_s=60)


def resources_of(program: Callable[[], object]) -> list[str]:
    """Name what a program declares."""
    return [one.name for one in record_program(program).resources]


def test_a_bucket_is_private_encrypted_and_tidy_with_nothing_said() -> None:
    """The defaults are the safe choice: no pages let in, no versions kept, no requests counted."""
    plan = record_program(
        lambda: PrivateBucket("b", PrivateBucketArgs(context=CONTEXT, bucket="pictures", component="tests"))
    )

    assert ["b", "b-bucket", "b-encryption", "b-lifecycle", "b-ownership", "b-public-access"] == [
        one.name for one in plan.resources
    ]
    assert plan.named("b-bucket").protect
    assert {"abandoned-uploads"} == {one["id"] for one in plan.named("b-lifecycle").inputs["rules"]}


def test_a_versioned_buckets_rules_wait_for_its_versions() -> None:
    """S3 refuses rules about old versions before there are any."""
    args = PrivateBucketArgs(context=CONTEXT, bucket="pictures", component="tests", versioned=True)
    plan = record_program(lambda: PrivateBucket("b", args))

    assert "b-versioning" in plan.named("b-lifecycle").depends_on


def test_no_principal_may_send_to_a_queue_by_default() -> None:
    """A role's grant to send needs no statement in the queue's policy; a bucket does."""
    args = WorkQueueArgs(context=CONTEXT, queue="work", component="tests", visibility_timeout_s=360)
    plan = record_program(lambda: WorkQueue("q", args))
    said = json.loads(plan.named("q-policy").inputs["policy"])["Statement"]

    assert ["q", "q-dlq", "q-dlq-policy", "q-dlq-queue", "q-policy", "q-queue", "q-redrive-allow"] == [
        one.name for one in plan.resources
    ]
    assert ["Deny"] == [one["Effect"] for one in said]


def test_an_indexes_cap_is_its_tables() -> None:
    """An index without a cap would let a scan of it run the bill up."""
    args = TableArgs(
        context=CONTEXT,
        table="photos",
        component="tests",
        hash_key="id",
        attributes={"id": "S", "owner": "S"},
        indexes=(Index(name="by-owner", hash_key="owner"),),
        caps=(10, 5),
    )
    plan = record_program(lambda: table("t", args, parent=pulumi.ComponentResource("darkroom:components:Test", "p")))
    declared = plan.named("t").inputs
    [index] = declared["globalSecondaryIndexes"]

    assert {"maxReadRequestUnits": 10, "maxWriteRequestUnits": 5} == declared["onDemandThroughput"]
    assert declared["onDemandThroughput"] == index["onDemandThroughput"]


TRACES = "arn:aws:lambda:us-east-1:615299751070:layer:AWSOpenTelemetryDistroPython:16"


def function(  # noqa: PLR0913 - one keyword for each promise
    tmp_path: Path,
    *,
    asynchronous: bool = False,
    pin: Pin | None = None,
    sources: int = 0,
    traces: str | None = None,
    spans: bool = True,
) -> StackPlan:
    """Declare one function alone."""
    lanes = [f"lane-{number}" for number in range(sources)]
    archive = tmp_path / "package.zip"
    archive.touch()
    config = StackConfig(
        settings=Settings(deployment=DeploymentSettings(insights_layer_arn=None, traces_layer_arn=traces)),
        context=CONTEXT,
        packages=Packages(function=archive, imaging=archive, runtime=archive),
    )
    args = FunctionArgs(
        config=config,
        settings=SETTINGS,
        component="tests",
        handler="processor.handlers.rendition.handler",
        layers=(),
        env={"A": "1"},
        permissions=(Permission(("s3:GetObject",), ("arn:aws:s3:::pictures/*",)),),
        sources=[EventSource(lane=lane, arn=f"arn:{lane}", batch_size=1, max_concurrency=2) for lane in lanes],
        pin=pin or Pin(),
        asynchronous=asynchronous,
        spans=spans,
    )
    return record_program(lambda: LambdaFunction("f", args))


def actions(plan: StackPlan) -> set[str]:
    """Return all grants of the function's role."""
    said = json.loads(plan.named("f-grants").inputs["policy"])["Statement"]
    return {action for one in said for action in one["Action"]}


RUNNING = {
    "s3:GetObject",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
}


def test_a_function_may_do_what_it_was_granted_and_what_running_takes(tmp_path: Path) -> None:
    """Logs and traces; no queue, no destination, no Insights unless it has them."""
    plan = function(tmp_path)

    assert RUNNING == actions(plan)
    assert ["f", "f-function", "f-grants", "f-live", "f-logs", "f-role"] == [one.name for one in plan.resources]
    assert {"A": "1", "MALLOC_ARENA_MAX": "2"} == plan.named("f-function").inputs["environment"]["variables"]


def test_a_function_exports_its_spans_by_the_layer_that_is_set(tmp_path: Path) -> None:
    """The layer comes last, with its wrapper; not where another wrapper starts the function."""
    exporting, other = (function(tmp_path, traces=TRACES, spans=spans).named("f-function") for spans in (True, False))

    assert [TRACES] == exporting.inputs["layers"]
    assert "/opt/otel-instrument" == exporting.inputs["environment"]["variables"]["AWS_LAMBDA_EXEC_WRAPPER"]
    assert [] == other.inputs.get("layers", [])
    assert "AWS_LAMBDA_EXEC_WRAPPER" not in other.inputs["environment"]["variables"]


def test_a_function_reads_only_the_queues_that_feed_it(tmp_path: Path) -> None:
    """One mapping per lane, on the alias, and the right to receive from exactly those queues."""
    plan = function(tmp_path, sources=2)
    said = json.loads(plan.named("f-grants").inputs["policy"])["Statement"]

    assert [["arn:lane-0", "arn:lane-1"]] == [one["Resource"] for one in said if "sqs:ReceiveMessage" in one["Action"]]
    assert {"f-lane-0", "f-lane-1"} == {
        one.name for one in plan.of_type("aws:lambda/eventSourceMapping:EventSourceMapping")
    }


def test_an_asynchronous_function_keeps_its_failures(tmp_path: Path) -> None:
    """Three attempts, then a queue that its role may write to."""
    plan = function(tmp_path, asynchronous=True)
    config = plan.named("f-asynchronous").inputs

    assert RUNNING | {"sqs:SendMessage"} == actions(plan)
    assert {"onFailure": {"destination": "arn:aws:sqs:us-east-1:123456789012:resize-failures"}} == config[
        "destinationConfig"
    ]
    assert ("live", 2) == (config["qualifier"], config["maximumRetryAttempts"])


@pytest.mark.parametrize(
    ("pin", "version", "routing"),
    [
        (Pin(), "7", None),
        (Pin(version=4), "4", None),
        (Pin(canary_percent=10), "7", None),
        (Pin(version=4, canary_percent=10), "4", {"additionalVersionWeights": {"7": 0.1}}),
    ],
)
def test_the_alias_follows_the_pin(tmp_path: Path, pin: Pin, version: str, routing: object) -> None:
    """The newest version, unless one is pinned; a share for the newest only beside a pin."""
    alias = function(tmp_path, pin=pin).named("f-live").inputs

    assert (version, routing) == (alias["functionVersion"], alias.get("routingConfig"))


def test_a_policy_has_only_the_given_fields() -> None:
    """A statement without a principal or a condition has no such key."""

    def program() -> None:
        pulumi.export("policy", policy(Permission(("s3:GetObject",), (pulumi.Output.from_input("arn:b"),))))

    assert {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:b"]}],
    } == json.loads(record_program(program).outputs["policy"])
