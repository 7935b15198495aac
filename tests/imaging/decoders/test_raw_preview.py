"""The camera's own preview stands for a RAW where it is large enough, and never where it is not."""

from __future__ import annotations

import re
import struct
from functools import cache

import numpy as np
import pytest

from processor.errors import PhotoError
from processor.imaging.model import Rendering
from processor.recipe import Raw, Recipe
from testkit.photos.exif import CAMERA, exif
from testkit.photos.icc import adobe_rgb
from testkit.photos.ifd import Blob, Directory, ascii_text, long, short, tiff
from testkit.photos.jpeg import jpeg
from testkit.photos.raw import camera_entries, camera_look, dng, mosaic, mosaic_entries, preview, small_preview
from testkit.photos.scene import Pixels, furthest, patch_colours, scene, stored
from tests.imaging.prints import developed, pixels_of, recipe, shown

SENSOR = scene(960, 640)
EXACT = 2
"""Levels of 8 bit: coding, and nothing else."""


@cache
def look() -> Pixels:
    """Show the sensor's scene as the camera's own JPEG does."""
    return camera_look(SENSOR)


def render(data: bytes, plan: Recipe) -> Rendering:
    """Develop a DNG."""
    return developed(data, plan, file_name="photo.dng")


def with_garbage_inside(data: bytes) -> bytes:
    """Spoil a JPEG's coded data; its structure stays whole."""
    start = data.index(b"\xff\xda") + 14
    return data[:start] + b"\x55" * (len(data) - start - 2) + data[-2:]


def jpeg_xl(data: bytes) -> bytes:
    """Let the mosaic call itself compressed by JPEG XL, as recent phones write: LibRaw cannot decode it."""
    uncompressed = struct.pack("<HHII", 0x0103, 3, 1, 1)
    assert data.count(uncompressed) == 1
    return data.replace(uncompressed, struct.pack("<HHII", 0x0103, 3, 1, 52546))


def dng_with_bitmap() -> bytes:
    """Build a DNG whose preview is bare RGB, as old cameras write it."""
    small = camera_look(scene(240, 160))
    first = {
        0x00FE: long(1),
        0x0100: long(240),
        0x0101: long(160),
        0x0102: short(8, 8, 8),
        0x0103: short(1),
        0x0106: short(2),
        0x0111: Blob(small.tobytes()),
        0x0115: short(3),
        0x0116: long(160),
        0x0117: long(small.nbytes),
    }
    return tiff(Directory({**first, **CAMERA, **camera_entries(), 0x014A: Directory(mosaic_entries(mosaic(SENSOR)))}))


def turned_preview(orientation: int) -> bytes:
    """Encode a preview as the sensor lies."""
    picture: Pixels = np.ascontiguousarray(stored(scene(480, 320), orientation))
    return jpeg(picture)


def test_a_preview_that_fills_the_largest_size_makes_all() -> None:
    """A long side of 480 px fills 480 and 240; half the sensor would too, but the camera's own picture is better."""
    rendering = render(dng(SENSOR, preview=preview(480, 320)), recipe((480, 480), (240, 240)))

    assert {"s480x480": "raw-preview", "s240x240": "raw-preview"} == rendering.receipt.sources
    assert "the embedded preview of 480×320 px: it fills the largest size" == rendering.receipt.decoder_why
    assert max(furthest(pixels_of(one)) for one in rendering.renditions) <= EXACT


@pytest.mark.parametrize(("box", "decoder"), [((960, 960), "raw-full"), ((480, 480), "raw-half")])
def test_a_preview_too_small_for_the_largest_size_lends_its_look_to_the_sensor(
    box: tuple[int, int], decoder: str
) -> None:
    """One source for all sizes: none looks different from the others, and all look as the camera meant."""
    rendering = render(dng(SENSOR, preview=small_preview(look())), recipe(box, (240, 240)))

    assert {decoder} == set(rendering.receipt.sources.values())
    assert rendering.receipt.decoder_why.startswith(
        "the embedded preview of 240×160 px does not fill the largest size; "
    )
    found = re.fullmatch(
        r"camera matrix → sRGB, tone and colour matched to the embedded preview "
        r"\(mean ΔE2000 (\d+\.\d) before, (\d+\.\d) after\)",
        rendering.receipt.colour,
    )
    assert found
    assert float(found[1]) > 4
    assert float(found[2]) < 1
    expected = patch_colours(look())
    for one in rendering.renditions:
        colours = patch_colours(pixels_of(one))
        assert max(abs(a - b) for name in expected for a, b in zip(expected[name], colours[name], strict=True)) <= 8


