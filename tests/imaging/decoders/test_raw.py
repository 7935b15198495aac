"""Camera RAW: from the sensor, at half or full size, upright, in the right colours."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import rawpy
from numpy.typing import NDArray

from processor.errors import PhotoError
from processor.imaging.decoders import raw as decoder
from processor.imaging.decoders.raw import verdict_of
from processor.imaging.decoders.sensor import ORIENTATIONS, Sensor, _white_level, square, without_margin
from processor.imaging.exif import NO_EXIF
from processor.imaging.geometry import Box, Rung
from processor.imaging.model import Rendering
from processor.imaging.structure.dng import Frame
from processor.imaging.structure.header import Header
from processor.recipe import Raw, Recipe
from testkit.photos import extra
from testkit.photos.ifd import Value, long, rational, short
from testkit.photos.jpeg import cut, jpeg
from testkit.photos.raw import dng, preview, small_look
from testkit.photos.scene import furthest, patch_colours, scene
from tests.imaging.prints import developed, pixels_of, recipe, shown
from tests.patience import HANG_S

EXACT = 3
"""Levels: the plain conversion shows the scene as it was, without any brightening."""
SENSOR = scene(960, 640)
LIBRAW = ".".join(map(str, rawpy.libraw_version))
UNKNOWN_RAW = f"This camera's RAW cannot be decoded: expected a kind that LibRaw {LIBRAW} knows."


def render(data: bytes, plan: Recipe) -> Rendering:
    """Develop a DNG."""
    return developed(data, plan, file_name="photo.dng")


@pytest.mark.parametrize(
    ("box", "decoder", "why"),
    [
        ((960, 960), "raw-full", "there is no embedded preview; full size"),
        ((481, 481), "raw-full", "there is no embedded preview; full size"),
        ((480, 480), "raw-half", "there is no embedded preview; half size fills the largest size"),
        ((100, 100), "raw-half", "there is no embedded preview; half size fills the largest size"),
    ],
)
def test_half_size_is_enough_where_it_fills_every_size(box: tuple[int, int], decoder: str, why: str) -> None:
    """Four sensor pixels make one: a quarter of the work, and no interpolation."""
    rendering = render(dng(SENSOR), recipe(box))

    assert (decoder, why) == (rendering.receipt.decoder, rendering.receipt.decoder_why)
    assert (960, 640) == (rendering.width, rendering.height)
    assert (box[0], round(box[0] * 2 / 3)) == (rendering.renditions[0].width, rendering.renditions[0].height)


@pytest.mark.parametrize("box", [(960, 960), (480, 480)])
def test_brightness_and_colours_are_right(box: tuple[int, int]) -> None:
    """The matrix, the black level and the camera's white balance are applied; greys stay grey."""
    pixels = pixels_of(render(dng(SENSOR), recipe(box)).renditions[0])

    assert furthest(pixels) <= EXACT
    found = patch_colours(pixels)
    assert all(max(found[name]) - min(found[name]) <= 2 for name in ("black", "dark", "light", "white"))


def burst(lamp: int, *, matched: bool) -> Iterator[NDArray[np.int16]]:
    """Render two frames that differ by a *lamp*, and cut off the part with the lamp."""
    other = SENSOR.copy()
    other[200:400, 240:620] = lamp
    for frame in (SENSOR, other):
        shot = dng(frame, preview=small_look(frame) if matched else None)
        yield shown(shot, recipe((960, 960)))[416:].astype(np.int16)


@pytest.mark.parametrize("lamp", [0, 255], ids=["off", "on"])
def test_frames_of_a_burst_are_equal_where_the_scene_is(lamp: int) -> None:
    """A lamp, or a shadow, in one frame changes no other part of it: brightness does not depend on the picture."""
    first, second = burst(lamp, matched=False)
    assert abs(first - second).max() <= 1


@pytest.mark.parametrize("lamp", [0, 255], ids=["off", "on"])
def test_matched_frames_of_a_burst_differ_by_less_than_a_level(lamp: int) -> None:
    """Their looks are fitted to pictures that differ by an eighth of the scene, and are the same look."""
    first, second = burst(lamp, matched=True)
    assert abs(first - second).mean() <= 0.5
    assert np.percentile(abs(first - second), 95) <= 2


@pytest.mark.parametrize(("box", "decoder"), [((960, 960), "raw-full"), ((200, 200), "raw-half")])
def test_a_dng_shows_its_default_crop_in_every_size(box: tuple[int, int], decoder: str) -> None:
    """DefaultCropOrigin and DefaultCropSize, px of the sensor: here the scene with a black margin around it."""
    sensor = np.zeros((704, 1_056, 3), np.uint8)
    sensor[32:672, 60:1_020] = SENSOR
    crop = {0xC61F: rational(60, 32), 0xC620: long(960, 640)}
    rendering = render(dng(sensor, sensor=crop), recipe(box))

    assert (decoder, 960, 640) == (rendering.receipt.decoder, rendering.width, rendering.height)
    assert furthest(pixels_of(rendering.renditions[0])) <= EXACT


