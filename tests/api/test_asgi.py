"""The process of the edit API: put together from its environment, started by its script, closed without its secrets."""

from __future__ import annotations

import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.stub import Stubber

from processor.api.asgi import assemble
from processor.aws.clients import ssm_client
from processor.aws.secrets import ParameterStore
from processor.errors import StoreUnavailable
from processor.settings.functions import EditApiEnv, to_env
from processor.settings.services import EditApiSettings, EditSettings
from processor.settings.tree import CdnSettings
from tests.factories.api import AUTH, PAGE
from tests.factories.darkroom import session as aws_session
from tests.patience import HANG_S

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "processor" / "api" / "run.sh"
SECRETS = {"/darkroom/test/ticket-key": "ticket key", "/darkroom/test/origin-secret": "origin secret"}


def api_env(**more: Any) -> EditApiEnv:
    """Set the environment variables that the infrastructure sets."""
    wiring = {
        "jobs_queue_url": "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs",
        "ticket_key_parameter": "/darkroom/test/ticket-key",
        "origin_secret_parameter": "/darkroom/test/origin-secret",
    }
    settings = EditSettings(auth=AUTH, max_images=7, api=EditApiSettings(timeout_s=120))
    return EditApiEnv.of(settings, CdnSettings(cors_origins=(PAGE,)), stack="test", **(wiring | more))


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand for SSM."""
    monkeypatch.setattr(ParameterStore, "read", lambda _, name: SECRETS[name])
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "eu-west-1")


@pytest.mark.usefixtures("secrets")
def test_the_parts_are_what_the_environment_says() -> None:
    """Limits, sign-in, pages, secrets, and streams that end before the function does."""
    parts = assemble(api_env())

    assert (7, 24, 25 * 2**20) == (
        parts.session_service.max_images,
        parts.session_service.session_ttl_h,
        parts.slots.max_bytes,
    )
    assert parts.origin_secret is not None
    assert (AUTH, (PAGE,), "origin secret") == (parts.tokens.auth, parts.cors_origins, parts.origin_secret.current())
    assert (105.0, "ticket key") == (parts.streams.lifetime_s, parts.tickets.key.current())


def ssm_that_answers(value: str | None) -> tuple[Any, Stubber]:
    """Stand for SSM with one parameter; None: it is missing."""
    client = ssm_client(aws_session())
    stub = Stubber(client)
    if value is None:
        stub.add_client_error("get_parameter", "ParameterNotFound", http_status_code=400)
    else:
        asked = {"Name": "/key", "WithDecryption": True}
        stub.add_response("get_parameter", {"Parameter": {"Name": "/key", "Value": value}}, asked)
    return client, stub


def test_a_secret_is_read_in_clear() -> None:
    """Secure strings come decrypted."""
    client, stub = ssm_that_answers("s3cret")
    with stub:
        assert "s3cret" == ParameterStore(ssm=client).read("/key")


@pytest.mark.faults
@pytest.mark.parametrize("value", ["", None])
def test_without_its_secret_a_process_does_not_begin(value: str | None) -> None:
    """An empty secret would let every client in, a missing one no client: the process must not start with either."""
    client, stub = ssm_that_answers(value)
    with stub, pytest.raises(StoreUnavailable, match="/key"):
        ParameterStore(ssm=client).read("/key")


class Ssm(http.server.BaseHTTPRequestHandler):
    """Answers GetParameter as SSM does."""

    def do_POST(self) -> None:
        """Return a parameter."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"Parameter": {"Name": asked["Name"], "Value": SECRETS[asked["Name"]]}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class calls it
        """Log nothing."""


@contextmanager
def ssm_server() -> Generator[str]:
    """Serve SSM on loopback."""
    with http.server.HTTPServer(("127.0.0.1", 0), Ssm) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def started(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str, Path]]:
    """Start the script as the Lambda Web Adapter does, from the root of the unpacked zip."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    log = tmp_path / "log"
    with ssm_server() as ssm, log.open("wb") as output:
        environment = {
            **to_env(api_env()),
            "AWS_LWA_PORT": port,
            "AWS_ENDPOINT_URL_SSM": ssm,
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "LAMBDA_TASK_ROOT": str(ROOT),
            "PATH": f"{Path(sys.executable).parent}:{os.defpath}",
            "HOME": str(tmp_path),
        }
        with subprocess.Popen([SCRIPT], env=environment, stdout=output, stderr=output, cwd=tmp_path) as process:
            try:
                yield process, f"http://127.0.0.1:{port}", log
            finally:
                process.kill()


def ready(process: subprocess.Popen[bytes], origin: str, log: Path) -> None:
    """Wait until the process answers as the adapter does."""
    deadline = time.monotonic() + HANG_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{origin}/image-edit/health", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"expected it to be ready, but: {log.read_text()}")


def test_the_script_starts_a_server_that_the_adapter_finds(
    started: tuple[subprocess.Popen[bytes], str, Path],
) -> None:
    """It listens on its port, requires the secret, logs no queries, and ends at SIGTERM."""
    process, origin, log = started
    ready(process, origin, log)
    around = httpx.get(f"{origin}/image-edit/sessions?ticket=t1cket", trust_env=False)
    through = httpx.get(f"{origin}/image-edit/sessions", headers={"x-origin-verify": "origin secret"}, trust_env=False)
    process.send_signal(signal.SIGTERM)
    process.wait(HANG_S)

    assert [(403, "FORBIDDEN"), (401, "UNAUTHORIZED")] == [
        (one.status_code, one.json()["code"]) for one in (around, through)
    ]
    assert "server" not in around.headers
    assert "Request answered" in log.read_text()
    assert "t1cket" not in log.read_text()
    assert "Traceback" not in log.read_text()


@pytest.mark.stack
def test_the_application_never_loads_pixels_or_what_only_tools_need() -> None:
    """Every further module delays the first request of a cold start."""
    script = "import sys, processor.api.asgi; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    loaded = set(done.stdout.split())
    assert "processor.api.app" in loaded
    heavy = {"pyvips", "PIL", "numpy", "rawpy", "pillow_heif", "boto3", "httpx", "rich", "yaml", "processor.imaging"}
    assert set() == heavy & loaded
