"""Functions in processes of their own before stores on moto, which can kill them at any request."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from botocore.session import Session
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from processor.aws.clients import dynamodb_client, s3_client
from tests.factories.darkroom import ORIGINALS, create_stores
from tests.factories.faster_moto import mock_aws
from tests.factories.invoked import DISK_FULL
from tests.patience import HANG_S

ROOT = Path(__file__).parents[2]
# Bytes of a number.
LENGTH = 32
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
class ForkServer:
    """A process with the handlers' libraries imported, which forks one for each event."""

    channel: socket.socket

    def start(self, module: str, environment: Mapping[str, str], event: Mapping[str, Any], printed: BinaryIO) -> int:
        """Start the handler of *module* with *event*, printing to a file; return its pid."""
        message = json.dumps({"module": module, "environment": environment, "event": event}).encode()
        socket.send_fds(self.channel, [message], [printed.fileno()])
        return int(self.channel.recv(LENGTH))

    def wait(self, pid: int) -> int:
        """Wait for the end of *pid*, which was started last; return its exit code. A hang is a TimeoutError."""
        try:
            return int(self.channel.recv(LENGTH))
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            self.channel.recv(LENGTH)
            raise


@contextmanager
def open_fork_server(*, disk_full: bool = False) -> Generator[ForkServer]:
    """Run a server for the length of the block; with *disk_full*, its processes find no room on any disk."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(HANG_S)
    with ours:
        with theirs:
            server = subprocess.Popen(
                [sys.executable, "-m", "tests.factories.invoked", str(theirs.fileno())],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | ({DISK_FULL: "1"} if disk_full else {}),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        try:
            yield ForkServer(channel=ours)
            ours.shutdown(socket.SHUT_RDWR)
            assert 0 == server.wait(HANG_S)
        finally:
            server.kill()
            server.wait()


@dataclass(frozen=True, kw_only=True)
class Site:
    """Stores, and functions that run in processes of their own. *tmp*: what they take for /tmp."""

    door: Door
    address: str
    s3: Any
    dynamodb: Any
    tmp: Path
    functions: ForkServer
    numbers: Iterator[int] = field(default_factory=count)

    def invoke(
        self, module: str, event: Mapping[str, Any], told: Mapping[str, str], *, strike: Strike | None = None
    ) -> Ended:
        """Invoke the handler of *module* with *event* in a fresh process that is *told* its settings."""
        environment = self.environment() | {"AWS_ACCESS_KEY_ID": f"process-{next(self.numbers)}"} | dict(told)
        with TemporaryFile() as printed:
            with self.door.lock:
                pid = self.functions.start(module, environment, event, printed)
                self.door.victim, self.door.strike = pid, strike
            try:
                status = self.functions.wait(pid)
            finally:
                self.door.strike = None
            printed.seek(0)
            said = printed.read().decode()
        return Ended(status=status, answer=json.loads(said.splitlines()[-1]) if status == 0 else None, log=said)

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
def open_site(tmp: Path, functions: ForkServer) -> Generator[Site]:
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
            yield Site(door=door, address=address, s3=s3, dynamodb=dynamodb, tmp=tmp, functions=functions)
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
