"""The edit worker from end to end: real messages, the real editor, stores on moto."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Event
from typing import Any, cast

import pytest
from PIL import Image

from processor.aws.archives import Archives
from processor.aws.clients import sqs_client
from processor.aws.queues import MessageVisibility
from processor.budget import Budget
from processor.editing.reports import ReportedEdit, read_jobs
from processor.editing.session_check import Checked
from processor.edits.archive import (
    Archive,
    ArchiveEnding,
    ArchiveId,
    ArchiveOrder,
    ArchiveOutcome,
    ArchiveStatus,
)
from processor.edits.job import ArchiveJob, SessionCheck
from processor.edits.names import slot_key
from processor.edits.plan import Plan
from processor.edits.session import Session, SessionImage, SessionStatus
from processor.errors import StoreUnavailable
from processor.events import MalformedEvent, Message
from processor.handlers import edit
from processor.handlers.batch import BatchWorker
from processor.settings.functions import EditEnv, to_env
from processor.settings.services import EditSettings, GalleryStore
from processor.telemetry import Telemetry
from testkit.contexts import Context
from testkit.events import sqs_event
from tests.factories.darkroom import CDN_HOST, ORIGINALS, RENDITIONS, TABLE, session
from tests.factories.edits import RESULTS, SESSIONS, USER, EditRoom, open_edit_room
from tests.factories.stores import once, refused
from tests.patience import HANG_S

SLOT = "slot-of-a-user-0001"
HEAVY = ("pyvips", "PIL", "rawpy", "pillow_heif", "numpy", "httpx", "ssrfguard")


@pytest.fixture
def room() -> Iterator[EditRoom]:
    """Return empty stores."""
    with open_edit_room() as opened:
        yield opened


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """The jobs queue, as patient as a deployed one."""

    sqs: Any
    url: str

    def receive(self) -> list[Any]:
        """Receive what is visible."""
        return self.sqs.receive_message(QueueUrl=self.url).get("Messages", [])


@pytest.fixture
def jobs(room: EditRoom) -> Jobs:
    """Return an empty jobs queue."""
    assert room, "its stores are moto's, and so is the queue"
    sqs: Any = sqs_client(session())
    patience = {"VisibilityTimeout": str(EditSettings().visibility_timeout_s)}
    return Jobs(sqs=sqs, url=sqs.create_queue(QueueName="jobs", Attributes=patience)["QueueUrl"])


@pytest.fixture
def function(room: EditRoom, jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> Iterator[EditRoom]:
    """Return a handler that has just been loaded, and its stores."""
    settings = EditSettings(results_bucket=RESULTS, sessions_table=SESSIONS)
    gallery = GalleryStore(originals_bucket=ORIGINALS, renditions_bucket=RENDITIONS, photos_table=TABLE)
    variables = to_env(EditEnv.of(settings, gallery, stack="test", cdn_host=CDN_HOST, jobs_queue_url=jobs.url))
    for name, value in (variables | {"AWS_DEFAULT_REGION": "us-east-1"}).items():
        monkeypatch.setenv(name, value)
    edit.worker.cache_clear()
    yield room
    edit.worker.cache_clear()


@pytest.fixture
def service(request: pytest.FixtureRequest) -> str:
    """Return a service name of its own to each test: Python keeps loggers, and the stream that they first wrote to."""
    return request.node.name


def photo(width: int, height: int) -> bytes:
    """Encode a plain JPEG with an orientation of 90 degrees (EXIF tag 0x0112 = 6)."""
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (width, height), (200, 30, 40)).save(file, format="jpeg", exif=exif)
    return file.getvalue()


def messages(session: Session) -> list[str]:
    """Write the messages of a session's jobs."""
    return [job.body() for job in session.jobs]


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Read what was written to stdout, a JSON object per line."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_message_becomes_a_result(function: EditRoom) -> None:
    """Upright first, then the steps in order, in the format asked for."""
    function.put(RESULTS, slot_key(USER, SLOT), photo(400, 200))
    steps = [{"op": "resize", "width": 100}, {"op": "rotate", "degrees": 90}, {"op": "format", "to": "png"}]
    plan = Plan.model_validate({"steps": steps})
    session = function.start(SessionImage(id="a", url=f"upload://{SLOT}", name="One.jpg"), plan=plan)

    answer = edit.handler(sqs_event(*messages(session)), cast("Any", Context()))

    assert {"batchItemFailures": []} == answer
    ended = function.read(session)
    result = ended.results["a"]
    assert (SessionStatus.COMPLETE, "png", 200, 100) == (ended.status, result.format, result.width, result.height)
    stored = function.kept()[f"edits/{session.session_id}/a/One.png"]["Body"].read()
    assert (result.size, (200, 100)) == (len(stored), Image.open(io.BytesIO(stored)).size)
    assert ("resize", "rotate", "format") == result.metadata.operations


