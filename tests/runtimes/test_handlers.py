"""The three handlers under AWS's own runtime interface client: event bytes in, answer bytes out."""

from __future__ import annotations

import io
import json
import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from local.lambdas.invocation import Invocation, Outcome
from local.lambdas.sandbox import Sandbox
from testkit.events import batch_event, notification_test, s3_event, s3_record, sqs_event
from tests.patience import HANG_S
from tests.runtimes.conftest import Functions

pytestmark = pytest.mark.stack

ORIGINALS = "darkroom-local-originals"
KEY = "Hochzeit/Zoë 東京+1 100%.jpg"


@pytest.fixture(scope="module")
def rendition(functions: Functions) -> Iterator[Sandbox]:
    """Give the rendition function, started, and two photos."""
    file = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 40)).save(file, format="jpeg")
    for key in (KEY, "Hochzeit/ä.jpg"):
        functions.aws.client("s3").put_object(Bucket=ORIGINALS, Key=key, Body=file.getvalue())
    with functions.runtime("darkroom-local-rendition") as sandbox:
        assert sandbox.start("init") is None
        yield sandbox


def invoke(sandbox: Sandbox, event: Any, request_id: str = "request") -> Outcome:
    """Invoke a function with plain data, or with bytes as they are."""
    data = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()
    return sandbox.invoke(Invocation(request_id=request_id, arn="arn", event=data))


def answered(sandbox: Sandbox, event: Any) -> Any:
    """Give the answer to an event; it must not be an error."""
    outcome = invoke(sandbox, event)
    assert outcome.error_type is None, outcome.payload
    return json.loads(outcome.payload)


def test_a_batch_names_only_what_must_come_again(rendition: Sandbox) -> None:
    """A photo, a file that is gone, S3's test event, and a message that is no event."""
    records = [s3_event(s3_record(key, bucket=ORIGINALS, sequencer=None)) for key in (KEY, "Hochzeit/none.jpg")]

    assert {"batchItemFailures": [{"itemIdentifier": "message-3"}]} == answered(
        rendition, sqs_event(*records, notification_test(), "no JSON")
    )


def test_an_event_of_s3_is_summed_up(rendition: Sandbox) -> None:
    """Without a queue between: the answer says what became of each record."""
    records = [s3_record(key, bucket=ORIGINALS, sequencer=None) for key in ("Hochzeit/ä.jpg", "Hochzeit/none.jpg")]

    assert {"results": ["rendered", "deleted"]} == answered(rendition, s3_event(*records))


@pytest.mark.parametrize("schema", ["1.0", "2.0"])
def test_a_task_of_s3_batch_is_answered_by_its_schema(rendition: Sandbox, schema: str) -> None:
    """Keys in UTF-8 arrive encoded; the answer repeats the job's own words."""
    answer = answered(rendition, batch_event(KEY, "none.jpg", schema=schema, bucket=ORIGINALS))

    assert (schema, "invocation", "PermanentFailure") == (
        answer["invocationSchemaVersion"],
        answer["invocationId"],
        answer["treatMissingKeysAs"],
    )
    assert [("task-0", "Succeeded"), ("task-1", "Succeeded")] == [
        (one["taskId"], one["resultCode"]) for one in answer["results"]
    ]


def test_the_test_event_of_a_notification_is_no_error(rendition: Sandbox) -> None:
    """S3 sends it when notifications are set up; 5.5 MB of it are read as well."""
    assert {"results": []} == answered(rendition, notification_test())
    assert {"results": []} == answered(rendition, {**notification_test(), "RequestId": "ä" * 2_750_000})


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({}, "MalformedEvent"),
        ({"Records": "many"}, "MalformedEvent"),
        ([1, 2], "MalformedEvent"),
        ("text", "MalformedEvent"),
        (None, "MalformedEvent"),
        (b"no JSON", "Runtime.UnmarshalError"),
        (b"", "Runtime.UnmarshalError"),
    ],
)
def test_garbage_is_an_error_with_a_name_and_the_next_event_is_answered(
    rendition: Sandbox, event: Any, error: str
) -> None:
    """One bad event does not end the process."""
    outcome = invoke(rendition, event)

    assert error == outcome.error_type
    assert json.loads(outcome.payload)["errorMessage"]
    assert {"results": []} == answered(rendition, notification_test())


def test_the_edit_worker_leaves_what_is_no_job_to_its_queue(functions: Functions) -> None:
    """Two messages that are no jobs come again; a job of an unknown session is acknowledged."""
    unknown = {"sessionId": "ses_00000000000000000000000000000000", "imageId": "a"}
    with functions.runtime("darkroom-local-edit") as sandbox:
        assert sandbox.start("init") is None
        answer = answered(sandbox, sqs_event("no JSON", "[]", json.dumps(unknown)))

    assert {"batchItemFailures": [{"itemIdentifier": "message-0"}, {"itemIdentifier": "message-1"}]} == answer


def test_the_reconciler_answers_its_schedule(functions: Functions) -> None:
    """EventBridge Scheduler sends an empty object; the answer is what it found."""
    with functions.runtime("darkroom-local-reconciler") as sandbox:
        assert sandbox.start("init") is None
        answer = answered(sandbox, {})

    assert {"stuck", "orphans", "sent", "removed", "unrepaired", "finished"} == set(answer)


@pytest.mark.parametrize("name", ["rendition", "edit", "reconciler"])
def test_a_cold_start_imports_the_handler_and_sigterm_ends_it(functions: Functions, name: str) -> None:
    """Within Lambda's ten seconds; nothing holds the process back when Lambda wants it to end."""
    with functions.runtime(f"darkroom-local-{name}") as sandbox:
        assert sandbox.start("init") is None
        os.kill(sandbox.pid, signal.SIGTERM)
        deadline = time.monotonic() + HANG_S
        while sandbox.usable():
            assert time.monotonic() < deadline, "SIGTERM ends nothing"
            time.sleep(0.02)

    assert (sandbox.init_s or 0) < 10
