"""Check in which process a picture is edited, and how an edit stops."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from functools import cache
from threading import Thread
from time import sleep

import pytest

from processor.errors import EditError, OutOfTime, PhotoError
from processor.imaging import edit_line
from processor.imaging.edit_model import Edited, EditLimits, OutputWish
from processor.imaging.editor import Editor, is_long, misnamed
from processor.imaging.geometry import Box
from processor.imaging.model import ImageFormat
from processor.imaging.structure.header import Header
from processor.imaging.work import require_affordable, size_after
from processor.source import Source
from testkit.photos.heif import avif, heic, transparent_heic
from testkit.photos.jpeg import cut, jpeg
from testkit.photos.raster import animated_gif, bmp, png
from testkit.photos.scene import textured
from tests.factories.descriptors import open_descriptors, opened_since
from tests.imaging.isolation.children import ends_soon, is_alive
from tests.imaging.steps.trials import Step, applied, edit, flat, picture_of, plan_of, png_of

SMALLER: Step = {"op": "resize", "width": 60}
SLOW: tuple[Step, ...] = ({"op": "denoise"},) * 40
"""Seconds of work on a large picture, so that a test can interrupt it."""


@cache
def large() -> bytes:
    """Draw a picture that a step takes a while for."""
    return png_of(textured(1500, 1000))


@pytest.fixture(scope="module")
def always() -> Iterator[Editor]:
    """Make an editor that trusts no file; its child serves the tests of this module until one of them kills it."""
    with Editor(isolate="always") as editor:
        yield editor


@pytest.fixture(scope="module")
def lenient() -> Iterator[Editor]:
    """Make an editor as in Lambda: small work on common formats needs no child."""
    with Editor() as editor:
        yield editor


def run(editor: Editor, data: bytes, *steps: Step, limits: EditLimits | None = None, **options: object) -> Edited:
    """Edit *data*; one step by default."""
    with Source.from_bytes(data) as source:
        return editor.edit(source, plan_of(*(steps or (SMALLER,))), limits or EditLimits(), **options)  # pyright: ignore[reportArgumentType]


def child_of(editor: Editor) -> int:
    """Return its child's process id, or 0."""
    return editor._child.pid if editor._child is not None else 0


def isolated_jobs(editor: Editor) -> int:
    """Return how many edits its child has done."""
    return editor._child.jobs if editor._child is not None else 0


@pytest.mark.parametrize(
    ("data", "steps", "isolated"),
    [
        (jpeg(), [SMALLER], False),
        (png(), [{"op": "blur"}, {"op": "format", "to": "webp"}], False),
        (heic(), [SMALLER], True),
        (avif(), [SMALLER], True),
        (bmp(), [SMALLER], True),
        (animated_gif(3), [SMALLER], True),
        (jpeg(), [SMALLER, {"op": "format", "to": "avif"}], True),
        (jpeg(), [{"op": "quality", "max_bytes": 50_000}], True),
        (jpeg(), [{"op": "resize", "percent": 200}], True),
        (jpeg(), [{"op": "pad", "aspect": "1:9"}], True),
    ],
    ids=["jpeg", "png", "heic", "avif", "bmp", "animation", "to avif", "within bytes", "larger", "padded"],
)
def test_risky_sources_and_long_work_go_to_a_child(
    lenient: Editor, data: bytes, steps: list[Step], *, isolated: bool
) -> None:
    """Other edits stay in this process: a child costs time."""
    before = isolated_jobs(lenient)
    run(lenient, data, *steps)

    assert isolated == (isolated_jobs(lenient) - before)


LARGE = Header(format="jpeg", width=7000, height=7000)
TO_GIF: Step = {"op": "format", "to": "gif"}
TURNED: Step = {"op": "rotate", "degrees": 45}
LOGO: Step = {"op": "watermark", "image": "upload://logo"}


@pytest.mark.parametrize(
    ("size", "steps", "long"),
    [
        ((7000, 7000), [TO_GIF], True),
        ((7000, 7000), [SMALLER, TO_GIF], False),
        ((3000, 2000), [TO_GIF], False),
        ((7000, 7000), [TURNED], True),
        ((7000, 7000), [{"op": "rotate", "degrees": 90}], False),
        ((1000, 1000), [TURNED, TO_GIF], False),
        ((7000, 7000), [{"op": "border", "width": 500}], True),
        ((800, 600), [LOGO], False),
        ((800, 600), [LOGO] * 4, True),
    ],
    ids=["gif", "small gif", "6 MP gif", "turned", "a quarter", "small and turned", "border", "a mark", "four marks"],
)
def test_work_is_estimated_from_every_input_every_size_and_the_encoder(
    size: tuple[int, int], steps: list[Step], *, long: bool
) -> None:
    """A GIF of 49 MP takes a minute, one turned by 45 degrees has 98 MP, and each mark is decoded too."""
    header = Header(format="jpeg", width=size[0], height=size[1])

    assert long == is_long(plan_of(*steps), OutputWish(), header, {"upload://logo": LARGE})


