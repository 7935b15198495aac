"""Check the child's side, run in this process over a socket pair."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from threading import Thread

import pytest

from processor.imaging import line as line_module
from processor.imaging.isolation import child
from processor.imaging.isolation.wire import pack_headers, receive, send, unpack_rendering
from processor.source import Source
from testkit.photos.jpeg import cut, jpeg
from tests.factories.descriptors import open_descriptors, opened_since
from tests.imaging.isolation.children import A_JPEG, quick
from tests.patience import HANG_S

Ask = Callable[[bytes], list[dict[str, object]]]


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Record the limits that the child would put on this process."""
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(child, "limit_memory", lambda mib: asked.append(("memory", mib)))
    monkeypatch.setattr(child, "confine_this_process", lambda: asked.append(("confined",)))
    monkeypatch.setattr(child, "limit_cpu", lambda seconds, cores: asked.append(("cpu", seconds, cores)))
    return asked


@pytest.fixture
def ask(limits: list[tuple[object, ...]]) -> Iterator[Ask]:
    """Serve requests in a thread; ask for a photo and return all messages until the last."""
    ours, theirs = socket.socketpair()
    server = Thread(target=child.main, args=(theirs.detach(), 123))
    server.start()

    def ask_for(data: bytes) -> list[dict[str, object]]:
        with Source.from_bytes(data) as source:
            request = {"job": "render", "recipe": quick().model_dump_json(), "file_name": "a.jpg"}
            request |= {"focus": None, "marks": []}
            facts = {"sources": [(source.size, source.sha256)]}
            send(ours, {**request, **facts}, [pack_headers([A_JPEG])], fds=[source.fd])
            answers: list[dict[str, object]] = []
            while not answers or answers[-1]["event"] == "decoded":
                content, blobs, _ = receive(ours)
                answers.append({**content, "files": blobs})
            return answers

    yield ask_for
    ours.close()
    server.join(HANG_S)
    assert not server.is_alive(), "the child ends when its parent closes the connection"


def test_a_photo_is_rendered_and_marked_as_isolated(ask: Ask) -> None:
    """The message that decoding has ended comes first, then the rendering."""
    decoded, done = ask(jpeg())

    assert ("decoded", "done") == (decoded["event"], done["event"])
    files = done["files"]
    assert isinstance(files, list)
    rendering = unpack_rendering(done["rendering"], files)
    assert rendering.receipt.isolated
    assert (100, 67) == (rendering.renditions[0].width, rendering.renditions[0].height)


def test_one_child_serves_many_photos(ask: Ask) -> None:
    """Good and bad ones, without keeping a file open."""
    files = open_descriptors()
    events = [ask(data)[-1]["event"] for data in (jpeg(), cut(jpeg(), 0.5), b"no photo", jpeg())]

    assert ["done", "verdict", "verdict", "done"] == events
    assert not opened_since(files)


def test_the_limits_are_set_first_and_for_every_photo(ask: Ask, limits: list[tuple[object, ...]]) -> None:
    """Memory and confinement once, CPU time anew."""
    ask(jpeg())
    ask(jpeg())

    cpu = ("cpu", 10.0, os.cpu_count())
    assert [("memory", 123), ("confined",), cpu, cpu] == limits


def test_a_verdict_is_sent_in_words(ask: Ask) -> None:
    """The parent raises it again."""
    (answer,) = ask(b"no photo")
    del answer["files"]

    finding = "The file is damaged: its picture data contradicts itself."
    assert {"event": "verdict", "verdict": "CORRUPT", "finding": finding, "log": finding} == answer


@pytest.mark.parametrize(
    ("error", "event"),
    [
        (MemoryError(), "out_of_memory"),
        (RuntimeError("can't start new thread"), "out_of_memory"),
        (KeyError("what no decoder should raise"), "crashed"),
        (ImportError("libheif.so.1: what no decoder should raise"), "broken_installation"),
    ],
)
def test_every_other_error_is_sent(ask: Ask, monkeypatch: pytest.MonkeyPatch, error: Exception, event: str) -> None:
    """With the end of its traceback, for operators."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(line_module, "develop", fail)
    (answer,) = ask(jpeg())

    assert event == answer["event"]
    reason = str(answer.get("log", answer.get("finding", "")))
    assert event == "out_of_memory" or "what no decoder should raise" in reason
    assert len(str(answer.get("log", ""))) <= child.MAX_LOG_CHARS
