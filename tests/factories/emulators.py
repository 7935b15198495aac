"""The emulator as tests use it: one process per session, clients of root and of roles, and a host for functions."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.deployer.target import ROOT_USER
from local.emulator.environment import REGION
from local.emulator.process import running
from tests.patience import HANG_S

Json = dict[str, Any]
T = TypeVar("T")
# For a region this old, boto3 would sign links in the way of 2006.
SIGNATURES = {"s3": "s3v4"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Aws:
    """Clients of the emulator at *address* for one identity."""

    address: str
    session: boto3.Session

    def client(self, service: str) -> Any:
        """Return a client that asks once."""
        config = Config(
            retries={"total_max_attempts": 1},
            s3={"addressing_style": "path"},
            signature_version=SIGNATURES.get(service),
        )
        return self.session.client(service, endpoint_url=self.address, config=config)  # type: ignore[call-overload]

    def as_role(self, name: str, *statements: Json) -> Aws:
        """Return a session of a new role that may do what *statements* say."""
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        role = self.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))["Role"]
        self.client("iam").put_role_policy(RoleName=name, PolicyName="grants", PolicyDocument=policy(*statements))
        given = self.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="test")["Credentials"]
        session = boto3.Session(
            given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name=REGION
        )
        return Aws(address=self.address, session=session)


def policy(*statements: Json) -> str:
    """Write a policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str, *resources: str, **more: Any) -> Json:
    """Write one statement."""
    return {"Effect": "Allow", "Action": [action], "Resource": list(resources), **more}


def refused(call: Callable[..., object], *positional: Any, **named: Any) -> str:
    """Return the code of the error that a call ends with; "" when it succeeds."""
    try:
        call(*positional, **named)
    except ClientError as error:
        return str(error.response.get("Error", {}).get("Code"))
    return ""


def eventually(look: Callable[[], T]) -> T:
    """Look until there is something to see; a hang ends the test."""
    deadline = time.monotonic() + HANG_S
    while not (seen := look()):
        assert time.monotonic() < deadline, f"nothing to see within {HANG_S} s"
        time.sleep(0.05)
    return seen


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """Yield an emulator's root user. Tests share the emulator, so each uses names of its own."""
    with running(tmp_path_factory.mktemp("emulator")) as emulator:
        yield root(emulator.address)


def root(address: str) -> Aws:
    """Return the root user of the emulator at *address*."""
    return Aws(address=address, session=boto3.Session(ROOT_USER, ROOT_USER, region_name=REGION))


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionHost:
    """Stands for the Lambda host: notes every event and answers as it is told."""

    address: str
    calls: list[tuple[Mapping[str, str], Json]] = field(default_factory=list[tuple[Mapping[str, str], Json]])


@contextmanager
def function_host(answer: Callable[[Json], Any]) -> Generator[FunctionHost]:
    """Answer invocations with what *answer* makes of the event."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            host.calls.append((dict(self.headers), event))
            body = json.dumps(answer(event)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the signature of the base class
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    host = FunctionHost(address=f"http://127.0.0.1:{server.server_port}/")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