def test_watermarks_with_too_many_pixels_in_all_are_refused_before_they_are_decoded() -> None:
    """Ten times the pixels that one picture may have; each use of a mark counts."""
    marks = {"upload://logo": LARGE}
    require_affordable(plan_of(*[LOGO] * 16), LARGE, marks, EditLimits())
    with pytest.raises(EditError) as caught:
        require_affordable(plan_of(*[LOGO] * 20), LARGE, marks, EditLimits())

    sentence = (
        "The picture and its watermarks are too large together: expected at most 1,000 megapixels, received 1,029. "
        "Use smaller watermarks, or fewer."
    )
    assert ("DIMENSIONS_TOO_LARGE", sentence) == (caught.value.code, caught.value.public)


def test_a_child_starts_when_the_first_edit_needs_one() -> None:
    """An edit that stays in this process starts none; the same edit is isolated on request."""
    with Editor() as editor:
        run(editor, jpeg())
        assert child_of(editor) == 0
        isolated = run(editor, jpeg(), isolated=True)
        assert child_of(editor) > 0

    assert edit(jpeg(), SMALLER) == isolated


@pytest.mark.parametrize(
    ("step", "size"),
    [
        ({"op": "rotate", "degrees": 45}, (212, 212)),
        ({"op": "rotate", "degrees": -90}, (100, 200)),
        ({"op": "border", "width": 10}, (220, 120)),
        ({"op": "extend", "top": 5, "left": 7}, (207, 105)),
        ({"op": "pad", "aspect": "1:1"}, (200, 200)),
        ({"op": "pad", "width": 300, "height": 50}, (300, 100)),
        ({"op": "resize", "width": 100}, (100, 50)),
        ({"op": "resize", "width": 300, "height": 300, "fit": "contain"}, (300, 300)),
        ({"op": "blur"}, (200, 100)),
    ],
)
def test_the_estimated_size_is_that_of_the_step(step: Step, size: tuple[int, int]) -> None:
    """Compared with the picture that the step makes, within a pixel."""
    (one,) = plan_of(step).steps
    made = applied(step, picture_of(flat(200, 100))).size
    estimated = size_after(Box(200, 100), one)

    assert size == (estimated.width, estimated.height)
    assert abs(made.width - estimated.width) <= 1
    assert abs(made.height - estimated.height) <= 1


