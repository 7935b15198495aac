"""``darkroom dlq``: what people see of dead letters, and what becomes of them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner

from darkroom.cli import cli, run
from processor.edits.session import ImageFailure, SessionImage
from processor.errors import StoreUnavailable, UsageError
from testkit.events import migration_event, s3_event, s3_record
from tests.factories.edits import SessionStore, create_sessions_table
from tests.factories.operating import Operation
from tests.factories.stores import Fault, once, refused

DEAD = "uploads-dlq"


@pytest.fixture
def letters(operation: Operation) -> Operation:
    """Return a lane with five dead letters of four kinds."""
    operation.darkroom.put_record(
        id="wedding/a b+1.CR3", status="failed", error={"code": "CORRUPT"}, camera={"make": "Canon", "model": "R5"}
    )
    operation.darkroom.put_record(id="wedding/d.heic", status="pending")
    for key in ("wedding/a b+1.CR3", "wedding/d.heic", "other/e.heic"):
        operation.send(DEAD, s3_event(s3_record(key)))
    operation.send(DEAD, migration_event("other/f%2B.heic"))
    operation.send(DEAD, "no event at all")
    return operation


def groups(letters: Operation) -> list[dict[str, Any]]:
    """List the groups."""
    return [json.loads(line) for line in letters.run("dlq", "list", "--json").stdout.splitlines()]


def test_letters_are_counted_by_code_format_and_camera(letters: Operation) -> None:
    """The largest group first; looking takes nothing away."""
    expected = [
        {"code": "CORRUPT", "change": "created", "format": "cr3", "camera": "Canon R5", "count": 1},
        {"code": "NO_ERROR_RECORDED", "change": "created", "format": "heic", "camera": "?", "count": 1},
        {"code": "NO_RECORD", "change": "created", "format": "heic", "camera": "?", "count": 1},
        {"code": "NO_RECORD", "change": "look", "format": "heic", "camera": "?", "count": 1},
        {"code": "NO_S3_EVENT", "change": "", "format": "?", "camera": "?", "count": 1},
    ]
    found = groups(letters)

    assert expected == sorted(
        ({name: one[name] for name in expected[0]} for one in found), key=lambda one: (one["code"], one["change"])
    )
    assert 5 == letters.count(DEAD)
    assert len(expected) == len(groups(letters)), "and nothing is hidden from the next look"


def test_a_deletion_is_listed_as_a_deletion(operation: Operation) -> None:
    """B4: beside an upload of the same gallery; an adopted table may hold texts where we write maps (B5)."""
    operation.darkroom.put_record(id="wedding/a.jpg", status="pending", camera="Nikon D750", error="timed out")
    operation.send(DEAD, s3_event(s3_record("wedding/a.jpg", name="ObjectRemoved:DeleteMarkerCreated")))
    operation.send(DEAD, s3_event(s3_record("wedding/a.jpg")))

    assert {("removed", "?"), ("created", "?")} == {(one["change"], one["camera"]) for one in groups(operation)}
    assert "removed" in operation.run("dlq", "list").stdout


@pytest.mark.parametrize(
    "body",
    [
        *("[" * 100_000, "null", '{"Records": {"s3": 1}}', '{"Records": [{"s3": {"object": {"key": null}}}]}'),
        *('{"Records": [{"s3": {"object": {"key": ""}}}]}', '{"Records": [{"s3": {"object": {"key": "\\ud800"}}}]}'),
        json.dumps({"Records": [{"s3": {"object": {"key": "k" * 3000}}}]}),
        json.dumps({"Records": [[], {"s3": {"object": {"key": "wedding/a.jpg"}}}]}),
    ],
)
def test_a_letter_that_names_no_key_breaks_nothing(operation: Operation, body: str) -> None:
    """Whatever was sent to the queue by hand; no request is made with a key that a table refuses."""
    operation.send(DEAD, body)
    operation.send(DEAD, s3_event(s3_record("wedding/a.jpg")))

    assert {"NO_S3_EVENT", "NO_RECORD"} == {one["code"] for one in groups(operation)}
    assert 2 == len(operation.run("dlq", "show").stdout.splitlines())


@pytest.mark.parametrize("odd", [["a", 1], {"x"}, b"x", 7, None, True, {"code": ["x"], "make": {"y": b"z"}}])
def test_an_odd_record_of_an_adopted_table_breaks_nothing(operation: Operation, odd: object) -> None:
    """B5: each attribute that we read may be of any type."""
    names = ("status", "camera", "error", "format", "original_key", "source_version", "receipt", "small_url", "s3_key")
    operation.darkroom.put_record(id="wedding/a.jpg", **dict.fromkeys(names, odd if odd != {"x"} else frozenset({"x"})))
    operation.send(DEAD, s3_event(s3_record("wedding/a.jpg")))

    assert 1 == len(groups(operation))
    assert 0 == operation.run("dlq", "redrive", "--prefix", "wedding/", "--yes").exit_code
    assert ["wedding/a.jpg"] == operation.work("uploads")


def test_the_largest_group_comes_first(operation: Operation) -> None:
    """Most letters, most trouble."""
    for key in ("wedding/a.heic", "wedding/b.cr3", "wedding/c.cr3"):
        operation.send(DEAD, s3_event(s3_record(key)))

    assert [("cr3", 2), ("heic", 1)] == [(one["format"], one["count"]) for one in groups(operation)]


def test_people_get_a_table(letters: Operation) -> None:
    """With the same words."""
    printed = letters.run("dlq", "list").stdout

    assert all(word in printed for word in ("CORRUPT", "cr3", "Canon R5", "'wedding/a b+1.CR3'"))


def test_letters_are_shown_whole(letters: Operation) -> None:
    """Keys as people know them, the body as it is."""
    shown = [json.loads(line) for line in letters.run("dlq", "show", "--prefix", "other/").stdout.splitlines()]

    assert {("other/e.heic",), ("other/f%2B.heic",)} == {tuple(one["keys"]) for one in shown}
    assert json.loads(shown[0]["body"])["Records"]


@pytest.mark.parametrize("command", ["redrive", "discard"])
def test_nothing_happens_without_yes(letters: Operation, command: str) -> None:
    """A dry run prints the number."""
    said = letters.run("dlq", command, "--format", "heic").stdout

    assert said.startswith("3 letters would be")
    assert (5, 0) == (letters.count(DEAD), letters.count("uploads"))


@pytest.mark.fault(27)
def test_one_group_is_replayed_alone(letters: Operation) -> None:
    """After a decoder upgrade only what it helps goes through the lane again."""
    assert (
        "1 letters redriven.\n"
        == letters.run("dlq", "redrive", "--camera", "Canon R5", "--code", "CORRUPT", "--yes").stdout
    )

    assert 4 == letters.count(DEAD)
    assert [s3_event(s3_record("wedding/a b+1.CR3"))] == [json.loads(body) for body in letters.take("uploads")]


@pytest.mark.fault(27)
def test_a_fault_between_sending_and_deleting_loses_nothing(letters: Operation) -> None:
    """The letter is then in both queues, which is harmless; in neither would not be."""
    letters.sqs.faults["delete_message_batch"] = once(refused("ServiceUnavailable", 503))

    result = letters.run("dlq", "redrive", "--camera", "Canon R5", "--yes")

    assert isinstance(result.exception, StoreUnavailable)
    assert (5, 1) == (letters.count(DEAD), letters.count("uploads"))


def test_a_letter_that_is_not_deleted_is_an_error(letters: Operation) -> None:
    """DeleteMessageBatch answers 200 all the same."""
    failed: Fault = lambda _, __: {"Failed": [{"Id": "0", "Code": "InternalError"}]}  # noqa: E731 - one line says it
    letters.sqs.faults["delete_message_batch"] = once(failed)

    result = letters.run("dlq", "discard", "--camera", "Canon R5", "--yes")

    assert "expected to delete 1 messages, refused 1: InternalError" in str(result.exception)


def moving(letters: Operation, *tasks: dict[str, Any]) -> list[dict[str, Any]]:
    """Answer as SQS does, which moto cannot: one of *tasks* after the other; return the requests."""
    asked: list[dict[str, Any]] = []
    answers = iter(tasks)

    def started(arguments: dict[str, Any], _: object) -> Any:
        asked.append(arguments)
        return {"TaskHandle": "task-1"}

    letters.sqs.faults["start_message_move_task"] = started
    letters.sqs.faults["list_message_move_tasks"] = lambda _, __: {"Results": [one] if (one := next(answers)) else []}
    return asked


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Replace sleeping; return the durations."""
    taken: list[float] = []
    monkeypatch.setattr("processor.cli.dlq.time.sleep", taken.append)
    return taken


