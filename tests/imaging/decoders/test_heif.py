"""HEIC by libheif: the primary picture, turned once, or a verdict."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest
from PIL import Image

from processor.errors import PhotoError
from processor.imaging.decoders.heif import MODES, Heif, _coded_nclx, heif_errors
from processor.imaging.structure.header import Header
from processor.source import Source
from testkit.photos.exif import exif
from testkit.photos.heif import grey_heic, half_transparent_heic, heic, pq_grid, transparent_heic
from testkit.photos.jpeg import cut, zero_tailed
from testkit.photos.scene import furthest, scene
from tests.imaging.prints import developed, outcome, pixels_of, recipe, shown

TONE_MAPPED = 40
"""Highlights above 60 % of white are rolled off, so bright patches differ from the drawing by design."""


def claiming(data: bytes, width: int, height: int) -> bytes:
    """Let every ``ispe`` property of a HEIF claim another size."""
    out, start = bytearray(data), data.find(b"ispe")
    while start >= 0:
        out[start + 8 : start + 16] = struct.pack(">II", width, height)
        start = data.find(b"ispe", start + 1)
    return bytes(out)


def test_the_camera_facts_are_read() -> None:
    """From the EXIF item."""
    rendering = developed(heic())

    assert ("DW-1", "2024-05-17T18:30:15+02:00") == (rendering.camera.model, rendering.taken_at)


def test_the_orientation_in_exif_does_not_count() -> None:
    """In HEIF the rotation property does (ISO/IEC 23008-12): phones write both, editors forget EXIF."""
    upright_mark = struct.pack("<HHII", 0x0112, 3, 1, 1)
    data = heic(exif_block=exif(orientation=1))
    assert 1 == data.count(upright_mark)
    rendering = developed(data.replace(upright_mark, struct.pack("<HHII", 0x0112, 3, 1, 6)))

    assert (480, 320, 1) == (rendering.width, rendering.height, rendering.receipt.orientation)
    assert furthest(pixels_of(rendering.renditions[0])) <= 3


@pytest.mark.parametrize("size", [(479, 321), (31, 17), (64, 64)])
def test_odd_sizes_have_no_border(size: tuple[int, int]) -> None:
    """Rows are padded in memory: the padding is not shown."""
    rendering = developed(heic(scene(*size)), recipe((480, 480)))

    assert size == (rendering.width, rendering.height)
    assert size[::-1] == pixels_of(rendering.renditions[0]).shape[:2]


@pytest.mark.parametrize("bits", [8, 10, 12])
def test_monochrome_of_any_depth_is_a_grey_photo(bits: Literal[8, 10, 12]) -> None:
    """The decoder converts colour to 8 bit, monochrome not."""
    pixels = shown(grey_heic(bits))

    grey = np.asarray(Image.fromarray(scene()).convert("L"))
    assert np.abs(pixels.astype(int) - grey[..., None]).mean() < 1


def test_premultiplied_alpha_is_divided_out() -> None:
    """As Apple stores it (``prem`` reference): 50 % of a colour on white, whichever way it is stored."""
    straight, premultiplied = (shown(half_transparent_heic(premultiplied=way)) for way in (False, True))

    expected = (scene().astype(int) + 255) / 2
    assert np.abs(straight - expected).mean() < 1
    assert np.abs(premultiplied - expected).mean() < 1


def test_a_grid_whose_tiles_alone_name_the_colour_is_converted() -> None:
    """Canon's and Sony's HDR photos: the same picture as with the colour on the grid itself."""
    on_grid, on_tiles = (shown(pq_grid(colour_on=place), recipe((480, 480))) for place in ("grid", "tiles"))

    assert np.array_equal(on_grid, on_tiles)
    assert furthest(on_tiles) <= TONE_MAPPED


@pytest.mark.parametrize("fraction", [0.3, 0.6])
@pytest.mark.parametrize("damage", [cut, zero_tailed], ids=["cut", "zeros"])
@pytest.mark.parametrize("make", [heic, transparent_heic])
def test_half_a_picture_is_never_a_success(
    make: Callable[[], bytes], damage: Callable[[bytes, float], bytes], fraction: float
) -> None:
    """Cut, or cut and padded with zeros."""
    with pytest.raises(PhotoError) as caught:
        developed(damage(make(), fraction))

    assert caught.value.code in {"TRUNCATED", "CORRUPT"}


@pytest.mark.parametrize("size", [(100, 100), (480, 16), (5_000, 5_000)])
def test_a_header_that_lies_about_the_size_is_refused(size: tuple[int, int]) -> None:
    """The limits were checked against what it claims."""
    with pytest.raises(PhotoError) as caught:
        developed(claiming(heic(), *size))

    assert "CORRUPT" == caught.value.code


def test_noise_inside_the_coded_data_is_a_verdict_or_a_picture() -> None:
    """Never another exception."""
    data = heic()
    for place in range(600, len(data) - 40, 97):
        spoiled = data[:place] + bytes(range(200, 240)) + data[place + 40 :]
        assert outcome(spoiled) in {"CORRUPT", "TRUNCATED", "480×320"}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ValueError("Invalid input: Unspecified: Unexpected end of file"), "TRUNCATED"),
        (
            RuntimeError("Memory allocation error: Unspecified: Allocating 36000015 bytes failed"),
            "DECODER_OUT_OF_MEMORY",
        ),
        (RuntimeError("Decoder plugin generated an error"), "CORRUPT"),
        (OSError("broken"), "CORRUPT"),
        (SyntaxError("not heif"), "CORRUPT"),
        (IndexError("invalid image index: 0"), "CORRUPT"),
        (EOFError("Decoder plugin generated an error: Unexpected end of file"), "TRUNCATED"),
    ],
    ids=repr,
)
def test_every_error_of_the_decoder_is_a_verdict(error: Exception, code: str) -> None:
    """An early end is told from damage by what libheif says."""
    with pytest.raises(PhotoError) as caught, heif_errors():
        raise error

    assert code == caught.value.code


def test_a_fault_of_the_machine_is_no_verdict() -> None:
    """It is transient: the photo is tried again."""
    with pytest.raises(MemoryError), heif_errors():
        raise MemoryError


def test_a_picture_larger_than_the_limits_were_told_is_refused() -> None:
    """The walk of the boxes reports one size, libheif another."""
    with Source.from_bytes(heic()) as source, pytest.raises(PhotoError) as caught:
        Heif(source, Header(format="heic", width=48, height=32))

    expected = "The file is damaged: its header says 48 × 32 px, its picture has 480 × 320 px."
    assert expected == caught.value.finding


def test_a_mode_that_is_not_known_is_not_supported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A later pillow-heif may add one."""
    monkeypatch.delitem(MODES, "RGB")  # type: ignore[arg-type]

    assert "UNSUPPORTED_FORMAT" == outcome(heic())


def test_colour_that_only_the_coded_picture_names_is_read() -> None:
    """Three code points, or none: half a name is no name."""
    names = {"color_primaries": 9, "transfer_characteristics": 16, "matrix_coefficients": 0}

    assert (9, 16, 0) == _coded_nclx({"nclx_profile": names})
    assert None is _coded_nclx({"nclx_profile": {"color_primaries": 9}})
    assert None is _coded_nclx({})
