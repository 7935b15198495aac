"""AVIF, BMP and old-style TIFF by Pillow, which is told the one format it may try."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from processor.errors import PhotoError
from processor.imaging.decoders.pillow import Pillow, pillow_errors
from processor.imaging.structure.header import Header
from processor.source import Source
from testkit.photos.exif import exif
from testkit.photos.extra import old_style_tiff
from testkit.photos.heif import avif, without_property
from testkit.photos.jpeg import cut, zero_tailed
from testkit.photos.raster import bmp
from testkit.photos.scene import furthest, scene, stored
from tests.imaging.prints import developed, outcome, pixels_of, shown

ALPHA_ITEM = 2


def saved(kind: str, orientation: int = 1, mode: str = "RGB") -> bytes:
    """Store the scene turned, as *kind*."""
    out = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(stored(scene(), orientation))).convert(mode)
    picture.save(out, kind, **({"exif": exif(orientation=orientation)} if kind == "AVIF" else {}))
    return out.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_avif_comes_out_upright(orientation: int) -> None:
    """Its rotation and mirror properties, which Pillow reports as EXIF."""
    rendering = developed(saved("AVIF", orientation))

    assert (480, 320, orientation) == (rendering.width, rendering.height, rendering.receipt.orientation)
    assert furthest(pixels_of(rendering.renditions[0])) <= 4


def test_an_avif_that_pillow_is_too_strict_for_is_read_by_libvips() -> None:
    """Older encoders gave the alpha plane no size."""
    data = without_property(avif(transparent=True), ALPHA_ITEM, b"ispe")
    with pytest.raises(OSError, match="cannot identify"):
        Image.open(io.BytesIO(data))
    rendering = developed(data)

    assert "Pillow's AVIF decoder refuses it, libvips' does not" == rendering.receipt.decoder_why
    assert np.abs(shown(avif(transparent=True)).astype(int) - pixels_of(rendering.renditions[0])).mean() < 1


def test_an_avif_tells_its_camera() -> None:
    """EXIF comes without the mark that belongs to JPEG."""
    assert "DW-1" == developed(saved("AVIF")).camera.model


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1"])
def test_a_bmp_of_any_depth_is_shown(mode: str) -> None:
    """True colour, grey, palette, black and white."""
    pixels = shown(saved("BMP", mode=mode))
    expected = np.asarray(Image.fromarray(scene()).convert(mode).convert("RGB"))

    assert expected.shape == pixels.shape
    assert np.abs(expected.astype(int) - pixels).mean() <= 3


def test_a_bmp_with_alpha_is_flattened() -> None:
    """32 bit with a mask for alpha, as Windows writes it."""
    out = io.BytesIO()
    Image.new("RGBA", (16, 16), (0, 0, 0, 0)).save(out, "BMP")

    assert developed(out.getvalue()).receipt.decoder == "pillow"


@pytest.mark.parametrize(
    ("make", "damage", "fraction"),
    [
        pytest.param(make, damage, fraction, id=f"{name} {fraction}")
        for name, make, damage in (("avif cut", avif, cut), ("avif zeros", avif, zero_tailed), ("bmp cut", bmp, cut))
        for fraction in (0.3, 0.6, 0.9)
    ]
    + [pytest.param(old_style_tiff, cut, 0.3, id="tiff cut")],
)
def test_half_a_picture_is_never_a_success(
    make: Callable[[], bytes], damage: Callable[[bytes, float], bytes], fraction: float
) -> None:
    """Cut, or cut and padded with zeros. A BMP has no code that could tell padding from black."""
    with pytest.raises(PhotoError) as caught:
        developed(damage(make(), fraction))

    assert caught.value.code in {"TRUNCATED", "CORRUPT"}


def test_a_picture_of_another_size_than_its_header_claims_is_refused() -> None:
    """The limits were checked against what it claims."""
    with Source.from_bytes(bmp()) as source, pytest.raises(PhotoError) as caught:
        Pillow(source, Header(format="bmp", width=48, height=32))

    expected = "The file is damaged: its header says 48 × 32 px, its picture has 480 × 320 px."
    assert expected == caught.value.finding


def test_noise_inside_the_coded_data_is_a_verdict_or_a_picture() -> None:
    """Never another exception."""
    data = avif()
    for place in range(250, len(data) - 8, 7):
        spoiled = data[:place] + bytes(range(100, 108)) + data[place + 8 :]
        assert outcome(spoiled) in {"CORRUPT", "TRUNCATED", "UNSUPPORTED_FORMAT", "480×320"}


def test_a_bomb_by_pillows_own_measure_is_left_to_the_settings() -> None:
    """The header's size was checked against them: Pillow's limit does not warn or raise."""
    before = Image.MAX_IMAGE_PIXELS
    try:
        Image.MAX_IMAGE_PIXELS = 1_000
        assert 480 == developed(bmp()).width
    finally:
        Image.MAX_IMAGE_PIXELS = before


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError("image file is truncated (3 bytes not processed)"), "TRUNCATED"),
        (OSError("cannot identify image file"), "UNSUPPORTED_FORMAT"),
        (OSError("Unsupported BMP bitfields layout"), "UNSUPPORTED_FORMAT"),
        (ValueError("bad"), "CORRUPT"),
        (KeyError("bad"), "CORRUPT"),
        (ZeroDivisionError(), "CORRUPT"),
        (RuntimeError("Pixel allocation failed: Out of memory"), "DECODER_OUT_OF_MEMORY"),
        (RuntimeError("Failed to decode frame"), "CORRUPT"),
        (SyntaxError("not a TIFF file"), "CORRUPT"),
    ],
    ids=str,
)
def test_every_error_of_the_decoder_is_a_verdict(error: Exception, code: str) -> None:
    """An early end is told from damage by what Pillow says."""
    with pytest.raises(PhotoError) as caught, pillow_errors():
        raise error

    assert code == caught.value.code


def test_a_fault_of_the_machine_is_no_verdict() -> None:
    """It is transient: the photo is tried again."""
    with pytest.raises(MemoryError), pillow_errors():
        raise MemoryError