def test_everything_is_moved_by_sqs_itself(letters: Operation, naps: list[float]) -> None:
    """StartMessageMoveTask from the dead letters to wherever they came from; the end is SQS' word, not a guess."""
    asked = moving(
        letters,
        {"Status": "RUNNING"},
        {"Status": "RUNNING", "ApproximateNumberOfMessagesMoved": 2},
        {"Status": "COMPLETED", "ApproximateNumberOfMessagesMoved": 5},
    )
    assert "5 letters would be redriven: pass --yes to do it.\n" == letters.run("dlq", "redrive").stdout
    assert [] == asked

    done = letters.run("dlq", "redrive", "--yes")

    assert (0, "5 letters redriven.\n") == (done.exit_code, done.stdout)
    assert [{"SourceArn": "arn:aws:sqs:us-east-1:123456789012:test-rendition-uploads-dlq"}] == asked
    assert [1.0, 1.0] == naps


@pytest.mark.usefixtures("naps")
def test_a_move_that_fails_is_a_failure(letters: Operation) -> None:
    """SQS stops at letters whose queue it does not know: those were sent to the dead letters by hand."""
    failed = {"Status": "FAILED", "ApproximateNumberOfMessagesMoved": 3, "FailureReason": "CouldNotDetermineSource"}
    moving(letters, failed)

    done = letters.run("dlq", "redrive", "--yes")

    assert "FAILED: 3 letters redriven, then SQS stopped: CouldNotDetermineSource.\n" == done.stdout
    assert done.exit_code == 1


