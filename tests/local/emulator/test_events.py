"""Tests of the emulator's streams, pipes, buses and webhooks as the embedded stack uses them."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from local.emulator.process import running
from tests.factories.emulators import Aws, allow, eventually, policy, root

HERE = "us-east-1:000000000000"
DESTINATIONS = f"arn:aws:events:{HERE}:api-destination/"
BUS = f"arn:aws:events:{HERE}:event-bus/told"
SINGLE_FILTER = json.dumps(
    {"dynamodb": {"OldImage": {"turn": {"S": [{"exists": False}]}}, "NewImage": {"turn": {"S": ["odd"]}}}}
)
TEMPLATE = json.dumps({"id": "<$.dynamodb.NewImage.id.S>:<$.dynamodb.NewImage.turn.S>"})


def role(aws: Aws, name: str, service: str, *statements: Any) -> str:
    """Make a role of a service that may do what *statements* say; return its ARN."""
    trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    made = aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
    grant(aws, name, *statements)
    return str(made)


def grant(aws: Aws, name: str, *statements: Any) -> None:
    """Replace the grants of a role."""
    aws.client("iam").put_role_policy(RoleName=name, PolicyName="grants", PolicyDocument=policy(*statements))


@pytest.fixture
def bus(aws: Aws) -> Iterator[str]:
    """Make a bus whose events all go into a queue; return the queue's URL."""
    events, sqs = aws.client("events"), aws.client("sqs")
    url = bus_into_queue(aws)
    yield url
    events.remove_targets(Rule="all", EventBusName="told", Ids=["queue"])
    events.delete_rule(Name="all", EventBusName="told")
    events.delete_event_bus(Name="told")
    sqs.delete_queue(QueueUrl=url)


def bus_into_queue(aws: Aws) -> str:
    """Make the bus and its queue; return the queue's URL."""
    events = aws.client("events")
    events.create_event_bus(Name="told")
    events.put_rule(Name="all", EventBusName="told", EventPattern=json.dumps({"source": ["test"]}))
    target = {"Id": "queue", "Arn": f"arn:aws:sqs:{HERE}:told"}
    events.put_targets(Rule="all", EventBusName="told", Targets=[target])
    return str(aws.client("sqs").create_queue(QueueName="told")["QueueUrl"])


@contextmanager
def piped(aws: Aws, role_arn: str, table: str) -> Generator[None]:
    """Make a table with a stream, and a pipe from it to the bus, for the length of the block."""
    make_pipe(aws, role_arn, table)
    yield
    aws.client("pipes").delete_pipe(Name=table)
    aws.client("dynamodb").delete_table(TableName=table)


def make_pipe(aws: Aws, role_arn: str, table: str) -> None:
    """Make a table with a stream and a change in it, then the pipe from it to the bus."""
    keys = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}
    attributes = [{"AttributeName": "id", "AttributeType": "S"}]
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    dynamodb, pipes = aws.client("dynamodb"), aws.client("pipes")
    made = dynamodb.create_table(TableName=table, AttributeDefinitions=attributes, StreamSpecification=stream, **keys)
    write(aws, table, "early", "odd")
    pipes.create_pipe(
        Name=table,
        RoleArn=role_arn,
        Source=made["TableDescription"]["LatestStreamArn"],
        Target=BUS,
        SourceParameters={
            "FilterCriteria": {"Filters": [{"Pattern": SINGLE_FILTER}]},
            "DynamoDBStreamParameters": {"StartingPosition": "TRIM_HORIZON"},
        },
        TargetParameters={
            "InputTemplate": TEMPLATE,
            "EventBridgeEventBusParameters": {"Source": "test", "DetailType": "$.dynamodb.NewImage.turn.S"},
        },
    )


def write(aws: Aws, table: str, key: str, turn: str) -> None:
    """Write an item."""
    aws.client("dynamodb").put_item(TableName=table, Item={"id": {"S": key}, "turn": {"S": turn}})


def received(aws: Aws, url: str, count: int) -> list[tuple[str, str]]:
    """Wait for *count* events; return type and id of each."""
    found: list[Any] = []

    def look() -> bool:
        answer = aws.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        found.extend(json.loads(one["Body"]) for one in answer.get("Messages", []))
        return len(found) >= count

    eventually(look)
    return sorted((one["detail-type"], one["detail"]["id"]) for one in found)


def test_a_pipe_filters_and_transforms_from_the_beginning_of_the_stream(aws: Aws, bus: str) -> None:
    """A change before the pipe was made is there; one that the filter does not match is not; the type is a path's."""
    arn = role(aws, "pipe", "pipes", allow("dynamodb:GetRecords", "*"), allow("events:PutEvents", BUS))
    with piped(aws, arn, "piped"):
        for key, turn in (("early", "even"), ("wrong", "even"), ("right", "odd")):
            write(aws, "piped", key, turn)
        assert [("odd", "early:odd"), ("odd", "right:odd")] == received(aws, bus, 2)


