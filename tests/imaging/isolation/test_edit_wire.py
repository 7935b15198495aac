"""Check edits through the decoder child, on both sides of the connection."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from threading import Thread

import pytest

from processor.errors import EditCode, EditError, PhotoError
from processor.imaging.edit_model import Edited, EditLimits, OutputWish, inspect_source
from processor.imaging.isolation import child, process
from processor.imaging.isolation.edit_wire import EditOrder, pack_edited, pack_refusal, unpack_edited, unpack_refusal
from processor.imaging.isolation.process import DecoderProcess
from processor.imaging.isolation.wire import pack_headers, receive, send
from processor.imaging.structure.header import Header
from processor.source import Source
from testkit.photos.jpeg import jpeg
from tests.imaging.isolation.children import A_JPEG, is_alive, write_child
from tests.imaging.steps.trials import Step, edit, flat, ignore, plan_of, png_of
from tests.patience import HANG_S

EDITED = Edited(
    data=b"file", format="webp", extension="webp", content_type="image/webp", width=3, height=2, frames=1,
    steps_applied=("resize",), notes=("A note.",),
)  # fmt: skip


def order_of(*steps: Step, assets: tuple[str, ...] = ()) -> EditOrder:
    """Make an order with the usual limits."""
    plan = plan_of(*(steps or ({"op": "grayscale"},))).model_dump_json()
    return EditOrder(plan=plan, limits=EditLimits(), output=OutputWish(), assets=assets)


def test_a_result_crosses_whole() -> None:
    """Every field, the file's bytes apart."""
    plain, blobs = pack_edited(EDITED)

    assert [b"file"] == blobs
    assert "data" not in plain
    assert EDITED == unpack_edited(plain, blobs)


@pytest.mark.parametrize(
    ("plain", "blobs"), [(None, [b""]), ({}, [b""]), (asdict(EDITED) | {"width": "wide"}, [b""]), (asdict(EDITED), [])]
)
def test_what_is_no_result_is_not_taken_for_one(plain: object, blobs: list[bytes]) -> None:
    """The child has read hostile bytes."""
    with pytest.raises(ValueError, match=r"."):
        unpack_edited(plain, blobs)


def test_a_refusal_crosses_whole() -> None:
    """Log, public text, details."""
    error = EditError(EditCode.INVALID_INPUT, "log", public="Public.", details={"width": 3})
    again = unpack_refusal(pack_refusal(error))

    assert (error.code, str(error), error.public, error.details) == (
        again.code, str(again), again.public, again.details,
    )  # fmt: skip


def header_of(source: Source) -> Header:
    """Walk *source* as the parent does; what is no picture passes for a JPEG, so that the child sees it."""
    try:
        return inspect_source(source, EditLimits())
    except PhotoError:
        return A_JPEG


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., list[dict[str, object]]]]:
    """Serve requests as the child does, in a thread of this process; ask for an edit and return all messages."""
    monkeypatch.setattr(child, "limit_memory", lambda _: None)
    monkeypatch.setattr(child, "limit_cpu", lambda *_: None)
    ours, theirs = socket.socketpair()
    server = Thread(target=child.main, args=(theirs.detach(), 123))
    server.start()

    def ask(order: EditOrder, *data: bytes) -> list[dict[str, object]]:
        sources = [Source.from_bytes(one) for one in data]
        facts = [(source.size, source.sha256) for source in sources]
        headers = pack_headers([header_of(source) for source in sources])
        request = {"job": "edit", "order": asdict(order), "sources": facts}
        send(ours, request, [headers], fds=[source.fd for source in sources])
        answers: list[dict[str, object]] = []
        while not answers or answers[-1]["event"] == "step":
            content, blobs, _ = receive(ours)
            answers.append({**content, "files": blobs})
        for source in sources:
            source.close()
        return answers

    yield ask
    ours.close()
    server.join(HANG_S)
    assert not server.is_alive()


def test_a_child_edits_and_tells_each_step(served: Callable[..., list[dict[str, object]]]) -> None:
    """With its watermark, which is its second file."""
    step: Step = {"op": "watermark", "image": "upload://logo"}
    photo, logo = png_of(flat(60, 40)), png_of(flat(9, 9, (255, 0, 0)))
    *told, done = served(order_of(step, assets=("upload://logo",)), photo, logo)
    files = done["files"]

    assert [(-1, "decoding"), (0, "watermark"), (1, "encoding")] == [(word["index"], word["step"]) for word in told]
    assert isinstance(files, list)
    assert edit(photo, step, assets={"upload://logo": logo}) == unpack_edited(done["edited"], files)


def test_a_child_tells_refusals_and_verdicts(served: Callable[..., list[dict[str, object]]]) -> None:
    """The child keeps running after each."""
    *_, outside = served(order_of({"op": "crop", "width": 99, "height": 9}), png_of(flat(60, 40)))
    *_, unknown = served(order_of(), b"no photo")
    *_, fine = served(order_of(), jpeg())

    assert ("refused", "INVALID_INPUT") == (outside["event"], outside["code"])
    assert ("verdict", "CORRUPT") == (unknown["event"], unknown["verdict"])
    assert "done" == fine["event"]


@pytest.mark.faults
@pytest.mark.parametrize(
    "body",
    [
        "send({'event': 'step', 'index': 'one', 'step': 'blur', 'blobs': []})",
        "send({'event': 'step', 'index': 1, 'blobs': []})",
        "send({'event': 'decoded', 'blobs': []})",
        "send({'event': 'refused', 'code': 'INVALID_INPUT', 'blobs': []})",
        "send({'event': 'refused', 'code': 'LOVELY', 'details': {}, 'blobs': []})",
        "send({'event': 'done', 'edited': {}, 'blobs': []})",
        "send({'event': 'done', 'edited': {}, 'blobs': [1]}, [b'x'])",
        "send({'event': 'done', 'rendering': {}, 'blobs': []})",
    ],
)
def test_a_child_that_talks_nonsense_about_an_edit_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    """No message of it is trusted."""
    monkeypatch.setattr(process, "EXIT_GRACE_S", 0.05)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", write_child(tmp_path, f"{body}; time.sleep(600)"))
        stranger = DecoderProcess(64)
    with Source.from_bytes(jpeg()) as source, pytest.raises(PhotoError) as caught:
        stranger.edit([(source, A_JPEG)], order_of(), on_step=ignore, seconds_left=None)

    assert "DECODER_CRASHED" == caught.value.code
    assert not is_alive(stranger.pid)
