"""Tests of messages and the response to their sender."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

import pytest

from components.alarms import QUEUE_AGE_S
from components.queues import MAX_RECEIVES
from processor.aws.clients import sqs_client
from processor.aws.queues import Lanes
from processor.budget import Budget
from processor.errors import LeaseHeld, StoreUnavailable, TransientError
from processor.events import Message, ObjectEvent
from processor.handlers.batch import BatchWorker
from processor.telemetry import Telemetry
from processor.upload.events import read_uploads
from processor.upload.outcome import Result, UploadOutcome
from processor.upload.reports import ReportedUpload
from testkit.contexts import Context
from testkit.events import batch_event, migration_event, notification_test, s3_event, s3_record, sqs_event
from tests.factories.darkroom import Darkroom, session

Process = Callable[[ObjectEvent, Budget], UploadOutcome]


@pytest.fixture
def service(request: pytest.FixtureRequest) -> str:
    """Return a service name of its own to each test: Python keeps loggers, and the stream that they first wrote to."""
    return request.node.name


def handle(service: str, process: Process, event: dict[str, Any], context: Context | None = None) -> Any:
    """Handle *event* with *process* in place of the line."""
    telemetry = Telemetry(service=service, stack="test")
    apply = ReportedUpload(process=process, telemetry=telemetry)
    worker = BatchWorker(read=read_uploads, apply=apply, telemetry=telemetry)
    return worker.handle(event, cast("Any", context or Context()))


def ends_by_name(event: ObjectEvent, budget: Budget) -> UploadOutcome:
    """End each event with the outcome that its key names."""
    match event.key.partition(".")[0]:
        case "transient":
            raise StoreUnavailable("s3:GetObject: expected success, received SlowDown (HTTP 503).")
        case "defect":
            raise ZeroDivisionError("a defect")
        case "failed":
            return UploadOutcome(result=Result.FAILED, code="CORRUPT", detail="The photo is damaged é.")
        case "refused":
            return UploadOutcome(result=Result.REFUSED, code="WRONG_BUCKET")
        case "late":
            budget.require("rendering")
        case _:
            pass
    return UploadOutcome(result=Result.UNCHANGED)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Read what was written to stdout, a JSON object per line."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.fault(12)
@pytest.mark.faults
def test_one_bad_message_in_ten_is_the_only_one_that_comes_again(service: str) -> None:
    """Fault 12: poison of every kind, and verdicts are acknowledged."""
    keys = ["a", "transient", "b", "defect", "c", "failed", "d", "refused", "e"]
    event = sqs_event(*(s3_event(s3_record(f"{key}.jpg")) for key in keys), "not json")

    answer = handle(service, ends_by_name, event)

    assert {
        "batchItemFailures": [
            {"itemIdentifier": "message-1"},
            {"itemIdentifier": "message-3"},
            {"itemIdentifier": "message-9"},
        ]
    } == answer


@pytest.mark.fault(16)
@pytest.mark.faults
def test_a_batch_in_which_all_fail_comes_again_as_a_whole(service: str) -> None:
    """Fault 16: every message is named; an empty list would acknowledge them all."""
    event = sqs_event(*[s3_event(s3_record("transient.jpg"))] * 3)

    assert 3 == len(handle(service, ends_by_name, event)["batchItemFailures"])


@pytest.mark.fault(10, 11)
@pytest.mark.faults
def test_what_there_is_no_time_for_comes_again(service: str) -> None:
    """Faults 10 and 11: the rest of the batch is handed back before Lambda kills the process."""
    event = sqs_event(*[s3_event(s3_record("late.jpg"))] * 2)

    answer = handle(service, ends_by_name, event, Context(milliseconds_left=14_999))

    assert 2 == len(answer["batchItemFailures"])


@pytest.mark.fault(14)
@pytest.mark.faults
def test_a_test_event_is_acknowledged(service: str) -> None:
    """Fault 14."""
    assert {"batchItemFailures": []} == handle(service, ends_by_name, sqs_event(notification_test()))
    assert {"results": []} == handle(service, ends_by_name, notification_test())


@pytest.mark.parametrize("schema", ["1.0", "2.0"])
def test_an_s3_batch_job_gets_a_result_for_every_task(service: str, schema: str) -> None:
    """In its own words, in ASCII."""
    event = batch_event("a.jpg", "transient.jpg", "failed.jpg", "defect.jpg", schema=schema)

    assert {
        "invocationSchemaVersion": schema,
        "invocationId": "invocation",
        "treatMissingKeysAs": "PermanentFailure",
        "results": [
            {"taskId": "task-0", "resultCode": "Succeeded", "resultString": "unchanged"},
            {"taskId": "task-1", "resultCode": "TemporaryFailure", "resultString": "STORE_UNAVAILABLE"},
            {"taskId": "task-2", "resultCode": "PermanentFailure", "resultString": "failed CORRUPT"},
            {"taskId": "task-3", "resultCode": "TemporaryFailure", "resultString": "ZeroDivisionError"},
        ],
    } == handle(service, ends_by_name, event)


def test_a_bare_event_is_answered_with_what_became_of_it(service: str) -> None:
    """For a person who invokes the function by hand."""
    event = s3_event(s3_record("a.jpg"), s3_record("failed.jpg"))

    assert {"results": ["unchanged", "failed CORRUPT"]} == handle(service, ends_by_name, event)


@pytest.mark.faults
def test_a_bare_event_that_failed_is_an_error_after_all_its_records_were_tried(service: str) -> None:
    """Lambda then delivers it again; what was done stays done."""
    tried: list[str] = []

    def process(event: ObjectEvent, budget: Budget) -> UploadOutcome:
        tried.append(event.key)
        return ends_by_name(event, budget)

    with pytest.raises(TransientError, match="1 of 3 records must come again: STORE_UNAVAILABLE"):
        handle(service, process, s3_event(*(s3_record(f"{key}.jpg") for key in ("a", "transient", "b"))))
    assert ["a.jpg", "transient.jpg", "b.jpg"] == tried


def test_a_defect_is_logged_with_its_trace(service: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The log line names the error, its place and the invocation."""
    handle(service, ends_by_name, sqs_event(s3_event(s3_record("defect.jpg"))))

    log, metric = lines(capsys)
    assert ("ERROR", "ZeroDivisionError", "request-1") == (log["level"], log["exception_name"], log["request_id"])
    assert "ends_by_name" in log["exception"]
    assert (1.0, "ZeroDivisionError") == (metric["UnexpectedFailures"][0], metric["code"])


