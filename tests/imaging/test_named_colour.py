"""Colour that a PNG or AVIF names by chunks and code points instead of a profile."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest

from tests.factories.photos.exif import exif
from tests.factories.photos.heif import avif, bt2020_pq
from tests.factories.photos.icc import DISPLAY_P3_XY, adobe_rgb, display_p3
from tests.factories.photos.raster import encoded_png, png, with_chunk
from tests.factories.photos.scene import PATCHES, Pixels, furthest, patch_colours, scene
from tests.imaging.prints import developed, shown

BELOW_THE_KNEE = ("black", "dark", "light", "red", "green", "blue", "foliage")
"""Patches that the tone curve for HDR leaves as they are."""
D65 = (0.3127, 0.3290)


def cicp(data: bytes, primaries: int, transfer: int) -> bytes:
    """Name the colour of an RGB PNG of full range (W3C PNG, third edition, 11.3.2.6)."""
    return with_chunk(data, b"cICP", bytes([primaries, transfer, 0, 1]))


def gama(data: bytes, exponent: float) -> bytes:
    """Name the encoding exponent of a PNG."""
    return with_chunk(data, b"gAMA", struct.pack(">I", round(exponent * 100_000)))


def chrm(data: bytes, *points: tuple[float, float]) -> bytes:
    """Name white, red, green and blue of a PNG."""
    return with_chunk(
        data, b"cHRM", struct.pack(">8I", *(round(value * 100_000) for point in points for value in point))
    )


def linear(pixels: Pixels) -> np.ndarray:
    """Decode sRGB (IEC 61966-2-1) to linear light of 16 bit."""
    levels = pixels / 255
    light = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    return (light * 65_535).round().astype(np.uint16)


def apart(left: Pixels, right: Pixels) -> int:
    """Largest difference of any sample."""
    return int(np.abs(left.astype(int) - right).max())


def test_a_png_that_names_pq_is_tone_mapped() -> None:
    """As the same picture in a HEIF would be; everything up to 60 % of white keeps its colour."""
    rendering = shown(cicp(encoded_png(bt2020_pq(scene())), 9, 16))

    found = patch_colours(rendering)
    assert all(abs(a - b) <= 5 for name in BELOW_THE_KNEE for a, b in zip(found[name], PATCHES[name][1], strict=True))


def test_cicp_counts_more_than_a_profile() -> None:
    """W3C PNG, third edition, 11.3.2: cICP, iCCP, sRGB, gAMA with cHRM, in this order."""
    assert np.array_equal(shown(png()), shown(cicp(png(icc=display_p3()), 1, 13)))
    assert apart(shown(png(icc=display_p3())), shown(cicp(png(icc=adobe_rgb()), 12, 13))) <= 2
    assert np.array_equal(shown(png(icc=display_p3())), shown(gama(png(icc=display_p3()), 1.0)))
    assert np.array_equal(shown(png()), shown(with_chunk(gama(png(), 1.0), b"sRGB", b"\0")))


@pytest.mark.parametrize("grey", [False, True])
def test_linear_light_of_16_bit_comes_out_as_bright_as_it_is(*, grey: bool) -> None:
    """GAMA 1.0, as renderers write it."""
    pixels = linear(scene())
    found = shown(gama(encoded_png(pixels[..., 1:2] if grey else pixels), 1.0))

    expected = np.repeat(scene()[..., 1:2], 3, axis=2) if grey else scene()
    assert np.abs(found.astype(int) - expected).mean() <= 1


def test_a_gamma_of_another_exponent_is_decoded() -> None:
    """1 / 1.8, as old Macintoshes wrote it."""
    stored = (255 * (linear(scene()) / 65_535) ** (1 / 1.8)).round().astype(np.uint8)

    assert furthest(shown(gama(encoded_png(stored), 1 / 1.8))) <= 3


@pytest.mark.parametrize("exponent", [0.45455, 0.45, 0.0, 0.00001])
def test_the_gamma_of_srgb_and_absurd_ones_change_nothing(exponent: float) -> None:
    """Within 5 %, as libpng has it."""
    assert np.array_equal(shown(png()), shown(gama(png(), exponent)))


def test_primaries_are_read_with_the_gamma() -> None:
    """Those of Display P3 give what its profile gives; a chunk that is absurd changes nothing."""
    named = gama(chrm(png(), D65, *DISPLAY_P3_XY), 0.45455)

    assert apart(shown(png(icc=display_p3())), shown(named)) <= 2
    assert np.array_equal(shown(png()), shown(gama(chrm(png(), (0, 0), *DISPLAY_P3_XY), 0.45455)))


def test_an_avif_of_linear_light_comes_out_as_bright_as_it_is() -> None:
    """Transfer characteristics 8; eight linear bits are few for shadows."""
    data = bytearray(avif((linear(scene()) / 257).round().astype(np.uint8)))
    place = data.index(b"colrnclx") + 10
    data[place : place + 2] = (8).to_bytes(2, "big")

    found = patch_colours(shown(bytes(data)))
    assert all(
        abs(a - b) <= 6
        for name in ("light", "white", "skin")
        for a, b in zip(found[name], PATCHES[name][1], strict=True)
    )


@pytest.mark.parametrize("kind", ["zTXt", "tEXt", "iTXt"])
@pytest.mark.parametrize("prefix", [b"", b"Exif\0\0"])
@pytest.mark.parametrize("keyword", ["Raw profile type exif", "Raw profile type APP1"])
def test_a_png_turned_by_a_raw_profile_comes_out_upright(keyword: str, prefix: bytes, kind: str) -> None:
    """ImageMagick's and exiftool's way before PNG had an eXIf chunk: hexadecimal digits in a text."""
    block = prefix + exif(orientation=6)
    text = f"\nexif\n{len(block):8}\n{block.hex()}\n".encode()
    head = {"zTXt": b"\0\0", "tEXt": b"\0", "iTXt": b"\0\0\0\0\0"}[kind]
    body = keyword.encode() + head + (zlib.compress(text) if kind == "zTXt" else text)

    rendering = developed(with_chunk(encoded_png(np.rot90(scene()).copy()), kind.encode(), body))
    assert (480, 320, 6) == (rendering.width, rendering.height, rendering.receipt.orientation)


def test_an_exif_chunk_with_the_mark_of_jpeg_is_read() -> None:
    """Some writers keep it."""
    rendering = developed(with_chunk(png(), b"eXIf", b"Exif\0\0" + exif(orientation=6)))

    assert (320, 480) == (rendering.width, rendering.height)
