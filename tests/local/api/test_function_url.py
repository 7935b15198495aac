"""Tests of the edit API's server with a web application of a few lines, deployed on the emulator."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.emulator.process import running
from tests.factories.functions import LOGGING, TRUST, zip_of
from tests.factories.lambdas import ROOT, Stack, eventually, host
from tests.patience import HANG_S

APP = """
import asyncio, os, time
from starlette.applications import Starlette
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

VERSION = "one"

async def health(request):
    return JSONResponse({})

async def echo(request):
    body = await request.body()
    return JSONResponse({"pid": os.getpid(), "size": len(body), "url": str(request.url),
                         "host": request.headers["host"], "table": os.environ.get("TABLE"),
                         "secret": os.environ.get("SECRET_OF_THE_DEVELOPER"),
                         "role": os.environ["AWS_ACCESS_KEY_ID"][:4], "version": VERSION})

async def upload(request):
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        print("part of", len(chunk), "bytes, of", request.headers["content-length"], flush=True)
    return JSONResponse(size)

async def slow(request):
    time.sleep(float(request.query_params["s"]))
    return JSONResponse({"pid": os.getpid()})

async def events(request):
    async def lines():
        try:
            yield "data: first\\n\\n"
            while not os.path.exists(request.query_params["until"]):
                await asyncio.sleep(0.02)
            yield "data: last\\n\\n"
        finally:
            print("stream", request.query_params["name"], "is closed", flush=True)
    return StreamingResponse(lines(), media_type="text/event-stream")

async def die(request):
    os._exit(7)

app = Starlette(routes=[Route("/image-edit/health", health), Route("/echo", echo, methods=["GET", "POST"]),
                        Route("/upload", upload, methods=["POST"]),
                        Route("/slow", slow), Route("/events", events), Route("/die", die)])
"""
RUN = '#!/bin/sh\nexec python -m uvicorn app:app --host 127.0.0.1 --port "$AWS_LWA_PORT" --log-level warning\n'
NEVER = "/nowhere/at/all"
CODE = zip_of({"app.py": APP, "run.sh": RUN})
WEB: dict[str, Any] = {
    "Handler": "run.sh",
    "Timeout": 4,
    "variables": {"AWS_LWA_READINESS_CHECK_PATH": "/image-edit/health", "TABLE": "sessions"},
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Run an emulator and the server; *host* is the server's address."""
    folder = tmp_path_factory.mktemp("api")
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET_OF_THE_DEVELOPER", "1")
        aws = stack.enter_context(running(folder / "aws")).address
        known = Stack(aws=aws, host="http://127.0.0.1:1")
        iam = known.client("iam")
        iam.create_role(RoleName="photo", AssumeRolePolicyDocument=TRUST)
        iam.put_role_policy(RoleName="photo", PolicyName="logs", PolicyDocument=LOGGING)
        known.deploy("web", CODE, **WEB)
        front = stack.enter_context(host(aws, folder, "--function", "web", module="local.api"))
        yield Stack(aws=aws, host=front)


@pytest.fixture
def client(stack: Stack) -> Iterator[httpx.Client]:
    """Return a client of the server, once every process runs."""
    with httpx.Client(base_url=stack.host, timeout=HANG_S) as client:
        eventually(lambda: len(processes(client)) == 2 or None)
        yield client


def processes(client: httpx.Client) -> list[dict[str, Any]]:
    """Return the processes from the server's status."""
    return client.get("/_front/status").json()["processes"]


def count(stack: Stack, text: str) -> int:
    """Count the lines of the function's log that hold *text*."""
    events = stack.client("logs").filter_log_events(logGroupName="/aws/lambda/web")["events"]
    return sum(text in event["message"] for event in events)


def test_processes_take_turns(client: httpx.Client) -> None:
    """State in an application's memory is missing at the next request."""
    pids = [client.get("/echo").json()["pid"] for _ in range(6)]

    assert [3, 3] == list(Counter(pids).values())
    assert pids[:2] == pids[2:4]


