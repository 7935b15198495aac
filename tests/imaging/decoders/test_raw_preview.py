"""The camera's own preview stands for a RAW where it is large enough, and never where it is not."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from processor.errors import PhotoError
from processor.imaging.model import Rendering
from processor.recipe import Raw, Recipe
from testkit.photos.exif import CAMERA, exif
from testkit.photos.icc import adobe_rgb
from testkit.photos.ifd import Blob, Directory, ascii_text, long, short, tiff
from testkit.photos.jpeg import jpeg
from testkit.photos.raw import camera_entries, dng, mosaic, mosaic_entries, preview
from testkit.photos.scene import Pixels, furthest, patch_colours, scene, stored
from tests.imaging.prints import developed, pixels_of, recipe, shown

SENSOR = scene(960, 640)
EXACT = 2
"""The preview is the camera's own JPEG; a demosaic of the same scene is up to 16 levels brighter."""


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
    small = scene(240, 160)
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


def test_the_preview_makes_the_sizes_that_it_fills_and_a_demosaic_the_larger_ones() -> None:
    """A long side of 480 px fills 480 and 240; half the sensor would too, but the camera's own picture is better."""
    rendering = render(dng(SENSOR, preview=preview(480, 320)), recipe((960, 960), (480, 480), (240, 240)))

    expected = {"s960x960": "raw-full", "s480x480": "raw-preview", "s240x240": "raw-preview"}
    assert expected == rendering.receipt.sources
    assert "raw-full" == rendering.receipt.decoder
    why = "the preview of 480×320 px fills these sizes; the preview is too small; full size"
    assert why == rendering.receipt.decoder_why
    by_size = {print_.size: furthest(pixels_of(print_)) for print_ in rendering.renditions}
    assert max(by_size["s480x480"], by_size["s240x240"]) <= EXACT < by_size["s960x960"]


def test_a_small_preview_leaves_the_larger_sizes_to_half_the_sensor() -> None:
    """The receipt names the source of each size."""
    rendering = render(dng(SENSOR, preview=preview(240, 160)), recipe((480, 480), (240, 240)))

    assert {"s480x480": "raw-half", "s240x240": "raw-preview"} == rendering.receipt.sources


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
        pytest.param(dng_with_bitmap(), "the embedded preview is a bare thumbnail", id="bitmap"),
        pytest.param(dng(SENSOR), "there is no embedded preview", id="none"),
    ],
)
@pytest.mark.parametrize("strategy", ["auto", "preview"])
def test_a_preview_that_cannot_stand_for_the_photo_is_refused(data: bytes, reason: str, strategy: str) -> None:
    """The sensor's own data is developed instead, and the receipt says why."""
    plan = recipe((240, 240), raw=Raw.model_validate({"strategy": strategy}))
    rendering = render(data, plan)

    assert {"s240x240": "raw-half"} == rendering.receipt.sources
    assert f"{reason}; half size fills the larger sizes" == rendering.receipt.decoder_why


def test_a_tiny_preview_is_not_used() -> None:
    """Unless a preview is what the settings ask for: then it is shown at its own size."""
    data = dng(SENSOR, preview=preview(60, 40))
    chosen = render(data, recipe((240, 240)))
    asked_for = render(data, recipe((240, 240), raw=Raw(strategy="preview")))

    why = "the preview is too small; half size fills the larger sizes"
    assert ("raw-half", why) == (chosen.receipt.decoder, chosen.receipt.decoder_why)
    assert ("raw-preview", 60) == (asked_for.receipt.decoder, asked_for.renditions[0].width)


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

    assert "the settings ask for a demosaic; half size fills the larger sizes" == rendering.receipt.decoder_why


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
    assert rendering.receipt.decoder_why.endswith("LibRaw cannot decode this RAW; the preview of 480×320 px saves it")


@pytest.mark.parametrize("data", [dng(SENSOR, preview=preview(400, 267)), dng(SENSOR)], ids=["small", "none"])
def test_a_small_preview_is_never_passed_off_as_the_photo(data: bytes) -> None:
    """Not even when nothing else can be decoded."""
    with pytest.raises(PhotoError) as caught:
        render(jpeg_xl(data), recipe((960, 960)))

    assert "UNSUPPORTED_FORMAT" == caught.value.code