def test_a_preview_that_lacks_a_few_edge_pixels_fills_the_whole_sensors_size() -> None:
    """Cameras cut them off; the size is then the preview's, which is not enlarged."""
    rendering = render(dng(SENSOR, preview=preview(950, 634)), recipe((960, 960)))

    assert ("raw-preview", 950, 634) == (
        rendering.receipt.decoder,
        rendering.renditions[0].width,
        rendering.renditions[0].height,
    )


@pytest.mark.parametrize(
    ("orientation", "turned"),
    [*((n, False) for n in range(1, 9)), *((n, True) for n in range(5, 9))],  # only a quarter turn shows in the shape
)
def test_a_turned_preview_is_matched_where_it_shows_the_same(orientation: int, *, turned: bool) -> None:
    """Stored as the sensor lies, or already upright: it is laid over the same part of the picture."""
    shown_by_camera = look() if turned else np.ascontiguousarray(stored(look(), orientation))
    data = dng(SENSOR, orientation=orientation, preview=small_preview(shown_by_camera))
    rendering = render(data, recipe((960, 960)))

    assert "matched to the embedded preview" in rendering.receipt.colour
    expected, colours = patch_colours(look()), patch_colours(pixels_of(rendering.renditions[0]))
    assert max(abs(a - b) for name in expected for a, b in zip(expected[name], colours[name], strict=True)) <= 8


@pytest.mark.parametrize(
    "broken",
    [SENSOR[..., ::-1], SENSOR[::-1, ::-1], 255 - SENSOR],
    ids=["red and blue exchanged", "another part of the scene", "negative"],
)
def test_a_preview_that_no_regular_look_reaches_is_not_matched(broken: Pixels) -> None:
    """The plain conversion is right then; the receipt says how far apart they stayed."""
    small = np.ascontiguousarray(broken[::4, ::4])
    rendering = render(dng(SENSOR, preview=jpeg(small)), recipe((960, 960)))

    assert rendering.receipt.colour.startswith(
        "camera matrix → sRGB; a match to the embedded preview fails (mean ΔE2000 "
    )
    assert furthest(pixels_of(rendering.renditions[0])) <= EXACT + 1


def test_a_preview_equal_to_the_plain_conversion_changes_nothing() -> None:
    """A look must be closer by something that shows."""
    rendering = render(dng(SENSOR, preview=preview(240, 160)), recipe((960, 960)))

    assert furthest(pixels_of(rendering.renditions[0])) <= EXACT + 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(
            dng(SENSOR, preview=preview(480, 320, grey=True)),
            "the embedded preview is monochrome though the sensor sees colour",
            id="one channel",
        ),
        pytest.param(
            dng(SENSOR, preview=jpeg(np.repeat(scene(480, 320)[..., :1], 3, axis=2))),
            "the embedded preview is monochrome though the sensor sees colour",
            id="three equal channels",
        ),
        pytest.param(
            dng(SENSOR, preview=preview(400, 300)),
            "the embedded preview has another aspect (400×300 against 960×640)",
            id="aspect",
        ),
        pytest.param(
            dng(SENSOR, preview=preview(480, 320)[:-2]),
            "the embedded preview is broken (The file is incomplete: the JPEG has no end marker.)",
            id="cut",
        ),
        pytest.param(
            dng(SENSOR, preview=with_garbage_inside(preview(480, 320))),
            "the embedded preview cannot be decoded",
            id="garbage",
        ),
        pytest.param(
            dng(SENSOR, preview=preview(60, 40)), "the embedded preview is too small to use (60×40)", id="tiny"
        ),
        pytest.param(dng(SENSOR), "there is no embedded preview", id="none"),
    ],
)
@pytest.mark.parametrize("strategy", ["auto", "preview"])
def test_a_preview_that_cannot_stand_for_the_photo_is_refused(data: bytes, reason: str, strategy: str) -> None:
    """The sensor's own data is developed instead, and the receipt says why."""
    plan = recipe((240, 240), raw=Raw.model_validate({"strategy": strategy}))
    rendering = render(data, plan)

    assert {"s240x240": "raw-half"} == rendering.receipt.sources
    assert f"{reason}; half size fills the largest size" == rendering.receipt.decoder_why