def test_what_is_no_picture_is_an_error_and_acknowledged(function: EditRoom) -> None:
    """The real decoders' verdict, in the API's words."""
    function.put(RESULTS, slot_key(USER, SLOT), b"this is no photo, it is a letter")
    session = function.start(SessionImage(id="a", url=f"upload://{SLOT}"))

    assert {"batchItemFailures": []} == edit.handler(sqs_event(*messages(session)), cast("Any", Context()))

    assert "UNSUPPORTED_FORMAT" == function.read(session).errors["a"].code


def test_a_foreign_address_is_judged_before_anything_is_asked(function: EditRoom) -> None:
    """The real fetcher: a private address gets no connection."""
    session = function.start(SessionImage(id="a", url="http://169.254.169.254/latest/meta-data"))

    edit.handler(sqs_event(*messages(session)), cast("Any", Context()))

    assert "SOURCE_REFUSED" == function.read(session).errors["a"].code


@pytest.mark.stack
def test_importing_the_handler_loads_neither_pixels_nor_an_http_client() -> None:
    """A cold start pays for them only when a picture needs them."""
    script = "import sys, processor.handlers.edit; print(sorted(set(sys.modules) & set(sys.argv[1:])))"

    done = subprocess.run([sys.executable, "-c", script, *HEAVY], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()


@dataclass
class Asked:
    """Stands for the queue: what was to come again, and when."""

    after_s: list[int] = field(default_factory=list[int])
    refuses: bool = False

    def change_visibility(self, message: Message[Any], *, after_s: int) -> None:
        """Note it."""
        assert "handle" == message.receipt_handle
        self.after_s.append(after_s)
        if self.refuses:
            raise StoreUnavailable("sqs:ChangeMessageVisibility jobs: expected success, received AccessDenied.")


def unchecked(check: SessionCheck) -> Checked:
    """Refuse a check: the test expects none."""
    raise AssertionError(check)


def no_archive(job: ArchiveJob, budget: Budget, *, attempts: int = 1) -> ArchiveOutcome:
    """Refuse an archive: the test expects none."""
    raise AssertionError(job, budget, attempts)


def handle(
    room: EditRoom, service: str, event: dict[str, Any], asked: Asked | None = None, **does: Callable[..., Any]
) -> Any:
    """Handle *event* with the quick editor. *does*: ``check`` sessions, make an ``archive``."""
    telemetry = Telemetry(service=service, stack="test")
    others: dict[str, Any] = {"check": unchecked, "archive": no_archive, **does}
    worker = BatchWorker(
        read=read_jobs,
        apply=ReportedEdit(process=room.line.process, telemetry=telemetry, **others),
        telemetry=telemetry,
        change_visibility=(asked or Asked()).change_visibility,
    )
    return worker.handle(event, cast("Any", Context()))


def test_a_direct_invocation_is_told_where_edits_start(room: EditRoom, service: str) -> None:
    """The guides' main function invoked the worker itself."""
    with pytest.raises(MalformedEvent, match=r"received \{\"images\".*To start an edit, call POST /image-edit"):
        handle(room, service, {"images": []})


def test_every_ending_is_logged_and_counted(room: EditRoom, service: str, capsys: pytest.CaptureFixture[str]) -> None:
    """By session and picture; never an address, whose query may be a secret."""
    session = room.begin("a", SessionImage(id="b", url="https://example.com/b.jpg?signature=secret"))
    del room.web[session.images[1].url]
    room.dynamodb.faults["get_item"] = once(refused("ThrottlingException"))

    handle(room, service, sqs_event(*messages(session), *messages(session)[:1]))

    said = lines(capsys)
    logged = [line for line in said if "message" in line]
    assert [
        ("picture edited", "a", "edited", None),
        ("edit failed", "b", "failed", "SOURCE_FAILED"),
        ("nothing to edit", "a", "settled", None),
    ] == [(line["message"], line["image_id"], line["ending"], line.get("code")) for line in logged]
    assert {session.session_id} == {line["session_id"] for line in logged}
    assert [1, None, None] == [line.get("progress_lost") for line in logged]
    counted = {name for line in said for name in line if name.startswith(("Edit", "Result"))}
    assert {"EditsDone", "EditsFailed", "EditsSettled", "EditDuration", "ResultBytes"} == counted
    assert "secret" not in json.dumps(said)


ARCHIVE = ArchiveJob(archive_id=str(ArchiveId.of(USER, "the-only-archive-of-all")))
ENDINGS = [
    (ArchiveOutcome(ending=ArchiveEnding.COMPLETE), "archive made", {"ArchivesDone", "ArchiveBytes"}),
    (ArchiveOutcome(ending=ArchiveEnding.CONTINUED), "archive goes on", set[str]()),
    (ArchiveOutcome(ending=ArchiveEnding.FAILED, code="SOURCE_FAILED"), "archive failed", {"ArchivesFailed"}),
    (ArchiveOutcome(ending=ArchiveEnding.GAVE_UP, code="INTERNAL_ERROR"), "archive failed", {"ArchivesFailed"}),
]


def test_every_ending_of_an_archive_is_logged_and_counted(
    room: EditRoom, service: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that was given up becomes a dead letter, which raises the alarm; every other is acknowledged."""
    for outcome, message, counted in ENDINGS:
        answer = handle(room, service, sqs_event(ARCHIVE.body()), archive=lambda *_, made=outcome, **__: made)

        said = lines(capsys)
        [logged] = [line for line in said if "message" in line]
        ending = (message, ARCHIVE.archive_id, outcome.ending.value)
        assert ending == tuple(logged[name] for name in ("message", "archive_id", "ending"))
        assert counted == {name for line in said for name in line if name.startswith("Archive")}
        assert (outcome.ending is ArchiveEnding.GAVE_UP) == bool(answer["batchItemFailures"])


@pytest.mark.parametrize("days", [7, None])
def test_an_archive_is_put_together_as_it_is_deployed(
    function: EditRoom, monkeypatch: pytest.MonkeyPatch, days: int | None
) -> None:
    """One that is not there is settled; and so is every one where archives were turned off meanwhile."""
    if days:
        monkeypatch.setenv("DARKROOM_ARCHIVE_DAYS", str(days))
    dynamodb: Any = function.dynamodb
    store = Archives(dynamodb=dynamodb, table=SESSIONS)
    archive_id, now = ArchiveId.of(USER, "the-only-archive-of-all"), time.time_ns() // 1_000_000
    known: Any = {"user_id": USER, "status": ArchiveStatus.PROCESSING, "created_at": now, "expires_at": now}
    assert store.create(Archive(id=archive_id, order=ArchiveOrder(size="originals", gallery="none"), **known))

    assert {"batchItemFailures": []} == edit.handler(sqs_event(ARCHIVE.body()), cast("Any", Context()))

    found = store.find(archive_id)
    assert found
    assert (ArchiveStatus.ERROR if days else ArchiveStatus.PROCESSING) is found.status


METRICS = ("JobsSentAgain", "EditsFailed")
CHECKS = [
    (Checked(), [], {}),
    (Checked(resent=3), ["session stalled, jobs sent again"], {"JobsSentAgain": [3.0]}),
    (Checked(expired=2), ["session expired"], {"EditsFailed": [2.0]}),
]


def test_a_check_is_logged_when_it_found_something_to_do(
    room: EditRoom, service: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Most checks find a session that has ended; others are an operator's matter."""
    event = sqs_event(SessionCheck(session_id="ses_1").body())
    for checked, messages_logged, counted in CHECKS:
        answer = handle(room, service, event, check=lambda _, found=checked: found)

        said = lines(capsys)
        assert {"batchItemFailures": []} == answer
        assert messages_logged == [line["message"] for line in said if "message" in line]
        assert counted == {
            name: line[name] for line in said for name in ("JobsSentAgain", "EditsFailed") if name in line
        }


@pytest.mark.faults
def test_a_check_is_put_together_as_it_is_deployed(function: EditRoom, jobs: Jobs) -> None:
    """A session without any report for a quarter of an hour gets its jobs again, and the next check."""
    function.clock.ms = time.time_ns() // 1_000_000 - 16 * 60_000
    session = function.start("a", "b")

    answer = edit.handler(sqs_event(SessionCheck(session_id=session.session_id).body()), cast("Any", Context()))

    assert {"batchItemFailures": []} == answer
    assert messages(session) == sorted(one["Body"] for _ in session.jobs for one in jobs.receive())


@pytest.mark.faults
@pytest.mark.parametrize("body", ["not json", "[]", "{}", '{"sessionId": 1, "imageId": "a"}', '{"sessionId": "ses_1"}'])
def test_a_message_that_is_no_job_reaches_the_dead_letters(
    room: EditRoom, service: str, capsys: pytest.CaptureFixture[str], body: str
) -> None:
    """A log line names the expectation; the other message is processed."""
    session = room.begin("a")

    answer = handle(room, service, sqs_event(body, *messages(session)))

    assert {"batchItemFailures": [{"itemIdentifier": "message-0"}]} == answer
    [line] = [one for one in lines(capsys) if one.get("message") == "message failed unexpectedly"]
    assert ("MALFORMED_EVENT", "message-0") == (line["code"], line["message_id"])
    assert "jobs queue: expected a job" in line["exception"]
    assert SessionStatus.COMPLETE == room.read(session).status


@pytest.mark.faults
def test_transient_and_unexpected_failures_are_delivered_again(
    room: EditRoom, service: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither is acknowledged, and neither is an error of the picture yet."""
    session = room.begin("a", "b")

    def defect() -> None:
        raise ZeroDivisionError("a defect")

    room.editor.during[0] = defect
    room.s3.faults["put_object"] = refused("SlowDown", 503)
    asked = Asked()

    answer = handle(room, service, sqs_event(*messages(session)), asked)

    assert 2 == len(answer["batchItemFailures"])
    assert [5] == asked.after_s, "a defect does not pass within seconds"
    assert {"ZeroDivisionError", "STORE_UNAVAILABLE"} == {
        line["code"] for line in lines(capsys) if "code" in line and "message" in line
    }
    assert ({}, {}) == (room.read(session).errors, room.read(session).results)


@pytest.mark.faults
@pytest.mark.parametrize("refuses", [False, True])
@pytest.mark.parametrize(("deliveries", "after_s"), [(1, 5), (2, 30), (3, 180), (4, 600)])
def test_what_may_pass_is_tried_again_soon_and_then_less_soon(
    room: EditRoom, service: str, deliveries: int, after_s: int, *, refuses: bool
) -> None:
    """A person watches the progress; if the queue refuses, its visibility timeout decides."""
    session, asked = room.begin("a"), Asked(refuses=refuses)
    room.s3.faults["put_object"] = refused("SlowDown", 503)

    answer = handle(room, service, sqs_event(*messages(session), receive_count=deliveries), asked)

    assert ({"batchItemFailures": [{"itemIdentifier": "message-0"}]}, [after_s]) == (answer, asked.after_s)


@pytest.mark.faults
@pytest.mark.parametrize("refuses", [False, True])
def test_a_job_stays_hidden_while_it_is_worked_on_and_not_longer(
    room: EditRoom, service: str, monkeypatch: pytest.MonkeyPatch, *, refuses: bool
) -> None:
    """A worker that dies sends no heartbeat: its message comes again within 45 s, and the user hears."""
    monkeypatch.setattr("processor.handlers.batch.HEARTBEAT_S", 0.01)
    session, asked, enough = room.begin("a"), Asked(refuses=refuses), Event()

    def change(message: Message[Any], *, after_s: int) -> None:
        if len(asked.after_s) == 3:
            enough.set()
        asked.change_visibility(message, after_s=after_s)

    room.editor.during[0] = lambda: enough.wait(HANG_S)
    room.s3.faults["put_object"] = refused("SlowDown", 503)
    telemetry = Telemetry(service=service, stack="test")
    worker = BatchWorker(
        read=read_jobs,
        apply=ReportedEdit(process=room.line.process, check=unchecked, archive=no_archive, telemetry=telemetry),
        telemetry=telemetry,
        change_visibility=change,
        heartbeat=True,
    )

    worker.handle(sqs_event(*messages(session)), cast("Any", Context()))

    *beats, retry = asked.after_s
    assert ({45}, True, 5) == (set(beats), len(beats) >= 4, retry)
    assert "heartbeat" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.faults
def test_a_message_whose_worker_died_is_hidden_for_less_than_a_minute(
    function: EditRoom, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put together as it is deployed: SQS is asked before the picture is begun."""
    started = function.start(SessionImage(id="a", url=f"upload://{SLOT}"))
    jobs.sqs.send_message(QueueUrl=jobs.url, MessageBody=messages(started)[0])
    [message] = jobs.receive()
    event = sqs_event(message["Body"])
    event["Records"][0]["receiptHandle"] = message["ReceiptHandle"]
    asked: list[int] = []

    def noted(_: MessageVisibility, hidden: Message[Any], *, after_s: int) -> None:
        assert message["ReceiptHandle"] == hidden.receipt_handle
        asked.append(after_s)

    monkeypatch.setattr(MessageVisibility, "change_visibility", noted)
    edit.handler(event, cast("Any", Context()))

    assert [45] == asked


@pytest.mark.faults
def test_a_job_that_failed_for_now_is_visible_again_at_once(
    function: EditRoom, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put together as it is deployed, and asked of a real queue whose own patience is half an hour."""
    monkeypatch.setattr("processor.handlers.batch.RETRY_AFTER_S", (0,))
    started = function.start(SessionImage(id="a", url=f"upload://{SLOT}"))
    jobs.sqs.send_message(QueueUrl=jobs.url, MessageBody=messages(started)[0])
    [message] = jobs.receive()
    assert [] == jobs.receive()
    event = sqs_event(message["Body"])
    event["Records"][0]["receiptHandle"] = message["ReceiptHandle"]
    function.dynamodb.client.delete_table(TableName=SESSIONS)

    assert {"batchItemFailures": [{"itemIdentifier": "message-0"}]} == edit.handler(event, cast("Any", Context()))

    assert [message["MessageId"]] == [one["MessageId"] for one in jobs.receive()]


@pytest.mark.faults
def test_the_last_delivery_is_recorded_and_still_a_dead_letter(
    room: EditRoom, service: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The session holds the error, and the dead letter raises the alarm."""
    session = room.begin("a")

    answer = handle(room, service, sqs_event(*messages(session), receive_count=5))

    assert {"batchItemFailures": [{"itemIdentifier": "message-0"}]} == answer
    assert ("INTERNAL_ERROR", SessionStatus.ERROR) == (
        room.read(session).errors["a"].code,
        room.read(session).status,
    )
    assert "edit given up" in {line.get("message") for line in lines(capsys)}
