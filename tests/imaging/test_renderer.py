"""Check in which process a photo is rendered, and how failures of a decoder end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from functools import cache
from threading import Thread
from time import monotonic, sleep

import numpy as np
import pytest
import pyvips

from processor.errors import OutOfTime, PhotoError
from processor.imaging.model import RenderInputs
from processor.imaging.renderer import Renderer, is_risky
from processor.imaging.structure.header import Header
from processor.recipe import DecodeLimits, Focus, Recipe, Size
from processor.source import Source
from testkit.photos.heif import avif, heic, huge_grid
from testkit.photos.jpeg import cut, jpeg
from testkit.photos.raster import bmp, gif, png, tiff_photo, webp
from testkit.photos.raw import dng
from testkit.photos.scene import furthest, scene, textured
from tests.factories.descriptors import open_descriptors, opened_since
from tests.imaging.isolation.children import ends_soon, is_alive, quick
from tests.imaging.prints import developed, pixels_of, recipe
from tests.patience import HANG_S

SLOW = Recipe(sizes={"large": Size(width=1500, height=1500)}, formats=("jpeg", "avif"))
"""Seconds of encoding, so that a test can interrupt it."""


@pytest.fixture(scope="module")
def always() -> Iterator[Renderer]:
    """Make a renderer that trusts no file; its child serves the tests of this module until one of them kills it."""
    with Renderer(isolate="always") as renderer:
        yield renderer


@pytest.fixture(scope="module")
def lenient() -> Iterator[Renderer]:
    """Make a renderer as in Lambda: common formats need no child."""
    with Renderer() as renderer:
        yield renderer


def child_of(renderer: Renderer) -> int:
    """Return its child's process id, or 0."""
    return renderer._child.pid if renderer._child is not None else 0


def render(renderer: Renderer, data: bytes, plan: Recipe | None = None, *, seconds_left: float | None = None) -> str:
    """Render *data*; return the verdict's code, or ``isolated`` or ``here``."""
    with Source.from_bytes(data) as source:
        try:
            rendering = renderer.render(source, plan or quick(), file_name="photo", seconds_left=seconds_left)
        except PhotoError as error:
            return error.code
    return "isolated" if rendering.receipt.isolated else "here"


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (jpeg(), "here"),
        (png(), "here"),
        (webp(), "here"),
        (gif(), "here"),
        (tiff_photo(), "here"),
        (heic(), "isolated"),
        (avif(), "isolated"),
        (bmp(), "isolated"),
        (dng(), "isolated"),
    ],
    ids=["jpeg", "png", "webp", "gif", "tiff", "heic", "avif", "bmp", "raw"],
)
def test_only_decoders_with_a_history_of_crashes_are_isolated(lenient: Renderer, data: bytes, where: str) -> None:
    """Libvips' own loaders have no such history, and a child costs time."""
    assert where == render(lenient, data)


