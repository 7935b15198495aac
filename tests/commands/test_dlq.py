"""``python -m processor dlq``: what people see of dead letters, and what becomes of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from processor.__main__ import cli
from processor.aws import operator
from processor.errors import StoreUnavailable, UsageError
from tests.factories.darkroom import ORIGINALS, RENDITIONS, TABLE, Darkroom, session
from tests.factories.events import migration_event, s3_event, s3_record
from tests.factories.stores import Fault, Wire, once, refused

STACK = f"""\
config:
  aws:region: us-east-1
  darkroom:settings:
    renditions:
      originals_bucket: {ORIGINALS}
      renditions_bucket: {RENDITIONS}
      photos_table: {TABLE}
      function_name: test-rendition
"""


@dataclass
class Queues:
    """A lane and its dead letters."""

    darkroom: Darkroom
    sqs: Wire
    lane: str
    dead: str
    stack: Path

    def run(self, *args: str) -> Result:
        """Run a command on this stack."""
        command, *options = args
        return CliRunner().invoke(
            cli, ["dlq", command, "--stack", str(self.stack), *options], standalone_mode=False, catch_exceptions=True
        )

    def groups(self, *options: str) -> list[dict[str, Any]]:
        """List the groups."""
        return [json.loads(line) for line in self.run("list", "--json", *options).stdout.splitlines()]

    def bury(self, body: object) -> None:
        """Put a dead letter."""
        self.sqs.client.send_message(
            QueueUrl=self.dead, MessageBody=body if isinstance(body, str) else json.dumps(body)
        )

    def count(self, url: str) -> int:
        """Count the messages that can be received."""
        answer = self.sqs.client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])


@pytest.fixture
def queues(darkroom: Darkroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Queues:
    """Give a lane with five dead letters of four kinds."""
    sqs = Wire(session().create_client("sqs", region_name="us-east-1"))
    make = operator.OperatorClients.client

    def client(self: operator.OperatorClients, service: str) -> Any:
        return sqs if service == "sqs" else make(self, service)

    monkeypatch.setattr(operator.OperatorClients, "client", client)
    for name, value in {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}.items():
        monkeypatch.setenv(name, value)
    lane, dead = (
        sqs.client.create_queue(QueueName=f"test-rendition-uploads{part}")["QueueUrl"] for part in ("", "-dlq")
    )
    stack = tmp_path / "Pulumi.test.yaml"
    stack.write_text(STACK)
    found = Queues(darkroom=darkroom, sqs=sqs, lane=lane, dead=dead, stack=stack)
    darkroom.put_record(
        id="wedding/a b+1.CR3", status="failed", error={"code": "CORRUPT"}, camera={"make": "Canon", "model": "R5"}
    )
    darkroom.put_record(id="wedding/d.heic", status="pending")
    for key in ("wedding/a b+1.CR3", "wedding/d.heic", "other/e.heic"):
        found.bury(s3_event(s3_record(key)))
    found.bury(migration_event("other/f%2B.heic"))
    found.bury("no event at all")
    return found


def test_letters_are_counted_by_code_format_and_camera(queues: Queues) -> None:
    """The largest group first; looking takes nothing away."""
    expected = [
        {"code": "NO_RECORD", "format": "heic", "camera": "?", "count": 2},
        {"code": "CORRUPT", "format": "cr3", "camera": "Canon R5", "count": 1},
        {"code": "NO_S3_EVENT", "format": "?", "camera": "?", "count": 1},
        {"code": "UNTOLD", "format": "heic", "camera": "?", "count": 1},
    ]
    found = queues.groups()

    assert 2 == found[0]["count"]
    assert expected == sorted(
        ({name: one[name] for name in expected[0]} for one in found), key=lambda one: (-one["count"], one["code"])
    )
    assert 5 == queues.count(queues.dead)
    assert len(expected) == len(queues.groups()), "and nothing is hidden from the next look"


def test_people_get_a_table(queues: Queues) -> None:
    """With the same words."""
    printed = queues.run("list").stdout

    assert all(word in printed for word in ("CORRUPT", "cr3", "Canon R5", "'wedding/a b+1.CR3'"))


def test_letters_are_shown_whole(queues: Queues) -> None:
    """Keys as people know them, the body as it is."""
    shown = [json.loads(line) for line in queues.run("show", "--prefix", "other/").stdout.splitlines()]

    assert {("other/e.heic",), ("other/f%2B.heic",)} == {tuple(one["keys"]) for one in shown}
    assert json.loads(shown[0]["body"])["Records"]


@pytest.mark.parametrize("command", ["redrive", "discard"])
def test_nothing_happens_without_yes(queues: Queues, command: str) -> None:
    """A dry run says how many it would be."""
    said = queues.run(command, "--format", "heic").stdout

    assert said.startswith("3 letters would be")
    assert (5, 0) == (queues.count(queues.dead), queues.count(queues.lane))


def test_one_group_is_replayed_alone(queues: Queues) -> None:
    """After a decoder upgrade only what it helps goes through the lane again."""
    assert "1 letters redriven.\n" == queues.run("redrive", "--camera", "Canon R5", "--code", "CORRUPT", "--yes").stdout

    [message] = queues.sqs.client.receive_message(QueueUrl=queues.lane)["Messages"]
    assert s3_event(s3_record("wedding/a b+1.CR3")) == json.loads(message["Body"])
    assert 4 == queues.count(queues.dead)


def test_a_fault_between_sending_and_deleting_loses_nothing(queues: Queues) -> None:
    """The letter is then in both queues, which is harmless; in neither would not be."""
    queues.sqs.faults["delete_message_batch"] = once(refused("ServiceUnavailable", 503))

    result = queues.run("redrive", "--camera", "Canon R5", "--yes")

    assert isinstance(result.exception, StoreUnavailable)
    assert (5, 1) == (queues.count(queues.dead), queues.count(queues.lane))


def test_a_letter_that_is_not_deleted_is_an_error(queues: Queues) -> None:
    """DeleteMessageBatch answers 200 all the same."""
    failed: Fault = lambda _, __: {"Failed": [{"Id": "0", "Code": "InternalError"}]}  # noqa: E731 - one line says it
    queues.sqs.faults["delete_message_batch"] = once(failed)

    result = queues.run("discard", "--camera", "Canon R5", "--yes")

    assert "expected to delete 1 messages, refused 1: InternalError" in str(result.exception)


def test_everything_is_moved_by_sqs_itself(queues: Queues) -> None:
    """StartMessageMoveTask from the dead letters to wherever they came from; moto does not know it."""
    asked: list[dict[str, Any]] = []

    def started(arguments: dict[str, Any], _: object) -> Any:
        asked.append(arguments)
        return {"TaskHandle": "task-1"}

    queues.sqs.faults["start_message_move_task"] = started
    assert "5 letters would be redriven: say --yes to do it.\n" == queues.run("redrive").stdout
    assert [] == asked

    said = queues.run("redrive", "--yes").stdout

    assert "SQS has begun to move about 5 letters back to their lane. Task: task-1\n" == said
    assert [{"SourceArn": "arn:aws:sqs:us-east-1:123456789012:test-rendition-uploads-dlq"}] == asked


def test_a_group_is_discarded_for_good(queues: Queues) -> None:
    """And nothing else."""
    assert "1 letters discarded.\n" == queues.run("discard", "--code", "NO_S3_EVENT", "--yes").stdout
    assert (4, 0) == (queues.count(queues.dead), queues.count(queues.lane))


def test_a_queue_that_does_not_exist_is_told(queues: Queues) -> None:
    """Another region, another account, or nothing deployed yet."""
    result = queues.run("list", "--queue", "jobs")

    assert isinstance(result.exception, UsageError)
    assert (
        "lambdallmproxy-image-processor-jobs-dlq: no such queue in this account and region, expected a deployed stack"
        == str(result.exception)
    )


def test_a_stack_without_a_file_is_told(queues: Queues) -> None:
    """The name of the file that was looked for helps."""
    result = CliRunner().invoke(cli, ["dlq", "list", "--stack", "none"], standalone_mode=False)

    assert "Pulumi.none.yaml: no such file, expected the settings of stack none in this folder" == str(result.exception)
