"""A Runtime API that takes extensions and streamed answers, for AWS's own runtimes on this machine.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from queue import SimpleQueue
from typing import IO, Any, Final, cast

from local.lambdas.invocation import Invocation
from local.lambdas.runtime_api import PREFIX, RuntimeApi, RuntimeRequest
from tests.patience import HANG_S

EXTENSION: Final = "/2020-01-01/extension"
SEPARATOR: Final = bytes(8)
TIMEOUT_S: Final = 60


class RuntimeFailed(Exception):
    """The runtime reported an error in place of an answer; *str()* is its report."""


class Streamed:
    """An answer as it arrives: a JSON prelude, eight NUL bytes, the body."""

    def __init__(self) -> None:
        self.headers: Mapping[str, str] = {}
        self._parts: SimpleQueue[bytes | Exception | None] = SimpleQueue()
        self._seen = b""
        self._ended = False

    def put(self, part: bytes | Exception | None) -> None:
        """Take a part as it comes; None is the end."""
        self._parts.put(part)

    def prelude(self) -> dict[str, Any]:
        """Wait for status, headers and cookies."""
        while SEPARATOR not in self._seen:
            assert self.more(), f"the answer ended in its prelude: {self._seen!r}"
        head, _, self._seen = self._seen.partition(SEPARATOR)
        return json.loads(head)

    def until(self, text: bytes) -> bytes:
        """Wait until the body holds *text*; give what came up to its end."""
        while text not in self._seen:
            assert self.more(), f"the body ended without {text!r}: {self._seen[-300:]!r}"
        head, found, self._seen = self._seen.partition(text)
        return head + found

    def rest(self) -> bytes:
        """Wait for the end; give what is left of the body."""
        while self.more():
            pass
        left, self._seen = self._seen, b""
        return left

    def more(self) -> bool:
        """Wait for the next part; False: there is none. RuntimeFailed when the runtime reported an error."""
        if self._ended:
            return False
        part = self._parts.get(timeout=HANG_S)
        if isinstance(part, Exception):
            raise part
        self._ended = part is None
        self._seen += part or b""
        return not self._ended


class StreamingRuntimeApi(RuntimeApi):
    """A Runtime API for runtimes that stream. *extensions*: names of those registered."""

    def __init__(self) -> None:
        self.extensions: list[str] = []
        self.answers: dict[str, Streamed] = {}
        self.asked = threading.Event()
        self.closed = threading.Event()
        super().__init__(StreamingRequest)

    def next_event(self) -> tuple[Invocation, int] | None:
        """Note that the runtime is ready."""
        self.asked.set()
        return super().next_event()

    def invoke(self, event: Any) -> Streamed:
        """Return the runtime an event; the answer fills as it comes."""
        request_id = str(uuid.uuid4())
        # Surrogates are bytes that are no UTF-8: AWS writes them into the event as they came.
        data = json.dumps(event, ensure_ascii=False).encode(errors="surrogateescape")
        answer = self.answers[request_id] = Streamed()
        arn = "arn:aws:lambda:us-east-1:000000000000:function:web:live"
        self.put_event(
            Invocation(request_id=request_id, arn=arn, event=data), deadline_ms=int(1000 * (time.time() + TIMEOUT_S))
        )
        return answer

    def close(self) -> None:
        """Let waiting extensions go as well."""
        self.closed.set()
        super().close()


class StreamingRequest(RuntimeRequest):
    """One connection of a runtime or of an extension."""

    @property
    def api(self) -> StreamingRuntimeApi:
        """The API that this request is for."""
        return cast("StreamingRuntimeApi", self.server.api)

    def do_GET(self) -> None:  # noqa: N802 - the base class's name
        """Hold an extension's request for its next event: nothing but the end comes."""
        if self.path == f"{EXTENSION}/event/next":
            self.api.closed.wait()
            self.close_connection = True
            return None
        return super().do_GET()

    def do_POST(self) -> None:  # noqa: N802 - the base class's name
        """Register an extension; take an answer part by part; take an error."""
        match self.path.removeprefix(PREFIX).split("/"):
            case ["", "2020-01-01", "extension", "register"]:
                self.body()
                self.api.extensions.append(self.headers["Lambda-Extension-Name"])
                self._answer(HTTPStatus.OK, b"{}", {"Lambda-Extension-Identifier": str(uuid.uuid4())})
            case ["", "invocation", request_id, "response"]:
                answer = self.api.answers[request_id]
                answer.headers = {name.lower(): value for name, value in self.headers.items()}
                for part in self.parts():
                    answer.put(part)
                answer.put(None)
                self._answer(HTTPStatus.ACCEPTED, b"{}", {})
            case ["", "invocation", request_id, "error"]:
                self.api.answers[request_id].put(RuntimeFailed(self.body().decode()))
                self._answer(HTTPStatus.ACCEPTED, b"{}", {})
            case _:
                super().do_POST()

    def parts(self) -> Iterator[bytes]:
        """Yield the body as it comes, chunk by chunk where it is chunked."""
        if self.headers.get("Transfer-Encoding") != "chunked":
            yield self.body()
            return
        yield from chunks(cast("IO[bytes]", self.rfile))


def chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """Read a chunked body with its trailers (RFC 9112, section 7.1)."""
    while size := int(stream.readline().partition(b";")[0], 16):
        yield stream.read(size)
        stream.readline()
    while stream.readline().strip():
        pass