@pytest.mark.parametrize(("count", "long"), [(6, False), (7, True)])
def test_many_steps_on_a_large_picture_are_long(count: int, long: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """24 megapixels, six steps: a few seconds."""
    header = Header(format="jpeg", width=6000, height=4000)

    assert long == is_long(plan_of(*[{"op": "blur"}] * count), OutputWish(), header)


def test_a_risky_watermark_is_decoded_in_a_child(lenient: Editor) -> None:
    """It does so also when the picture itself is harmless."""
    step: Step = {"op": "watermark", "image": "upload://logo"}
    before = isolated_jobs(lenient)
    with Source.from_bytes(transparent_heic()) as logo:
        marked = run(lenient, png_of(flat(400, 400)), step, assets={"upload://logo": logo})

    assert before + 1 == isolated_jobs(lenient)
    assert edit(png_of(flat(400, 400)), step, assets={"upload://logo": transparent_heic()}).data == marked.data


def test_an_isolated_edit_is_the_same_edit(always: Editor) -> None:
    """Byte for byte, with its notes, its options and its progress."""
    told: list[tuple[int, str]] = []
    steps: list[Step] = [{"op": "text", "text": "Tokyo 東京"}, {"op": "grayscale"}, {"op": "format", "to": "webp"}]
    output = OutputWish(quality=70, max_width=200)
    isolated = run(always, jpeg(), *steps, output=output, on_step=lambda index, step: told.append((index, step)))

    assert edit(jpeg(), *steps, output=output) == isolated
    assert [(-1, "decoding"), (0, "text"), (1, "grayscale"), (2, "format"), (3, "encoding")] == told
    assert 1 == len(isolated.notes)


def test_one_child_serves_good_and_bad_pictures(always: Editor) -> None:
    """The child survives verdicts and refusals, and no descriptor leaks."""
    run(always, jpeg())
    files, pid = open_descriptors(), child_of(always)
    for data, steps in ((cut(jpeg(), 0.5), [SMALLER]), (jpeg(), [{"op": "crop", "width": 999, "height": 9}])):
        with pytest.raises((PhotoError, EditError)):
            run(always, data, *steps)
    run(always, heic())

    assert pid == child_of(always)
    assert not opened_since(files)


def test_a_refusal_of_a_child_is_complete(always: Editor) -> None:
    """Code, sentence and details are kept."""
    with pytest.raises(EditError) as caught:
        run(always, jpeg(), {"op": "crop", "width": 999, "height": 9})

    sentence = (
        "The crop does not fit: the picture is 480 × 320 px at this step, received a part of 999 × 9 px. "
        "Choose a smaller part."
    )
    error = caught.value
    assert ("INVALID_INPUT", sentence) == (error.code, error.public)
    assert {"width": 480, "height": 320} == error.details


@pytest.mark.parametrize("isolate", ["risky", "always"])
def test_raising_at_a_step_stops_the_edit_and_leaves_nothing(isolate: str) -> None:
    """The working child is killed; the next edit starts another."""
    seen: list[int] = []
    with Editor(isolate="always" if isolate == "always" else "risky") as editor:

        def cancel(index: int, _: str) -> None:
            seen.append(child_of(editor))
            if index == 1:
                raise InterruptedError("cancelled")

        with pytest.raises(InterruptedError, match="cancelled"):
            run(editor, jpeg(), {"op": "grayscale"}, {"op": "blur"}, {"op": "negate"}, on_step=cancel)

        assert 3 == len(seen), "decoding, the first step, the second"
        assert isolate == "risky" or not is_alive(seen[0])
        assert 60 == run(editor, jpeg()).width


@pytest.mark.faults
def test_an_invocation_that_ends_first_raises_out_of_time(always: Editor) -> None:
    """A child is stopped within a step; the next edit works."""
    run(always, jpeg())
    with pytest.raises(OutOfTime):
        run(always, large(), *SLOW, seconds_left=0.2)

    assert 60 == run(always, jpeg(), seconds_left=60).width


def test_work_done_here_stops_between_steps_when_time_is_up() -> None:
    """OutOfTime is no verdict: the edit is due for another try."""
    with Editor() as editor, pytest.raises(OutOfTime, match="no time left for this edit"):
        run(editor, jpeg(), seconds_left=0.0)


@pytest.mark.faults
def test_a_step_that_takes_too_long_is_named(always: Editor) -> None:
    """The error states the limit."""
    with pytest.raises(EditError) as caught:
        run(always, large(), {"op": "denoise"}, limits=EditLimits(step_timeout_s=0.05))

    sentence = "The edit took too long: expected at most 0.05 s for the step “denoise”. Try it on a smaller picture."
    assert ("PROCESSING_TIMEOUT", sentence) == (caught.value.code, caught.value.public)
    assert 60 == run(always, jpeg()).width


@pytest.mark.faults
def test_a_fresh_child_killed_at_work_is_a_verdict_and_a_used_one_is_not(always: Editor) -> None:
    """An earlier picture may have damaged a used child, so the edit is repeated in a new one."""
    struck: list[int] = []

    def strike(_: int, step: str) -> None:
        if step == "grayscale" and len(struck) < 1:
            struck.append(child_of(always))
            os.kill(struck[0], signal.SIGKILL)

    always.close()
    with pytest.raises(PhotoError) as caught:
        run(always, large(), {"op": "grayscale"}, {"op": "denoise"}, on_step=strike)
    assert "DECODER_CRASHED" == caught.value.code

    run(always, jpeg())
    struck.clear()
    assert 1500 == run(always, large(), {"op": "grayscale"}, on_step=strike).width
    assert 1 == len(struck)


@pytest.mark.faults
def test_a_picture_that_needs_too_much_memory_is_a_verdict(always: Editor) -> None:
    """The child's memory grows, the caller's does not."""
    with pytest.raises(PhotoError) as caught:
        run(always, png_of(flat(6000, 4000)), {"op": "negate"}, limits=EditLimits(memory_mib=80))

    assert "DECODER_OUT_OF_MEMORY" == caught.value.code
    assert (
        "The picture needs too much memory with these edits: expected at most 80 MiB. "
        'Make it smaller first ("resize to 2000px, then …"), or leave out a step.'
    ) == caught.value.public
    assert 60 == run(always, jpeg()).width


def test_nothing_is_left_after_the_block() -> None:
    """No process and no descriptor, also after a kill from outside."""
    files = open_descriptors()
    with Editor(isolate="always") as editor:
        run(editor, jpeg())
        pid = child_of(editor)
        killer = Thread(target=lambda: (sleep(0.01), os.kill(pid, signal.SIGKILL)))
        killer.start()
        killer.join()
    editor.close()

    assert ends_soon(pid)
    assert not opened_since(files)


@pytest.mark.parametrize(
    ("name", "kind", "note"),
    [
        ("photo.png", "jpeg", "The file is named .png, its content is JPEG."),
        ("photo.JPG", "jpeg", ""),
        ("photo.jfif", "jpeg", ""),
        ("photo", "png", ""),
        ("photo.txt", "png", ""),
        ("", "png", ""),
    ],
)
def test_an_extension_of_another_format_adds_a_note(name: str, kind: ImageFormat, note: str) -> None:
    """The content decides; the result may have another extension than the source."""
    assert note == misnamed(name, kind)


def test_the_note_comes_with_the_result() -> None:
    """The note is the last one."""
    with Editor() as editor:
        *_, note = run(editor, jpeg(), {"op": "resize", "width": 999}, file_name="photo.png").notes

    assert "The file is named .png, its content is JPEG." == note


def test_a_defect_in_a_step_is_no_verdict_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected exception of a step reaches the caller unchanged."""

    def fail(*_: object) -> None:
        raise KeyError("a defect")

    monkeypatch.setattr(edit_line, "_applied", fail)
    with Editor() as editor, pytest.raises(KeyError, match="a defect"):
        run(editor, jpeg())