@pytest.mark.parametrize(
    ("header", "risky"),
    [
        (Header(format="jpeg", width=8_000, height=6_000), False),
        (Header(format="jpeg", width=8_000, height=6_500), True),
        (Header(format="tiff", width=8, height=8, legacy=True), True),
        (Header(format="heic", width=8, height=8), True),
    ],
    ids=["48 MP", "52 MP", "old tiff", "heic"],
)
def test_large_pictures_are_isolated_too(header: Header, risky: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """They need more memory than the caller may have."""
    assert risky == is_risky(header)


def test_avif_is_encoded_where_it_can_be_stopped(lenient: Renderer) -> None:
    """Encoding AVIF takes tens of seconds: an invocation that runs out of time must be able to end it."""
    assert "isolated" == render(lenient, jpeg(), recipe(formats=("jpeg", "avif")))
    assert "here" == render(lenient, jpeg(), recipe(formats=("jpeg", "webp")))


def test_an_isolated_photo_equals_one_rendered_here(always: Renderer) -> None:
    """The files are equal, byte for byte."""
    plan = recipe((240, 240), formats=("jpeg", "webp"))
    with Source.from_bytes(jpeg()) as source:
        isolated = always.render(source, plan, file_name="photo.jpg")

    assert developed(jpeg(), plan).renditions == isolated.renditions
    assert furthest(pixels_of(isolated.renditions[0])) <= 3


def test_one_child_serves_good_and_bad_photos(always: Renderer) -> None:
    """It starts at the first photo and is kept while it is healthy."""
    always.close()
    before = child_of(always)
    outcomes: list[str] = []
    pids: set[int] = set()
    for data in (jpeg(), heic(), cut(heic(), 0.5), b"no photo", png()):
        outcomes.append(render(always, data))
        pids.add(child_of(always))

    assert ["isolated", "isolated", "TRUNCATED", "NOT_AN_IMAGE", "isolated"] == outcomes
    assert (0, 1) == (before, len(pids))


def test_another_memory_limit_needs_another_child(always: Renderer) -> None:
    """The kernel enforces the first limit for good, so the first child is killed."""
    render(always, jpeg(), quick(memory_mib=900))
    first = child_of(always)
    render(always, jpeg(), quick(memory_mib=901))

    assert first != child_of(always)
    assert not is_alive(first)


def killed_at_work(renderer: Renderer, data: bytes) -> str:
    """Render *data* while the renderer's child is killed as the kernel's out-of-memory killer does it."""
    child = renderer._child
    assert child is not None
    victim, jobs = child.pid, child.jobs
    os.kill(victim, signal.SIGSTOP)  # or it might be done before the blow falls

    def strike() -> None:
        until = monotonic() + HANG_S
        while child.jobs == jobs and monotonic() < until:
            sleep(0.01)
        os.kill(victim, signal.SIGKILL)

    killer = Thread(target=strike)
    killer.start()
    try:
        return render(renderer, data)
    finally:
        killer.join()
        assert ends_soon(victim)


@pytest.mark.fault(19)
@pytest.mark.faults
def test_a_fresh_child_killed_while_it_works_is_a_verdict_and_the_next_photo_works(always: Renderer) -> None:
    """Only this photo can be the cause."""
    always.close()
    always._healthy_child(quick().limits.decoder_memory_mib)

    assert ("DECODER_CRASHED", "isolated") == (killed_at_work(always, jpeg()), render(always, heic()))


@pytest.mark.fault(19)
@pytest.mark.faults
def test_a_used_child_killed_while_it_works_is_no_verdict_on_its_photo(always: Renderer) -> None:
    """An earlier photo may have damaged it, so a new child renders the photo."""
    render(always, jpeg())

    assert "isolated" == killed_at_work(always, heic())


@pytest.mark.faults
def test_a_child_killed_between_two_photos_is_replaced_unnoticed(always: Renderer) -> None:
    """Lambda may freeze a sandbox between two photos."""
    render(always, jpeg())
    os.kill(child_of(always), signal.SIGKILL)

    assert "isolated" == render(always, jpeg())


@pytest.mark.faults
def test_a_decode_that_takes_too_long_is_a_verdict(always: Renderer) -> None:
    """The settings set the limit; the next photo works."""
    started = monotonic()
    limits = DecodeLimits(decode_timeout_s=0.05)
    verdict = render(always, png_of(4000, 4000), Recipe(limits=limits))

    assert "DECODE_TIMEOUT" == verdict
    assert monotonic() - started < HANG_S
    assert "isolated" == render(always, jpeg())


@pytest.mark.fault(19)
@pytest.mark.faults
def test_a_photo_that_needs_too_much_memory_is_a_verdict(always: Renderer) -> None:
    """Interlaced, 48 MB: it must be decoded as a whole. The caller stays as it was."""
    verdict = render(always, png_of(4000, 4000), Recipe(limits=DecodeLimits(decoder_memory_mib=100)))

    assert "DECODER_OUT_OF_MEMORY" == verdict
    assert "isolated" == render(always, jpeg())


@pytest.mark.faults
def test_an_invocation_that_ends_first_raises_out_of_time(always: Renderer) -> None:
    """The error is transient and no verdict on the photo."""
    with pytest.raises(OutOfTime):
        render(always, jpeg(textured(1500, 1000)), SLOW, seconds_left=0.1)

    assert "isolated" == render(always, jpeg(), seconds_left=60)


def test_nothing_is_left_after_the_block() -> None:
    """No process, no zombie, no descriptor; closing twice is safe."""
    files = open_descriptors()
    with Renderer(isolate="always") as renderer:
        render(renderer, jpeg())
        pid = child_of(renderer)
    renderer.close()

    assert not is_alive(pid)
    assert not opened_since(files)


def png_of(width: int, height: int) -> bytes:
    """Encode a large interlaced PNG in a few kilobytes."""
    image = pyvips.Image.black(width, height, bands=3).copy(interpretation="srgb")
    return image.pngsave_buffer(interlace=True, compression=1)


@cache
def phone_200mp() -> bytes:
    """Build a HEIC of 201 megapixels as phones write it: a grid of tiles."""
    return huge_grid(16, 12, np.kron(scene(128, 128), np.ones((8, 8, 1), np.uint8)))


def test_a_heic_of_200_megapixels_renders_within_the_decoders_memory() -> None:
    """The factory mode of some phones. The child's limits hold: 1,200 MiB and 10 s of computing time."""
    with Renderer() as renderer, Source.from_bytes(phone_200mp()) as source:
        rendering = renderer.render(source, Recipe(sizes={"small": Size(width=800, height=800)}), file_name="a.heic")

    assert (16_384, 12_288, True) == (rendering.width, rendering.height, rendering.receipt.isolated)
    assert rendering.receipt.peak_memory_mib <= DecodeLimits().decoder_memory_mib


def test_a_heic_that_needs_more_memory_is_refused_with_what_it_needs() -> None:
    """Before a child starts: operators can then raise the limit."""
    plan = Recipe(limits=DecodeLimits(decoder_memory_mib=700))
    with Renderer() as renderer, Source.from_bytes(phone_200mp()) as source, pytest.raises(PhotoError) as caught:
        renderer.render(source, plan, file_name="a.heic")

    expected = (
        "The photo needs too much memory to decode: expected at most 700 MiB, "
        "received a photo that takes at least 768 MiB."
    )
    assert ("DECODER_OUT_OF_MEMORY", expected) == (caught.value.code, caught.value.finding)


def test_a_child_cuts_around_the_same_focus(always: Renderer) -> None:
    """The focus reaches the decoder child, with the same pixels as here."""
    data, focus = jpeg(scene(600, 200)), Focus(0.9, 0.5)
    plan = Recipe(sizes={"square": Size(width=100, height=100, fit="cover")})
    with Source.from_bytes(data) as source:
        isolated = always.render(source, plan, file_name="photo.jpg", inputs=RenderInputs(focus=focus))

    assert isolated.receipt.isolated
    assert developed(data, plan, focus=focus).renditions == isolated.renditions
    assert developed(data, plan).renditions != isolated.renditions
