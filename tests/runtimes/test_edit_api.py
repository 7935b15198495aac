"""The edit API's ``run.sh`` behind the real Lambda Web Adapter, fed by a Runtime API."""

from __future__ import annotations

import base64
import io
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from local.lambdas.invocation import Invocation
from testkit.events import sqs_event
from tests.factories.adapter import Adapted
from tests.factories.runtimes import Streamed
from tests.patience import HANG_S
from tests.runtimes.conftest import Functions

pytestmark = pytest.mark.stack

API = "darkroom-local-edit-api"
JSON = ("content-type", b"application/json")
NAME = "Zoë 東京 📷.png"


@pytest.fixture(scope="module")
def api(functions: Functions, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adapted]:
    """Give the edit API behind the adapter."""
    with functions.web(API, tmp_path_factory.mktemp("api") / "log") as adapter:
        yield adapter


def read(answer: Streamed) -> tuple[int, Any]:
    """Wait for an answer; give its status and its JSON."""
    status = answer.prelude()["statusCode"]
    return status, json.loads(answer.rest())


def picture(side: int) -> str:
    """Write a picture of noise, which no encoder makes smaller, as a data: URL."""
    file = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(3 * side * side)).save(file, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def start(functions: Functions, api: Adapted, *, side: int = 16) -> dict[str, Any]:
    """Start a session with one picture."""
    images = [{"id": "a", "url": picture(side), "name": NAME}]
    body = {"images": images, "operation": {"type": "command", "command": "resize to 8px"}}
    asked = json.dumps(body, ensure_ascii=False).encode()
    status, said = read(api.send("POST", "/image-edit", [*functions.headers(), JSON], asked))
    assert 202 == status, said
    return said


def edit(functions: Functions, session: str) -> Any:
    """Let the worker edit the picture, under its own runtime; give its answer."""
    event = sqs_event({"sessionId": session, "imageId": "a"})
    with functions.runtime("darkroom-local-edit") as worker:
        assert worker.start("request") is None
        return json.loads(
            worker.invoke(Invocation(request_id="request", arn="arn", event=json.dumps(event).encode())).payload
        )


def test_the_adapter_is_an_extension_that_asks_when_the_application_is_ready(
    functions: Functions, tmp_path: Path
) -> None:
    """A cold start: the event waits until the readiness check succeeds, and is answered.

    Lambda sends SIGTERM before it takes an environment away: an idle server ends by the signal and logs no error.
    """
    with functions.web(API, tmp_path / "log") as adapter:
        answer = adapter.send("GET", "/image-edit/health")

        assert (200, {"status": "ok"}) == read(answer)
        assert ["lambda-adapter"] == adapter.api.extensions
        os.kill(adapter.app.pid, signal.SIGTERM)
        assert -signal.SIGTERM == adapter.app.wait(HANG_S)
        assert not [word for word in ("ERROR", "Traceback") if word in adapter.said()]
    assert "streaming" == answer.headers["lambda-runtime-function-response-mode"]
    assert "application/vnd.awslambda.http-integration-response" == answer.headers["content-type"]


def test_a_session_is_followed_while_the_worker_edits(functions: Functions, api: Adapted) -> None:
    """The stream begins before the worker does; each event arrives as it happens; then the stream ends."""
    session = start(functions, api)
    stream = api.send("GET", session["progressUrl"], [*functions.headers()[1:], ("accept", b"text/event-stream")])
    prelude = stream.prelude()
    first = stream.until(b"retry: 1000")

    answer = edit(functions, session["sessionId"])
    events = stream.until(b'"type":"session_complete"')
    stream.rest()

    headers = prelude["headers"]
    assert (200, "text/event-stream; charset=utf-8") == (prelude["statusCode"], headers["content-type"])
    assert ("no-store", "keep-alive") == (headers["cache-control"], headers["connection"])
    assert b"event: progress" not in first
    assert {"batchItemFailures": []} == answer
    ids = [int(line.removeprefix(b"id: ")) for line in events.splitlines() if line.startswith(b"id: ")]
    assert [*range(1, len(ids) + 1)] == ids
    status, found = read(api.send("GET", f"/image-edit/session/{session['sessionId']}", functions.headers()))
    assert (200, "complete", NAME) == (status, found["status"], found["images"][0]["name"])


def test_a_body_of_five_and_a_half_megabytes_is_accepted(functions: Functions, api: Adapted) -> None:
    """A picture inside the request: 4.1 MB of noise in base64."""
    assert "processing" == start(functions, api, side=1170)["status"]


def test_a_refusal_is_json_with_its_status(functions: Functions, api: Adapted) -> None:
    """Without the CDN's header, without a token, and with a body that is no JSON."""
    cdn = functions.headers()[1:]
    assert (403, "FORBIDDEN") == status_and_code(api.send("GET", "/image-edit/sessions"))
    assert (401, "UNAUTHORIZED") == status_and_code(api.send("GET", "/image-edit/sessions", cdn))
    broken = api.send("POST", "/image-edit", [*functions.headers(), JSON], b"\x00\xff{")
    assert (400, "INVALID_INPUT") == status_and_code(broken)


def status_and_code(answer: Streamed) -> tuple[int, str]:
    """Give what a refusal says."""
    status, said = read(answer)
    return status, said["code"]


def test_sigterm_breaks_off_an_open_stream_so_that_it_shows(functions: Functions, tmp_path: Path) -> None:
    """The adapter, which lives on, ends the answer with an error; a client that knows no last event comes again."""
    with functions.web(API, tmp_path / "log") as adapter:
        session = start(functions, adapter)
        stream = adapter.send("GET", session["progressUrl"], functions.headers()[1:])
        stream.until(b"retry: 1000")
        os.kill(adapter.app.pid, signal.SIGTERM)

        assert -signal.SIGTERM == adapter.app.wait(HANG_S)
        left = stream.rest()
    assert (False, True) == (b"session_complete" in left, b"Runtime.StreamError" in left)
    assert "Traceback" not in adapter.said()
