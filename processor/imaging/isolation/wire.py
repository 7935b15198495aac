"""Exchange messages between the parent and its decoder child: frames of JSON and raw bytes over a socket pair.

JSON and not pickle: the child handles hostile bytes, and its answers must not be able to run code in the parent.
Only the headers, which the parent sends and the child never answers with, are pickled.
A frame is a big-endian length, a JSON object of that length, and the blobs whose lengths the object lists.
"""

from __future__ import annotations

import json
import pickle
import socket
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from struct import Struct
from typing import Any

from pydantic import TypeAdapter

from processor.errors import PhotoError, Verdict
from processor.imaging.model import Rendering
from processor.imaging.structure.header import Header

LENGTH = Struct(">I")
MAX_JSON_BYTES = 1 << 20
MAX_BLOB_BYTES = 256 << 20


@cache
def rendering_type() -> TypeAdapter[Rendering]:
    """Build the validator of renderings at its first use: a cold start saves 10 ms."""
    return TypeAdapter(Rendering)


class ConnectionClosed(Exception):
    """The other side has closed the connection."""


def send(channel: socket.socket, message: dict[str, Any], blobs: Sequence[bytes] = (), fds: Sequence[int] = ()) -> None:
    """Send one frame, and the descriptors *fds* with its first bytes."""
    text = json.dumps({**message, "blobs": [len(blob) for blob in blobs]}).encode()
    head = LENGTH.pack(len(text))
    if fds:
        socket.send_fds(channel, [head], list(fds))
    else:
        channel.sendall(head)
    channel.sendall(text)
    for blob in blobs:
        channel.sendall(blob)


def receive(channel: socket.socket, *, fds: int = 0) -> tuple[dict[str, Any], list[bytes], list[int]]:
    """Receive one frame; raises ConnectionClosed at the end of the stream, ValueError for anything but a frame."""
    received: list[int] = []
    if fds:
        head, received, _, _ = socket.recv_fds(channel, LENGTH.size, fds)
        head += _exactly(channel, LENGTH.size - len(head)) if head else b""
    else:
        head = _exactly(channel, LENGTH.size)
    if not head:
        raise ConnectionClosed
    size = LENGTH.unpack(head)[0]
    if size > MAX_JSON_BYTES:
        message = f"expected a frame of at most {MAX_JSON_BYTES:,} bytes, received {size:,}"
        raise ValueError(message)
    content, lengths = _parsed(_exactly(channel, size))
    if sum(lengths) > MAX_BLOB_BYTES:
        message = f"expected blobs of at most {MAX_BLOB_BYTES:,} bytes, received {sum(lengths):,}"
        raise ValueError(message)
    return content, [_exactly(channel, length) for length in lengths], received


def _parsed(text: bytes) -> tuple[dict[str, Any], list[int]]:
    """Read a frame's JSON object and the lengths of its blobs; raises ValueError."""
    try:
        content: dict[str, Any] = json.loads(text)
        lengths = [_length(length) for length in content.pop("blobs")]
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        message = "expected a JSON object that lists the lengths of its blobs"
        raise ValueError(message) from error
    return content, lengths


def _length(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        message = f"expected a length, received {value!r}"
        raise ValueError(message)
    return value


def _exactly(channel: socket.socket, size: int) -> bytes:
    buffer = bytearray(size)
    view, filled = memoryview(buffer), 0
    while filled < size:
        count = channel.recv_into(view[filled:])
        if not count:
            raise ConnectionClosed
        filled += count
    return bytes(buffer)


def pack_headers(headers: Sequence[Header]) -> bytes:
    """Pack what the parent's structure walk found in each source, so that the child does not walk them again."""
    return pickle.dumps(tuple(headers))


def unpack_headers(data: bytes) -> tuple[Header, ...]:
    """Unpack what *pack_headers* packed; only for the child, which trusts its parent."""
    headers: tuple[Header, ...] = pickle.loads(data)  # noqa: S301 - the parent's own bytes
    return headers


def pack_rendering(rendering: Rendering) -> tuple[dict[str, Any], list[bytes]]:
    """Split a rendering into JSON and the files' bytes."""
    plain = asdict(rendering)
    return plain, [rendition.pop("data") for rendition in plain["renditions"]]


def unpack_rendering(plain: Any, blobs: Sequence[bytes]) -> Rendering:
    """Join what *pack_rendering* split and check every type; raises ValueError for anything else."""
    try:
        renditions = [{**rendition, "data": data} for rendition, data in zip(plain["renditions"], blobs, strict=True)]
        joined = {**plain, "renditions": renditions}
    except (KeyError, TypeError) as error:
        message = "expected a rendering"
        raise ValueError(message) from error
    return rendering_type().validate_python(joined)


def require_done(message: dict[str, Any]) -> None:
    """Raise the child's verdict, or ValueError for anything but ``done``."""
    match message.get("event"):
        case "done":
            return
        case "verdict":
            log = message.get("log")
            raise PhotoError(
                Verdict(message.get("verdict")), str(message.get("finding")), log=str(log) if log else None
            )
        case other:
            error = f"expected done or verdict, received {other!r}"
            raise ValueError(error)
