"""Functions in processes of their own before stores on moto, which can kill them at any request."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from botocore.session import Session
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from processor.aws.clients import dynamodb_client, s3_client
from tests.factories.darkroom import ORIGINALS, create_stores
from tests.factories.faster_moto import mock_aws
from tests.patience import HANG_S

ROOT = Path(__file__).parents[2]
Environ = dict[str, Any]


@dataclass
class Strike:
    """Kill the process at its request number *at*, from 0 on, of those that are *meant*; *applied*: after it."""

    meant: Callable[[str], bool]
    at: int
    applied: bool = False
    seen: int = 0

    def falls(self, request: str) -> bool:
        """Return whether it is this *request*."""
        if not self.meant(request):
            return False
        self.seen += 1
        return self.seen == self.at + 1


@dataclass
class Door:
    """Lets requests through to moto one at a time, as S3 and DynamoDB apply them to one key; a WSGI application.

    *victim*: the process to kill. What it had sent by then and was not let through yet is lost with it: each
    process signs with an access key of its own, and *dead* holds those of the killed.
    """

    app: Any
    strike: Strike | None = None
    victim: int = 0
    dead: set[str] = field(default_factory=set[str])
    requests: list[str] = field(default_factory=list[str])
    lock: Any = field(default_factory=threading.Lock)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        with self.lock:
            key = signer_of(environ)
            if key in self.dead:
                return lost(start_response)
            request, strike = name_of(environ), self.strike
            self.requests.append(request)
            if strike is None or not strike.falls(request):
                return list(self.app(environ, start_response))
            if strike.applied:
                list(self.app(environ, lambda *_: None))
            self.dead.add(key)
            os.kill(self.victim, signal.SIGKILL)
            return lost(start_response)


def lost(start_response: Any) -> Iterable[bytes]:
    """Answer no request."""
    start_response("500 Killed", [])
    return []


def signer_of(environ: Environ) -> str:
    """Name the access key that a request was signed with."""
    return environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].partition("/")[0]


def name_of(environ: Environ) -> str:
    """Name a request: DynamoDB's by its operation, S3's by method and path."""
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    return target.partition(".")[2] or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"


@dataclass(frozen=True, kw_only=True)
class Ended:
    """The end of a function's process. *answer*: None when it was killed."""

    status: int
    answer: Any
    log: str


@dataclass(frozen=True, kw_only=True)
class Site:
    """Stores, and functions that run in processes of their own. *tmp*: what they take for /tmp."""

    door: Door
    address: str
    s3: Any
    dynamodb: Any
    tmp: Path
    numbers: Iterator[int] = field(default_factory=count)

    def invoke(
        self, module: str, event: Mapping[str, Any], told: Mapping[str, str], *, strike: Strike | None = None
    ) -> Ended:
        """Invoke the handler of *module* with *event* in a fresh process that is *told* its settings."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.factories.invoked", module],
            cwd=ROOT,
            env=self.environment() | {"AWS_ACCESS_KEY_ID": f"process-{next(self.numbers)}"} | dict(told),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.door.victim, self.door.strike = process.pid, strike
        try:
            said, _ = process.communicate(json.dumps(event), timeout=HANG_S)
        finally:
            process.kill()
            process.wait()
            self.door.strike = None
        answer = json.loads(said.splitlines()[-1]) if process.returncode == 0 else None
        return Ended(status=process.returncode, answer=answer, log=said)

    def environment(self) -> dict[str, str]:
        """Return what every function finds on Lambda."""
        return {
            # Decoder children inherit nothing else: by this they are found.
            "PATH": f"{os.environ['PATH']}:{self.tmp}",
            "PYTHONPATH": str(ROOT),
            "AWS_ENDPOINT_URL": self.address,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "TMPDIR": str(self.tmp),
        }

    def put_original(self, key: str, data: bytes) -> Mapping[str, Any]:
        """Upload an original."""
        return self.s3.put_object(Bucket=ORIGINALS, Key=key, Body=data)


@contextmanager
def open_site(tmp: Path) -> Generator[Site]:
    """Serve empty stores on a free port."""
    with mock_aws():
        door = Door(app=DomainDispatcherApplication(create_backend_app))
        server = make_server("127.0.0.1", 0, door, threaded=True, request_handler=MotoRequestHandler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            address = f"http://127.0.0.1:{server.server_port}"
            s3, dynamodb = (make(session_at(address)) for make in (s3_client, dynamodb_client))
            create_stores(s3, dynamodb, versioned=True)
            yield Site(door=door, address=address, s3=s3, dynamodb=dynamodb, tmp=tmp)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def session_at(address: str) -> Session:
    """Return a session whose clients ask the stores at *address*."""
    session = Session()
    session.set_config_variable("region", "us-east-1")
    session.set_config_variable("endpoint_url", address)
    session.set_credentials("testing", "testing")
    return session