def test_the_users_crop_is_a_share_of_the_default_crop() -> None:
    """DefaultUserCrop: top, left, bottom, right. Digital zoom, or another aspect, as the photographer chose it."""
    sensor = np.zeros((704, 1_056, 3), np.uint8)
    sensor[32:672, 60:1_020] = SENSOR
    crops = {0xC61F: long(60, 32), 0xC620: long(960, 640), 0xC7B5: rational(0.0, 0.75, 0.3, 1.0)}
    rendering = render(dng(sensor, orientation=1, sensor=crops), recipe((960, 960)))

    assert (240, 192) == (rendering.width, rendering.height)
    middle = pixels_of(rendering.renditions[0])[8:-8, 8:-8].astype(np.int16)
    assert abs(middle - (40, 150, 60)).max() <= EXACT


@pytest.mark.parametrize(
    "crops",
    [
        {0xC61F: long(60, 32), 0xC620: long(960, 640)},
        {0xC61F: long(0, 0), 0xC620: long(0, 0)},
        {0xC61F: long(0), 0xC620: long(480, 320)},
        {0xC7B5: rational(0.5, 0.5, 0.5, 0.5)},
        {0xC7B5: rational(0.0, 0.0, 1.0)},
        {0xC61F: rational(0.0, 0.0, over=0), 0xC620: long(480, 320)},
    ],
    ids=["outside", "empty", "one number", "no area", "three shares", "no number"],
)
def test_a_crop_that_does_not_fit_is_ignored(crops: dict[int, Value]) -> None:
    """The whole sensor is shown, never an error."""
    rendering = render(dng(SENSOR, sensor=crops), recipe((240, 240)))

    assert (960, 640) == (rendering.width, rendering.height)


@pytest.mark.parametrize("box", [(960, 960), (100, 100)])
def test_a_sensor_that_lies_at_45_degrees_is_shown_as_libraw_turns_it(box: tuple[int, int]) -> None:
    """Fujifilm's Super CCD (CFALayout 2): its canvas is a square that the picture does not fill."""
    rendering = render(dng(scene(480, 320), sensor={0xC617: short(2)}), recipe(box))

    with rawpy.imread(io.BytesIO(dng(scene(480, 320), sensor={0xC617: short(2)}))) as file:
        height, width, _ = file.postprocess(user_flip=0).shape
    assert (width, height) == (rendering.width, rendering.height)


@pytest.mark.parametrize(
    ("named", "expected"),
    [(None, None), ([15_360] * 4, 14_848), ([0, 0, 0, 0], None), ([900] * 4, None), ([20_000] * 4, None)],
)
def test_the_cameras_own_white_level_counts(named: list[int] | None, expected: int | None) -> None:
    """Sony's pixels are full at 15,360 of 16,383: taken for less than white, highlights turn magenta."""
    file: Any = SimpleNamespace(
        camera_white_level_per_channel=named, white_level=16_383, black_level_per_channel=[512] * 4
    )
    assert expected == _white_level(file)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("box", [(960, 960), (480, 480)])
def test_the_orientation_is_applied_once(orientation: int, box: tuple[int, int]) -> None:
    """By the line and not by LibRaw: at half size and in full."""
    rendering = render(dng(SENSOR, orientation=orientation), recipe(box))

    assert orientation == rendering.receipt.orientation
    assert (960, 640) == (rendering.width, rendering.height)
    assert furthest(pixels_of(rendering.renditions[0])) <= EXACT


def test_every_orientation_has_a_flip_of_its_own() -> None:
    """LibRaw's eight flips are EXIF's eight orientations."""
    assert (list(range(8)), list(range(1, 9))) == (sorted(ORIENTATIONS), sorted(ORIENTATIONS.values()))


def test_the_camera_facts_come_from_the_raw_itself() -> None:
    """Its first directory is an EXIF block."""
    rendering = render(dng(SENSOR), recipe((100, 100)))

    assert ("DW-1", 400, "2024-05-17T18:30:15+02:00") == (
        rendering.camera.model,
        rendering.camera.iso,
        rendering.taken_at,
    )


@pytest.mark.parametrize("fraction", [0.3, 0.5, 0.95])
def test_a_raw_that_was_cut_is_refused(fraction: float) -> None:
    """LibRaw would decode it as a full-size success, black below the cut."""
    with pytest.raises(PhotoError) as caught:
        render(cut(dng(SENSOR, preview=preview(480, 320)), fraction), recipe((100, 100)))

    assert "TRUNCATED" == caught.value.code


def test_a_raw_beyond_its_own_limit_is_refused() -> None:
    """Before its pixels are touched."""
    with pytest.raises(PhotoError) as caught:
        render(dng(scene(1_200, 1_000)), recipe((100, 100), raw=Raw(max_megapixels=1)))

    expected = "The photo is too large: expected at most 1 megapixels, received 1,200 × 1,000 px (1.2 MP)."
    assert ("DIMENSIONS_TOO_LARGE", expected) == (caught.value.code, caught.value.finding)