def test_the_application_gets_the_request_as_it_was_sent(client: httpx.Client) -> None:
    """Path, query and body; its own variables and role; nothing of this machine."""
    got = client.post("/echo?a=%2Fb&c", content=b"x" * 100_000).json()

    host = f"127.0.0.1:{client.base_url.port}"
    assert (100_000, f"http://{host}/echo?a=%2Fb&c", host) == (got["size"], got["url"], got["host"])
    assert ("sessions", None, "ASIA") == (got["table"], got["secret"], got["role"])


def test_an_answer_streams_as_it_comes(client: httpx.Client, tmp_path: Path) -> None:
    """The first event arrives before the second is sent."""
    go_on = tmp_path / "go on"
    with client.stream("GET", "/events", params={"until": str(go_on), "name": "a"}) as answer:
        lines = answer.iter_lines()
        assert ["data: first", ""] == [next(lines), next(lines)]
        go_on.touch()
        assert ["data: last", ""] == [next(lines), next(lines)]


def test_a_body_arrives_whole(stack: Stack, client: httpx.Client) -> None:
    """As on Lambda: the application gets the request after its last part, with the length."""
    before = count(stack, "part of")

    def parts() -> Iterator[bytes]:
        yield b"12"
        assert 200 == httpx.get(f"{stack.host}/echo", timeout=HANG_S).status_code
        assert before == count(stack, "part of")
        yield b"345"

    assert "5" == client.post("/upload", content=parts()).text
    eventually(lambda: count(stack, "part of 5 bytes, of 5") or None)


def test_open_streams_do_not_keep_others_out(client: httpx.Client) -> None:
    """Far more streams than processes."""
    with ExitStack() as stack:
        for number in range(8):
            answer = stack.enter_context(client.stream("GET", "/events", params={"until": NEVER, "name": f"b{number}"}))
            assert 200 == answer.status_code
        assert 200 == client.get("/echo").status_code
        eventually(lambda: sum(process["streams"] for process in processes(client)) == 8 or None)


def test_a_process_has_one_request_at_a_time(client: httpx.Client) -> None:
    """Four requests of which each blocks its process: two processes take two rounds."""
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(client.get("/slow?s=1").json()["pid"])) for _ in range(4)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [2, 2] == list(Counter(answers).values())
    assert time.monotonic() - began > 2


def test_a_client_that_leaves_ends_its_stream(stack: Stack, client: httpx.Client) -> None:
    """The application stops at once, and not at the function's timeout."""
    late = count(stack, "Task timed out")
    with client.stream("GET", "/events", params={"until": NEVER, "name": "left"}) as answer:
        next(answer.iter_lines())

    eventually(lambda: count(stack, "stream left is closed") or None)
    assert late == count(stack, "Task timed out")


@pytest.mark.faults
def test_a_stream_ends_with_the_functions_time(stack: Stack, client: httpx.Client) -> None:
    """It is cut, so that no client takes it for complete; its process lives on for others."""
    before = {process["pid"] for process in processes(client)}

    with (
        pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"),
        client.stream("GET", "/events", params={"until": NEVER, "name": "long"}) as answer,
    ):
        assert [b"data: first\n\n"] == list(answer.iter_raw())

    assert before == {process["pid"] for process in processes(client)}
    eventually(lambda: count(stack, "Task timed out after 4.00 seconds") or None)


@pytest.mark.faults
def test_a_process_that_hangs_is_ended_and_replaced(client: httpx.Client) -> None:
    """After the function's timeout, as on Lambda; the caller gets 502, a fault of the server."""
    answer = client.get("/slow?s=60")

    assert 502 == answer.status_code
    assert {"message": "The edit API broke off before it answered; see its log"} == answer.json()
    eventually(lambda: len(processes(client)) == 2 or None)