def test_a_rendering_defect_is_acknowledged_and_has_a_metric_of_its_own(
    service: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message would fail the same way again; the metric is what an operator watches."""

    def process(event: ObjectEvent, budget: Budget) -> UploadOutcome:
        return UploadOutcome(result=Result.FAILED, code="RENDERING_FAILED", detail="Traceback: KeyError")

    answer = handle(service, process, sqs_event(s3_event(s3_record("a.jpg"))))

    log, by_code, defect = lines(capsys)
    assert {"batchItemFailures": []} == answer
    assert ("RENDERING_FAILED", "Traceback: KeyError") == (log["code"], log["detail"])
    assert [1.0] == by_code["PhotosFailed"] == defect["RenderingDefects"]


@pytest.mark.parametrize(
    ("key", "metric", "dimension"),
    [
        ("failed.jpg", "PhotosFailed", {"code": "CORRUPT"}),
        ("refused.jpg", "EventsRefused", {"code": "WRONG_BUCKET"}),
        ("transient.jpg", "TransientFailures", {"code": "STORE_UNAVAILABLE"}),
        ("a.jpg", "EventsSettled", {"result": "unchanged"}),
    ],
)
def test_every_ending_is_logged_and_counted(
    service: str,
    capsys: pytest.CaptureFixture[str],
    key: str,
    metric: str,
    dimension: dict[str, str],
) -> None:
    """As a whole and by reason, in the form that CloudWatch reads from a log line."""
    handle(service, ends_by_name, sqs_event(s3_event(s3_record(key))))

    log, emf = lines(capsys)
    (definition,) = emf["_aws"]["CloudWatchMetrics"]
    assert ("Darkroom", [metric]) == (definition["Namespace"], [one["Name"] for one in definition["Metrics"]])
    assert [["service", "stack"], ["service", "stack", *dimension]] == definition["Dimensions"]
    assert [1.0] == emf[metric]
    assert dimension.items() <= emf.items()
    assert ("test", "request-1") == (log["stack"], log["request_id"])


def test_a_skipped_object_is_counted_by_its_reason(
    darkroom: Darkroom, service: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log holds a sentence."""
    handle(service, darkroom.line.process, sqs_event(s3_event(s3_record("wedding/clip.mp4"))))

    log, emf = lines(capsys)
    assert "A video: only photos are rendered." == log["detail"]
    assert ("video", [1.0]) == (emf["reason"], emf["ObjectsSkipped"])


def test_a_rendered_photo_is_counted_with_its_cost(
    darkroom: Darkroom, service: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pictures, bytes, time, memory and money, by decoder."""
    darkroom.upload("wedding/IMG_1.jpg")

    handle(service, darkroom.line.process, migration_event("wedding/IMG_1.jpg"))

    log, emf = lines(capsys)
    receipt = log["receipt"]
    assert ("native", [1.0], [4.0]) == (emf["decoder"], emf["PhotosRendered"], emf["RenditionsMade"])
    assert [receipt["output_bytes"]] == emf["RenditionBytes"]
    assert [receipt["total_ms"]] == emf["PhotoDuration"]
    assert [receipt["cost_usd"]] == emf["EstimatedCostUsd"]


def test_the_number_of_deliveries_reaches_the_record(darkroom: Darkroom, service: str) -> None:
    """A verdict records the number of attempts."""
    event = darkroom.upload("wedding/IMG_1.jpg", b"broken")
    record = s3_record(event.key)

    handle(service, darkroom.line.process, sqs_event(s3_event(record), receive_count=4))

    assert 4 == (darkroom.record(event.key) or {})["error"]["attempts"]


class LaneLog:
    """Keeps what a worker asks of its lanes."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, int, int]] = []
        self.hidden: list[tuple[str, int]] = []

    def send_later(self, body: str, *, queue: str, after_s: int, waits: int) -> None:
        """Take a delayed copy."""
        self.sent.append((body, queue, after_s, waits))

    def change_visibility(self, message: Message[Any], *, after_s: int) -> None:
        """Take a visibility timeout."""
        self.hidden.append((message.id, after_s))


def worker_of(service: str, process: Process, lanes: Any) -> BatchWorker[ObjectEvent]:
    """Build the worker of the rendition function."""
    telemetry = Telemetry(service=service, stack="test")
    return BatchWorker(
        read=read_uploads,
        apply=ReportedUpload(process=process, telemetry=telemetry),
        telemetry=telemetry,
        change_visibility=lanes.change_visibility,
        send_later=lanes.send_later,
    )


def held(*_: object) -> UploadOutcome:
    """Another invocation works on every photo."""
    raise LeaseHeld("photo a: expected its lease to be free, another invocation holds it.")


@pytest.mark.parametrize("receives", [1, 5])
def test_a_message_waits_as_a_copy_of_itself(service: str, receives: int) -> None:
    """After 5, 20, 60, 180 and 300 s, by its own count; it is acknowledged, so its receives begin anew."""
    lanes, body = LaneLog(), json.dumps(s3_event(s3_record("a.jpg")))
    for waits in range(7):
        event = sqs_event(body, receive_count=receives)
        event["Records"][0]["messageAttributes"] = {"waits": {"stringValue": str(waits), "dataType": "Number"}}

        answer = worker_of(service, held, lanes).handle(event, cast("Any", Context()))

        assert {"batchItemFailures": []} == answer
    delays = zip((5, 20, 60, 180, 300, 300, 300), range(1, 8), strict=True)
    assert [(body, "uploads", after_s, waits) for after_s, waits in delays] == lanes.sent


def test_a_bare_event_waits_in_the_uploads_lane_and_a_task_of_a_job_at_its_sender(service: str) -> None:
    """S3 Batch Operations itself calls again; nothing else would."""
    lanes = LaneLog()
    worker = worker_of(service, held, lanes)

    answers = [
        worker.handle(event, cast("Any", Context())) for event in (migration_event("a.jpg"), batch_event("a.jpg"))
    ]

    assert {"results": ["LEASE_HELD"]} == answers[0]
    assert [(json.dumps(migration_event("a.jpg")), "", 5, 1)] == lanes.sent
    assert ["TemporaryFailure"] == [one["resultCode"] for one in answers[1]["results"]]


@pytest.mark.faults
def test_a_copy_that_cannot_be_sent_leaves_the_message_in_its_queue(service: str) -> None:
    """Nothing is lost; it comes again soon."""
    lanes = LaneLog()

    def refused(*_: object, **__: object) -> None:
        raise StoreUnavailable("sqs:SendMessage: refused")

    lanes.send_later = refused  # type: ignore[method-assign]
    event = sqs_event(s3_event(s3_record("a.jpg")), receive_count=2)

    answer = worker_of(service, held, lanes).handle(event, cast("Any", Context()))

    assert {"batchItemFailures": [{"itemIdentifier": "message-0"}]} == answer
    assert [("message-0", 30)] == lanes.hidden


def test_a_transient_failure_is_tried_again_after_seconds(service: str) -> None:
    """C7: four retries within 14 minutes, before the alarm on the age of uploads rings."""
    lanes = LaneLog()
    for receives in range(1, 6):
        event = sqs_event(s3_event(s3_record("transient.jpg")), receive_count=receives)
        worker_of(service, ends_by_name, lanes).handle(event, cast("Any", Context()))

    assert [5, 30, 180, 600, 600] == [after_s for _, after_s in lanes.hidden]
    assert sum(after_s for _, after_s in lanes.hidden[: MAX_RECEIVES - 1]) < QUEUE_AGE_S


@pytest.mark.faults
def test_twenty_waits_never_make_a_dead_letter(
    service: str, darkroom: Darkroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The queue gives up after five receives; the photo is rendered when it is free."""
    monkeypatch.setattr("processor.handlers.batch.WAIT_S", (0,))
    sqs = sqs_client(session())
    dead = sqs.create_queue(QueueName="uploads-dlq")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": MAX_RECEIVES})
    url = sqs.create_queue(QueueName="uploads", Attributes={"RedrivePolicy": policy})["QueueUrl"]
    darkroom.upload("wedding/a.jpg")
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(s3_event(s3_record("wedding/a.jpg"))))
    worker = worker_of(service, darkroom.process, Lanes(client=lambda: sqs, urls=(url,)))
    darkroom.line.table.acquire("wedding/a.jpg", "wedding/a.jpg", seconds=300)

    records = [deliver(sqs, url, worker) for _ in range(20)]
    assert "19" == records[-1]["messageAttributes"]["waits"]["stringValue"]
    darkroom.lapse()
    deliver(sqs, url, worker)

    assert "active" == (darkroom.record("wedding/a.jpg") or {})["status"]
    for queue in (url, dead):
        assert "Messages" not in sqs.receive_message(QueueUrl=queue)


def deliver(sqs: Any, url: str, worker: BatchWorker[ObjectEvent]) -> dict[str, Any]:
    """Deliver the one message of a queue as Lambda does; return its record."""
    [message] = sqs.receive_message(
        QueueUrl=url, MessageAttributeNames=["All"], MessageSystemAttributeNames=["ApproximateReceiveCount"]
    )["Messages"]
    waits = message.get("MessageAttributes", {}).get("waits", {}).get("StringValue", "0")
    record = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {"waits": {"stringValue": waits}},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:uploads",
    }
    answer = worker.handle({"Records": [record]}, cast("Any", Context()))
    if not answer["batchItemFailures"]:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return record