@pytest.mark.parametrize(
    "data", [extra.cr3(), extra.raf(), b"\0MRM" + bytes(300), b"ARRI" + bytes(300)], ids=["cr3", "raf", "mrw", "arri"]
)
def test_a_raw_that_libraw_does_not_know_is_refused_kindly(data: bytes) -> None:
    """The advice: export it as DNG or JPEG."""
    with pytest.raises(PhotoError) as caught:
        render(data, recipe((100, 100)))

    assert ("UNSUPPORTED_FORMAT", UNKNOWN_RAW) == (caught.value.code, caught.value.finding)


def test_data_that_libraw_cannot_read_is_a_verdict() -> None:
    """A mosaic that calls itself JPEG-compressed, and is not."""
    uncompressed = struct.pack("<HHII", 0x0103, 3, 1, 1)
    data = dng(SENSOR).replace(uncompressed, struct.pack("<HHII", 0x0103, 3, 1, 34892))

    with pytest.raises(PhotoError) as caught:
        render(data, recipe((100, 100)))
    assert ("TRUNCATED", "The file is incomplete: its picture data ends too early or is missing.") == (
        caught.value.code,
        caught.value.finding,
    )


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (rawpy.LibRawIOError(), "TRUNCATED"),
        (rawpy.LibRawUnsufficientMemoryError(), "DECODER_OUT_OF_MEMORY"),
        (rawpy.LibRawTooBigError(), "DECODER_OUT_OF_MEMORY"),
        (rawpy.LibRawMemPoolOverflowError(), "DECODER_OUT_OF_MEMORY"),
        (rawpy.LibRawFileUnsupportedError(), "UNSUPPORTED_FORMAT"),
        (rawpy.LibRawNotImplementedError(), "UNSUPPORTED_FORMAT"),
        (rawpy.LibRawDataError(), "CORRUPT"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_of_libraw_is_a_verdict(error: rawpy.LibRawError, code: str) -> None:
    """Damage, excess, or a camera that it does not know."""
    assert code == verdict_of(error).code


def test_without_named_files_the_raw_is_read_from_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Systems without /proc."""
    exists = os.path.exists
    monkeypatch.setattr(os.path, "exists", lambda path: not str(path).startswith("/proc/self/fd/") and exists(path))

    rendering = render(dng(SENSOR), recipe((480, 480)))
    assert furthest(pixels_of(rendering.renditions[0])) <= EXACT


@pytest.mark.parametrize(("aspect", "expected"), [(1.0, Box(90, 60)), (2.0, Box(180, 60)), (0.5, Box(90, 120))])
def test_pixels_that_are_not_square_are_stretched(aspect: float, expected: Box) -> None:
    """As LibRaw does: the shorter way (Nikon D1X)."""
    assert expected == square(90, 60, aspect)


@pytest.mark.stack
def test_pillow_never_sees_a_raw() -> None:
    """It would return the thumbnail without an error: it is not even loaded."""
    code = """if True:
        import sys
        from pathlib import Path
        from processor.imaging.line import develop
        from processor.recipe import Recipe
        from processor.source import Source
        rendering = develop(Source.from_bytes(sys.stdin.buffer.read()), Recipe(), file_name="photo.dng")
        print(rendering.receipt.decoder, "PIL" in sys.modules, "pillow_heif" in sys.modules)
    """
    done = subprocess.run(
        [sys.executable, "-c", code], input=dng(SENSOR), capture_output=True, check=True, timeout=HANG_S
    )

    assert b"raw-full False False" == done.stdout.strip(), done.stderr.decode()


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ((756, 504), (756, 504)),  # Kodak DC50: LibRaw shows its dark margin too
        ((768, 512), (768, 512)),
        ((0, 0), (768, 512)),  # only LibRaw knows
        ((160, 120), (768, 512)),  # another picture
        ((800, 600), (768, 512)),
    ],
)
def test_a_margin_around_the_picture_is_cut_off(declared: tuple[int, int], expected: tuple[int, int]) -> None:
    """The file is trusted when it declares a few pixels less than LibRaw shows."""
    header = Header(format="raw", width=declared[0], height=declared[1])
    frame = without_margin(Box(768, 512), header)
    assert expected == (frame.width, frame.height)
    assert ((768 - frame.width) // 2, (512 - frame.height) // 2) == (frame.left, frame.top)


def test_a_sensor_of_another_shape_than_the_decoded_picture_is_refused() -> None:
    """The picture would be stretched."""
    with rawpy.imread(io.BytesIO(dng(SENSOR))) as file:
        sensor = Sensor(file, Box(640, 640), Frame(0, 0, 640, 640), 1)
        with pytest.raises(PhotoError) as caught:
            sensor.demosaic([Rung("large", Box(640, 640), Box(640, 640))], linear=False)

    assert caught.value.finding.startswith("The file is damaged: its header says 640 × 640 px, its picture has ")


def test_the_camera_is_read_from_the_preview_where_the_raw_has_no_exif(monkeypatch: pytest.MonkeyPatch) -> None:
    """CR3 and RAF keep it there."""
    monkeypatch.setattr(decoder, "read_exif", lambda _: NO_EXIF)
    rendering = render(dng(SENSOR, preview=jpeg(SENSOR)), recipe((480, 480)))

    assert "DW-1" == rendering.camera.model