@pytest.mark.parametrize("strategy", ["auto", "preview"])
def test_a_bare_thumbnail_lends_its_look_and_is_never_shown(strategy: str) -> None:
    """Old cameras embed a small bitmap: not even the strategy *preview* shows it."""
    plan = recipe((240, 240), raw=Raw.model_validate({"strategy": strategy}))
    rendering = render(dng_with_bitmap(), plan)

    assert {"s240x240": "raw-half"} == rendering.receipt.sources
    why = "the embedded bare thumbnail of 240×160 px does not fill the largest size; half size fills the largest size"
    assert why == rendering.receipt.decoder_why
    assert "matched to the embedded preview" in rendering.receipt.colour


def test_the_strategy_preview_never_enlarges_it() -> None:
    """Sizes are computed from the preview's own; the photo's stays the sensor's."""
    rendering = render(
        dng(SENSOR, preview=preview(480, 320)), recipe((960, 960), (240, 240), raw=Raw(strategy="preview"))
    )

    assert {"raw-preview"} == set(rendering.receipt.sources.values())
    assert {(480, 320), (240, 160)} == {(print_.width, print_.height) for print_ in rendering.renditions}
    assert (960, 640) == (rendering.width, rendering.height)


def test_the_strategy_demosaic_never_looks_at_the_preview() -> None:
    """For those who want one look in all sizes."""
    rendering = render(dng(SENSOR, preview=preview(960, 640)), recipe((240, 240), raw=Raw(strategy="demosaic")))

    assert "the settings ask for a demosaic; half size fills the largest size" == rendering.receipt.decoder_why


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_preview_that_lies_as_the_sensor_is_turned_once(orientation: int) -> None:
    """Its own EXIF does not count, the RAW's does."""
    data = dng(SENSOR, orientation=orientation, preview=turned_preview(orientation))
    rendering = render(data, recipe((240, 240)))

    assert orientation == rendering.receipt.orientation
    assert (240, 160) == (rendering.renditions[0].width, rendering.renditions[0].height)
    assert furthest(pixels_of(rendering.renditions[0])) <= EXACT


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_a_preview_that_is_upright_already_is_not_turned(orientation: int) -> None:
    """Some cameras turn it themselves: its shape tells."""
    rendering = render(dng(SENSOR, orientation=orientation, preview=preview(480, 320)), recipe((240, 240)))

    assert 1 == rendering.receipt.orientation
    assert furthest(pixels_of(rendering.renditions[0])) <= EXACT


def test_a_preview_in_adobe_rgb_is_converted() -> None:
    """Cameras set to Adobe RGB say so by "R03" in the preview's EXIF."""
    block = tiff(Directory({0x8769: Directory({0xA005: Directory({1: ascii_text("R03")})})}))
    found = patch_colours(shown(dng(SENSOR, preview=jpeg(scene(480, 320), exif_block=block)), recipe((480, 480))))
    expected = patch_colours(shown(jpeg(scene(480, 320), icc=adobe_rgb()), recipe((480, 480))))

    assert all(abs(a - b) <= 2 for name in expected for a, b in zip(expected[name], found[name], strict=True))
    assert max(abs(a - b) for a, b in zip(found["red"], (200, 40, 40), strict=True)) > 20


def test_a_large_preview_saves_a_raw_that_libraw_cannot_decode() -> None:
    """Half the sensor's long side, or 1,600 px: shown at its own size, and the receipt says so."""
    data = jpeg_xl(dng(SENSOR, preview=jpeg(scene(480, 320), exif_block=exif())))
    rendering = render(data, recipe((960, 960), (240, 240)))

    assert {"raw-preview"} == set(rendering.receipt.sources.values())
    assert {(480, 320), (240, 160)} == {(print_.width, print_.height) for print_ in rendering.renditions}
    why = "the embedded preview of 480×320 px: LibRaw cannot decode the sensor's picture"
    assert why == rendering.receipt.decoder_why


@pytest.mark.parametrize("data", [dng(SENSOR, preview=preview(400, 267)), dng(SENSOR)], ids=["small", "none"])
def test_a_small_preview_is_never_passed_off_as_the_photo(data: bytes) -> None:
    """Not even when nothing else can be decoded."""
    with pytest.raises(PhotoError) as caught:
        render(jpeg_xl(data), recipe((960, 960)))

    assert "UNSUPPORTED_FORMAT" == caught.value.code
