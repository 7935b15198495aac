"""Events: the pipes' templates and filters, the schema, the grants and the record agree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import jsonschema
import pytest

from components.events import ENDED, RUNNING
from components.testing.plan import StackPlan
from processor.aws.photos import EVENT
from processor.edits.session import SessionStatus
from processor.upload.announcement import TURNS
from testkit.memory_stores import World
from tests.contracts.calls import ROOT
from tools.policies import statements

SCHEMA: Mapping[str, Any] = json.loads((ROOT / "docs" / "events.schema.json").read_text(encoding="utf-8"))
HERE = "us-east-1:123456789012"
STREAM = "stream/2026-01-01T00:00:00.000"


@pytest.fixture
def switched(variants: Mapping[str, StackPlan]) -> StackPlan:
    """Return the plan of a stack with events and one webhook."""
    return variants["events"]


def pipe(plan: StackPlan, table: str) -> Mapping[str, Any]:
    """Return the inputs of the pipe of *table*."""
    return plan.named(f"events-{table}-pipe").inputs


def detail(plan: StackPlan, table: str) -> dict[str, str]:
    """Return the template of the details of a table's events."""
    return json.loads(pipe(plan, table)["targetParameters"]["inputTemplate"])


def grants(plan: StackPlan, name: str) -> dict[str, set[str]]:
    """Return the resources of each action that a role may do."""
    return {action: set(said["Resource"]) for said in statements(plan.named(name)) for action in said["Action"]}


def test_the_schema_is_one() -> None:
    """A schema that is none would accept everything."""
    jsonschema.Draft202012Validator.check_schema(dict(SCHEMA))


def test_templates_fill_every_field_of_the_schema_and_no_other(switched: StackPlan) -> None:
    """A field that the schema promises is sent, and no internal one."""
    assert set(SCHEMA["$defs"]["photo"]["required"]) == set(detail(switched, "photos"))
    assert set(SCHEMA["$defs"]["editCompleted"]["required"]) == set(detail(switched, "sessions"))


def test_templates_read_what_the_record_holds(switched: StackPlan) -> None:
    """Each path leads to a text of the announcement; one that leads nowhere would be an empty field."""
    world = World(events=True)
    world.process(world.put("wedding/IMG_1.jpg"))
    written = world.records["wedding/IMG_1.jpg"][EVENT]
    start = f"<$.dynamodb.NewImage.{EVENT}.M."
    paths = {path.removeprefix(start).removesuffix(".S>") for path in detail(switched, "photos").values()}

    assert paths | {"type", "turn"} == set(written)
    assert (
        f"$.dynamodb.NewImage.{EVENT}.M.type.S"
        == (pipe(switched, "photos")["targetParameters"]["eventbridgeEventBusParameters"]["detailType"])
    )


def test_filters_know_every_turn_and_every_status(switched: StackPlan) -> None:
    """A turn or a status that no filter knows would be an event that is never sent."""
    filters = pipe(switched, "photos")["sourceParameters"]["filterCriteria"]["filters"]
    images = [json.loads(one["pattern"])["dynamodb"] for one in filters]
    turns = [tuple(image[EVENT]["M"]["turn"]["S"][0] for image in one.values()) for one in images]

    assert [({"exists": False}, {"exists": True}), TURNS, TURNS[::-1]] == turns
    [sessions] = pipe(switched, "sessions")["sourceParameters"]["filterCriteria"]["filters"]
    after = json.loads(sessions["pattern"])["dynamodb"]["NewImage"]
    assert {"S": [{"exists": True}]} == after["userId"]  # which the archives of the same table do not have
    assert set(SessionStatus) == {*RUNNING, *ENDED}
    assert set(ENDED) == {one for one in SessionStatus if one.ended}


def test_what_is_announced_is_what_the_schema_says() -> None:
    """One event of each type, as the template makes it."""
    world = World(events=True)
    for event in (world.put("w/1.jpg"), world.put("w/2.jpg", b"broken"), world.delete("w/1.jpg")):
        world.process(event)
    for _, new in world.stream:
        told = new[EVENT]
        fields = {name: told[name] for name in SCHEMA["$defs"]["photo"]["required"]}
        whole = {"source": "darkroom", "detail-type": told["type"], "detail": fields}
        jsonschema.validate(whole, SCHEMA, cls=jsonschema.Draft202012Validator)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**whole, "detail-type": "photo.lost"}, SCHEMA, cls=jsonschema.Draft202012Validator)


