"""Fake S3 and DynamoDB for one upload, at the place where botocore would open a connection.

So everything of a call is paid for but the network: building, checking, hashing, signing, reading the answer.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.session import Session

from processor.aws.originals import CHUNK_BYTES

ETAG = {"ETag": '"5d41402abc4b2a76b9719d911017c592"', "Last-Modified": "Fri, 21 Nov 2025 15:30:01 GMT"}
JSON = {"Content-Type": "application/x-amz-json-1.0"}
NOT_THERE = b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"

Span = tuple[float, float]
"""Start and end of a call, s."""


class Body(io.BytesIO):
    """An answer's body, as botocore reads it from urllib3."""

    def stream(self) -> Iterator[bytes]:
        """Yield the whole body at once."""
        yield self.read()


class Photo(io.FileIO):
    """The original's body: read as it is asked for, like a socket, so that it never counts as memory."""


@dataclass(kw_only=True)
class Wire:
    """Holds one original without renditions, however often it is asked. *calls*: the times of each call."""

    bucket: str
    photo: Path
    calls: list[Span] = field(default_factory=list[Span])
    begun: threading.local = field(default_factory=threading.local)

    def session(self) -> Session:
        """Make a session whose clients talk to this wire."""
        session = Session()
        session.set_credentials("AKIDEXAMPLE", "secret")
        session.register("provide-client-params", self.begin)
        session.register("before-send", self.answer)
        session.register("after-call", self.end)
        return session

    def reading_s(self) -> float:
        """Time the reads of the original's body alone."""
        with Photo(self.photo) as body:
            started = perf_counter()
            while body.read(CHUNK_BYTES):
                pass
            return perf_counter() - started

    def begin(self, **_: Any) -> None:
        """Note when a call begins: this is the first that botocore says of it."""
        self.begun.at = perf_counter()

    def end(self, **_: Any) -> None:
        """Note when its answer is read; an original's body is read later."""
        self.calls.append((self.begun.at, perf_counter()))

    def answer(self, request: AWSPreparedRequest, **_: Any) -> Any:
        """Answer one request; its body is read, as a socket would."""
        read = getattr(request.body, "read", None)
        if read:
            read()
        url = urlsplit(request.url)
        if request.method in {"GET", "HEAD"} and self.bucket in f"{url.netloc}{url.path}":
            content = Photo(self.photo) if request.method == "GET" else Body()
            return _response(request.url, 200, ETAG, content, self.photo.stat().st_size)
        status, headers, body = reply(request.method, url.netloc)
        return _response(request.url, status, headers, Body(body), len(body))


def _response(url: str, status: int, headers: Mapping[str, str], body: io.IOBase, size: int) -> AWSResponse:
    fields: Any = {**headers, "Content-Length": str(size)}
    return AWSResponse(url, status, fields, body)


def reply(method: str, host: str) -> tuple[int, dict[str, str], bytes]:
    """Know the original alone; take every write."""
    if host.startswith("dynamodb."):
        return 200, JSON, b'{"Items": []}'
    if host.startswith("sqs."):
        return 200, JSON, b"{}"
    if method == "PUT":
        return 200, ETAG, b""
    if method in {"GET", "HEAD"}:
        return 404, {}, NOT_THERE if method == "GET" else b""
    raise AssertionError(f"expected what an upload asks, received {method} {host}")


def covered_s(spans: Iterable[Span]) -> float:
    """Add up the time that at least one of *spans* covers."""
    total, until = 0.0, float("-inf")
    for begin, end in sorted(spans):
        total += max(0.0, end - max(begin, until))
        until = max(until, end)
    return total