@pytest.mark.faults
def test_a_process_that_dies_is_replaced(stack: Stack, client: httpx.Client) -> None:
    """Its request fails, the next one does not."""
    assert 502 == client.get("/die").status_code
    assert 200 == client.get("/echo").status_code
    eventually(lambda: len(processes(client)) == 2 or None)
    eventually(lambda: count(stack, "Runtime exited with error: exit status 7") or None)


@pytest.mark.faults
def test_when_all_are_killed_they_come_again(client: httpx.Client) -> None:
    """Meanwhile every request gets an answer in JSON."""
    for process in processes(client):
        os.kill(process["pid"], signal.SIGKILL)
    answer = client.get("/echo")

    assert 502 == answer.status_code
    assert answer.json()["message"].endswith("; see its log")
    eventually(lambda: (client.get("/echo").status_code == 200) or None)


def test_a_body_beyond_six_megabytes_is_refused(client: httpx.Client) -> None:
    """With Content-Length or without: Lambda takes no more."""
    large = b"x" * (6 * 2**20 + 1)
    expected = {"message": "The request's body must have at most 6291456 bytes"}

    declared = client.post("/echo", content=large)
    chunked = client.post("/echo", content=iter([large[: 2**20]] * 7))

    assert [(413, expected)] * 2 == [(answer.status_code, answer.json()) for answer in (declared, chunked)]


def test_requests_are_measured_and_logged(stack: Stack, client: httpx.Client) -> None:
    """As for any function URL; alarms divide 5xx by requests."""
    client.get("/nowhere")

    eventually(lambda: stack.total("Url4xxCount", "web") or None)
    assert stack.total("UrlRequestCount", "web") >= stack.total("Invocations", "web") > 0
    eventually(lambda: count(stack, "REPORT RequestId: ") or None)


def test_a_new_version_takes_over_without_a_refused_request(stack: Stack, client: httpx.Client) -> None:
    """The alias moves: new processes are started first, old ones then end."""
    functions = stack.client("lambda")
    changed = zip_of({"app.py": APP.replace('VERSION = "one"', 'VERSION = "two"'), "run.sh": RUN})
    functions.update_function_code(FunctionName="web", ZipFile=changed)
    newest = functions.publish_version(FunctionName="web")["Version"]
    functions.update_alias(FunctionName="web", Name="live", FunctionVersion=newest)

    def only_new() -> bool | None:
        answers = [client.get("/echo") for _ in range(4)]
        assert [200] * 4 == [answer.status_code for answer in answers]
        return {answer.json()["version"] for answer in answers} == {"two"} or None

    eventually(only_new)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"app.py": ""}, "expected an executable script run.sh in its zip, received No such file or directory"),
        ({"run.sh": "#!/bin/sh\necho no such app >&2\nexit 3\n"}, "but it ended (exit status 3)\n  no such app"),
    ],
)
def test_a_function_that_is_no_web_server_is_explained(stack: Stack, files: dict[str, str], reason: str) -> None:
    """The server ends at once with the function's last lines, and binds no port."""
    name = f"bad{len(files['run.sh'])}" if "run.sh" in files else "bad"
    stack.deploy(name, zip_of(files), **WEB)
    command = [sys.executable, "-m", "local.api", "--port", "0", "--aws", stack.aws, "--function", name]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=HANG_S)

    assert (1, "") == (done.returncode, done.stdout)
    assert reason in done.stderr


def test_the_front_ends_with_all_its_processes(stack: Stack, tmp_path: Path) -> None:
    """SIGTERM while a stream is open: nothing is left."""
    stack.deploy("brief", CODE, **{**WEB, "Timeout": 60})
    with (
        host(stack.aws, tmp_path, "--function", "brief", module="local.api") as address,
        httpx.Client(base_url=address, timeout=HANG_S) as client,
    ):
        pids = [process["pid"] for process in processes(client)]
        answer = client.send(client.build_request("GET", f"/events?until={NEVER}&name=open"), stream=True)
        next(answer.iter_raw())
        del answer

    assert 2 == len(pids)
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert [] == [path for path in tmp_path.iterdir() if path.is_dir()]