def test_pipes_may_read_both_streams_and_write_to_the_bus(switched: StackPlan) -> None:
    """Nothing more: their role is EventBridge's own."""
    streams = {
        f"arn:aws:dynamodb:{HERE}:table/{switched.outputs[name]}/{STREAM}" for name in ("photosTable", "sessionsTable")
    }
    reading = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")

    assert {
        **{f"dynamodb:{action}": streams for action in reading},
        "events:PutEvents": {f"arn:aws:events:{HERE}:event-bus/darkroom-dev"},
        "sqs:SendMessage": {f"arn:aws:sqs:{HERE}:darkroom-dev-events-dlq"},
    } == grants(switched, "events-pipes-grants")


def test_webhooks_may_be_called_and_nothing_else(switched: StackPlan) -> None:
    """One destination, and the rule may leave dead letters; the secret is in the connection alone."""
    arn = f"arn:aws:events:{HERE}:api-destination/darkroom-dev-webhook-gallery/0f6a"
    [sends] = [one for one in statements(switched.named("events-webhooks-dlq-policy")) if one["Effect"] == "Allow"]

    assert {"events:InvokeApiDestination": {arn}} == grants(switched, "events-webhooks-grants")
    assert f"arn:aws:events:{HERE}:rule/darkroom-dev/*" == sends["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert {
        "source": ["darkroom"],
        "detail-type": ["photo.active", "photo.deleted"],
    } == json.loads(switched.named("events-webhooks-gallery-rule").inputs["eventPattern"])


def test_nothing_is_dropped(switched: StackPlan) -> None:
    """Pipes and webhooks are tried for a day, and then leave a dead letter with an alarm."""
    stream = pipe(switched, "photos")["sourceParameters"]["dynamodbStreamParameters"]
    target = switched.named("events-webhooks-gallery-target").inputs

    assert (82_800, -1) == (stream["maximumRecordAgeInSeconds"], stream["maximumRetryAttempts"])
    assert {"maximumEventAgeInSeconds": 86_400, "maximumRetryAttempts": 185} == target["retryPolicy"]
    assert [f"arn:aws:sqs:{HERE}:darkroom-dev-{role}-dlq" for role in ("events", "webhooks")] == [
        one["deadLetterConfig"]["arn"] for one in (stream, target)
    ]
    alarms = {one.name for one in switched.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")}
    roles = ("events-failures", "events-dead-letters", "webhooks-dead-letters")
    assert {f"monitoring-{role}" for role in roles} <= alarms


def test_outputs_of_the_switch_match_the_schema(switched: StackPlan) -> None:
    """The bus's name is an output, and its dead letters are among the others."""
    schema = json.loads((ROOT / "docs" / "outputs.schema.json").read_text(encoding="utf-8"))

    jsonschema.validate(switched.outputs, schema, cls=jsonschema.Draft202012Validator)
    assert "darkroom-dev" == switched.outputs["eventBusName"]
    assert {"events", "webhooks"} <= switched.outputs["deadLetterQueueUrls"].keys()


def test_everything_off_is_nothing(plan: StackPlan) -> None:
    """No stream, no bus, no pipe, no variable."""
    assert [] == [one.name for one in plan.resources if one.name.startswith("events") or "/pipe:" in one.type]
    assert [] == [one.name for one in plan.of_type("aws:dynamodb/table:Table") if "streamEnabled" in one.inputs]
    variables = plan.named("renditions-rendition-function").inputs["environment"]["variables"]
    assert "DARKROOM_EVENTS" not in variables


def test_the_function_announces_where_events_are_on(switched: StackPlan) -> None:
    """The stream alone would carry no outcome."""
    variables = switched.named("renditions-rendition-function").inputs["environment"]["variables"]
    assert "true" == variables["DARKROOM_EVENTS"]
