"""Check the frames between parent and child: JSON and bytes, no code."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import asdict
from threading import Thread

import pytest

from processor.imaging.isolation.wire import (
    ConnectionClosed,
    pack_headers,
    pack_rendering,
    receive,
    send,
    unpack_headers,
    unpack_rendering,
)
from processor.imaging.structure.walk import inspect_structure
from processor.recipe import DecodeLimits
from testkit.photos.heif import heic
from testkit.photos.jpeg import jpeg
from testkit.photos.raster import tiff_photo
from tests.imaging.prints import developed, recipe


@pytest.fixture
def line() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two connected ends."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


Line = tuple[socket.socket, socket.socket]


def test_a_message_arrives_with_its_blobs(line: Line) -> None:
    """In order, empty ones included, and larger than a socket's buffer."""
    blobs = [b"", b"abc", b"x" * 3_000_000]
    sender = Thread(target=send, args=(line[0], {"event": "done", "n": 1, "text": "Zoë"}, blobs))
    sender.start()
    content, received, fds = receive(line[1])
    sender.join()

    assert ({"event": "done", "n": 1, "text": "Zoë"}, blobs, []) == (content, received, fds)


def test_an_open_file_goes_along(line: Line) -> None:
    """As a descriptor of the receiver's own."""
    reader, writer = os.pipe()
    send(line[0], {"size": 3}, fds=[reader])
    content, _, fds = receive(line[1], fds=1)
    os.write(writer, b"abc")

    assert ({"size": 3}, b"abc") == (content, os.read(fds[0], 9))
    for fd in (reader, writer, *fds):
        os.close(fd)


@pytest.mark.parametrize("fds", [0, 1])
@pytest.mark.parametrize("sent", [b"", b"\0\0\0\5", b"\0\0\0\5{}", b'\0\0\0\x0e{"blobs": [9]}ab'])
def test_the_end_of_the_stream_is_a_closed_connection(line: Line, sent: bytes, fds: int) -> None:
    """At every place in a frame."""
    line[0].sendall(sent)
    line[0].close()

    with pytest.raises(ConnectionClosed):
        receive(line[1], fds=fds)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (b"\xff\xff\xff\xff", r"^expected a frame of at most 1,048,576 bytes, received 4,294,967,295$"),
        (b'\0\0\0\x1c{"blobs": [999999999999999]}', r"^expected blobs of at most 268,435,456 bytes"),
        (b"\0\0\0\2[]", r"^expected a JSON object that lists the lengths of its blobs$"),
        (b"\0\0\0\2{}", r"^expected a JSON object that lists the lengths of its blobs$"),
        (b'\0\0\0\x0f{"blobs": [-1]}', r"^expected a length, received -1$"),
        (b"\0\0\0\2{,", "Expecting property name"),
    ],
    ids=["frame", "blobs", "list", "empty", "negative", "syntax"],
)
def test_anything_but_a_frame_is_a_value_error(line: Line, sent: bytes, message: str) -> None:
    """The claimed length is never allocated."""
    line[0].sendall(sent)
    line[0].close()

    with pytest.raises(ValueError, match=message):
        receive(line[1])


def test_a_rendering_survives_the_way() -> None:
    """Equal in every field, with its files' bytes."""
    rendering = developed(jpeg(), recipe((100, 100), (50, 50), formats=("jpeg", "webp")))

    assert rendering == unpack_rendering(*pack_rendering(rendering))


@pytest.mark.parametrize("plain", [None, [], {}, {"renditions": 5}, {"renditions": [5]}, {"renditions": []}], ids=repr)
def test_anything_but_a_rendering_is_refused(plain: object) -> None:
    """Every type is checked."""
    with pytest.raises(ValueError, match=r"rendering|Rendering|zip"):
        unpack_rendering(plain, [b"x"] if plain == {"renditions": [5]} else [])


def test_a_rendering_with_too_few_files_is_refused() -> None:
    """No file is invented."""
    plain, blobs = pack_rendering(developed(jpeg(), recipe((100, 100), (50, 50))))

    with pytest.raises(ValueError, match="zip"):
        unpack_rendering(plain, blobs[:1])


def test_a_header_crosses_whole() -> None:
    """With the fields that equality leaves out: EXIF, scan and the layout of a TIFF."""
    for data in (jpeg(orientation=6), tiff_photo(), heic()):
        header = inspect_structure(memoryview(data), DecodeLimits(), raw_max_megapixels=1)
        (again,) = unpack_headers(pack_headers([header]))

        assert asdict(header) == asdict(again)