def test_a_task_that_sqs_does_not_know_is_no_success(letters: Operation) -> None:
    """A command that cannot find its own task must not report success."""
    moving(letters, {})

    found = letters.run("dlq", "redrive", "--yes").exception

    assert isinstance(found, StoreUnavailable)
    assert str(found).endswith("uploads-dlq: expected the task that was started, found none")


def test_what_was_discarded_is_found_again_as_the_help_promises(
    operation: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B4: an upload and an overwrite by the backfill; a deletion by the reconciler (tests/ops/reconcile)."""
    monkeypatch.setattr("processor.ops.backfill.run.POLL_S", 0.0)
    operation.darkroom.process(operation.darkroom.upload("wedding/a.jpg"))
    for key, content in (("wedding/a.jpg", b"another photo"), ("wedding/b.jpg", b"a photo")):
        operation.darkroom.upload(key, content)
        operation.send(DEAD, s3_event(s3_record(key)))
    assert "2 letters discarded.\n" == operation.run("dlq", "discard", "--yes").stdout

    assert re.search(r"missing +2  send", operation.run("backfill", "--only", "missing", "--plan").stdout)
    told = " ".join(operation.run("dlq", "discard", "--help").stdout.split())
    assert "`backfill --only missing` finds uploads and overwrites" in told
    assert "`reconcile` finds deletions too" in told


def test_a_group_is_discarded_for_good(letters: Operation) -> None:
    """And nothing else."""
    assert "1 letters discarded.\n" == letters.run("dlq", "discard", "--code", "NO_S3_EVENT", "--yes").stdout
    assert (4, 0) == (letters.count(DEAD), letters.count("uploads"))


def test_at_most_so_many_letters_are_touched(letters: Operation) -> None:
    """SQS hands out ten at a time. A queue that SQS moves as a whole has no such limit."""
    assert "1 letters discarded.\n" == letters.run("dlq", "discard", "--most", "1", "--yes").stdout
    assert 4 == letters.count(DEAD)
    assert isinstance(letters.run("dlq", "redrive", "--most", "1", "--yes").exception, UsageError)


EDITS = """\
    edits:
      function_name: test-edit
      sessions_table: darkroom-sessions
"""


def test_edit_jobs_are_listed_by_their_error_in_the_session(operation: Operation) -> None:
    """Session and picture as the key, the code of the picture's error; a prefix chooses one session."""
    operation.stack.write_text(operation.stack.read_text() + EDITS)
    create_sessions_table(operation.clients["dynamodb"].client)
    for lane in ("jobs", "jobs-dlq"):
        operation.urls[lane] = operation.sqs.client.create_queue(QueueName=f"test-edit-{lane}")["QueueUrl"]
    store = SessionStore(dynamodb=operation.clients["dynamodb"])
    failed_session, other = store.start(SessionImage(id="a", url="https://x.example/a.png")), store.start()
    store.work.fail(
        failed_session.jobs[0], ImageFailure(code="PROCESSING_FAILED", message="Try again."), seen=failed_session
    )
    for job in (*failed_session.jobs, *other.jobs):
        operation.send("jobs-dlq", job.body())

    listed = operation.run("dlq", "list", "--queue", "jobs", "--json")
    shown = operation.run("dlq", "show", "--queue", "jobs", "--prefix", failed_session.session_id)

    assert {"PROCESSING_FAILED", "NO_ERROR_RECORDED"} == {
        json.loads(line)["code"] for line in listed.stdout.splitlines()
    }
    [letter] = [json.loads(line) for line in shown.stdout.splitlines()]
    assert ([f"{failed_session.session_id}/a"], "PROCESSING_FAILED", "png") == (
        letter["keys"],
        letter["code"],
        letter["format"],
    )


def test_a_missing_queue_is_reported(letters: Operation) -> None:
    """Another region, another account, or nothing deployed yet."""
    result = letters.run("dlq", "list", "--queue", "jobs")

    assert isinstance(result.exception, UsageError)
    assert "darkroom-test-edit-jobs-dlq: no such queue in this account and region, expected a deployed stack" == str(
        result.exception
    )


def test_a_stack_without_a_file_is_reported() -> None:
    """The name of the file that was looked for helps."""
    result = CliRunner().invoke(cli, ["dlq", "list", "--stack", "none"], standalone_mode=False)

    assert "Pulumi.none.yaml: no such file, expected the settings of stack none in this folder" == str(result.exception)


def test_a_refusal_of_aws_is_one_line_and_an_exit_code(
    operation: Operation, capsys: pytest.CaptureFixture[str]
) -> None:
    """No trace: the line names the call and what came back."""
    operation.sqs.faults["get_queue_url"] = once(refused("AccessDenied", 403))

    assert 1 == run(["dlq", "list", "--stack", str(operation.stack)])
    expected = (
        "Error: sqs:GetQueueUrl test-rendition-uploads-dlq: expected success, received AccessDenied (HTTP 403).\n"
    )
    assert expected == capsys.readouterr().err