def test_a_pipe_without_a_grant_holds_its_changes(aws: Aws, bus: str) -> None:
    """Nothing is lost: they are sent once the role allows it."""
    arn = role(aws, "held", "pipes", allow("dynamodb:GetRecords", "*"))
    with piped(aws, arn, "held"):
        write(aws, "held", "one", "odd")
        grant(aws, "held", allow("dynamodb:GetRecords", "*"), allow("events:PutEvents", BUS))
        assert [("odd", "early:odd"), ("odd", "one:odd")] == received(aws, bus, 2)


@pytest.mark.stack
def test_a_pipe_goes_on_after_a_restart(tmp_path: Path) -> None:
    """A kept state has the pipe and not the stream: the first change after the restart is sent."""
    port, url = 0, ""
    for run in range(2):
        with running(tmp_path, port=port, persist=True) as emulator:
            port, aws = int(emulator.address.rpartition(":")[2]), root(emulator.address)
            if not run:
                url = bus_into_queue(aws)
                arn = role(aws, "kept", "pipes", allow("dynamodb:GetRecords", "*"), allow("events:PutEvents", BUS))
                make_pipe(aws, arn, "kept")
            write(aws, "kept", f"run-{run}", "odd")
            expected = [("odd", f"run-{run}:odd"), *([] if run else [("odd", "early:odd")])]
            assert sorted(expected) == received(aws, url, len(expected))


@dataclass(kw_only=True)
class Hook:
    """A receiver that answers with *status*."""

    status: int = 503
    seen: list[tuple[str | None, Any]] = field(default_factory=list[tuple[str | None, Any]])


@contextmanager
def hook() -> Generator[tuple[str, Hook]]:
    """Listen on loopback; return the address, and what was received."""
    state = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.seen.append((self.headers.get("X-Api-Key"), body))
            self.send_response(state.status)
            self.end_headers()

        def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - the library's name
            del format

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook", state
    server.shutdown()
    server.server_close()


def connect(aws: Aws, name: str, url: str, role_arn: str, dead: str = "") -> None:
    """Send the bus's events to a webhook."""
    events = aws.client("events")
    connection = events.create_connection(
        Name=name,
        AuthorizationType="API_KEY",
        AuthParameters={"ApiKeyAuthParameters": {"ApiKeyName": "X-Api-Key", "ApiKeyValue": "a secret"}},
    )
    destination = events.create_api_destination(
        Name=name, ConnectionArn=connection["ConnectionArn"], InvocationEndpoint=url, HttpMethod="POST"
    )
    target = {"Id": name, "Arn": destination["ApiDestinationArn"], "RoleArn": role_arn}
    letters = {"DeadLetterConfig": {"Arn": dead}} if dead else {}
    events.put_targets(Rule="all", EventBusName="told", Targets=[{**target, **letters}])


def put(aws: Aws, key: str) -> None:
    """Put an event on the bus."""
    entry = {"Source": "test", "DetailType": "t", "Detail": json.dumps({"id": key}), "EventBusName": "told"}
    aws.client("events").put_events(Entries=[entry])


@pytest.mark.usefixtures("bus")
def test_a_webhook_gets_the_event_again_after_it_was_down(aws: Aws) -> None:
    """The whole event, with the connection's secret; once it has answered well, no more."""
    arn = role(aws, "caller", "events", allow("events:InvokeApiDestination", f"{DESTINATIONS}up"))
    with hook() as (url, state):
        connect(aws, "up", url, arn)
        put(aws, "first")
        eventually(lambda: len(state.seen) >= 2)
        state.status = 204
        eventually(lambda: len(state.seen) >= 3)
        put(aws, "second")
        eventually(lambda: [one["detail"]["id"] for _, one in state.seen][-1:] == ["second"])
    assert {"a secret"} == {key for key, _ in state.seen}
    assert ["first"] * (len(state.seen) - 1) + ["second"] == [one["detail"]["id"] for _, one in state.seen]


@pytest.mark.parametrize("case", ["no grant", "foreign address", "refusal"])
def test_what_cannot_be_delivered_is_a_dead_letter(aws: Aws, bus: str, case: str) -> None:
    """Without a grant, to another machine, or refused by the receiver: kept whole, and nothing leaves this machine."""
    del bus
    name = case.replace(" ", "-")
    granted = "none" if case == "no grant" else name
    arn = role(aws, name, "events", allow("events:InvokeApiDestination", f"{DESTINATIONS}{granted}"))
    letters = aws.client("sqs").create_queue(QueueName=f"dead-{name}")["QueueUrl"]
    with hook() as (url, state):
        state.status = 410
        address = "https://example.com/hook" if case == "foreign address" else url
        connect(aws, name, address, arn, dead=f"arn:aws:sqs:{HERE}:dead-{name}")
        put(aws, name)
        [letter] = eventually(lambda: aws.client("sqs").receive_message(QueueUrl=letters).get("Messages"))
    assert name == json.loads(letter["Body"])["detail"]["id"]
    assert (1 if case == "refusal" else 0) == len(state.seen)
