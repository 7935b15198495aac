"""Transparency becomes white, whatever lies hidden underneath."""

from __future__ import annotations

import io

import numpy as np
import pytest
import pyvips
from PIL import Image

from testkit.photos.heif import avif, transparent_heic
from testkit.photos.raster import gif, palette_png_with_transparency, png, webp
from testkit.photos.scene import BACKGROUND, PATCHES, Pixels, patch_colours, scene
from tests.imaging.prints import recipe, shown

TRANSPARENT = {
    "png": png("RGBA"),
    "png grey": png("LA"),
    "webp": webp(transparent=True),
    "webp lossless": webp(transparent=True, lossless=True),
    "gif": gif(transparent=True),
    "heic": transparent_heic(),
    "avif": avif(transparent=True),
}
EDGE_PX = 8
"""Resampling and coding reach this far across the edge."""


def encoded(pixels: Pixels) -> bytes:
    """Encode RGBA as PNG."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("box", [480, 150])
@pytest.mark.parametrize("name", TRANSPARENT)
def test_the_transparent_half_comes_out_white(name: str, box: int) -> None:
    """At its own size and shrunk; over black it would be black."""
    pixels = shown(TRANSPARENT[name], recipe((box, box)))

    assert pixels[:, box // 2 + EDGE_PX :].min() >= 253


@pytest.mark.parametrize("name", [name for name in TRANSPARENT if name != "png grey"])
def test_the_opaque_half_keeps_its_colours(name: str) -> None:
    """Flattening touches nothing else."""
    found = patch_colours(shown(TRANSPARENT[name]))

    for patch in ("red", "blue", "black", "dark"):
        assert np.allclose(PATCHES[patch][1], found[patch], atol=3)


@pytest.mark.parametrize("box", [(150, 150), (233, 233)])
def test_hidden_black_leaves_no_dark_fringe(box: tuple[int, int]) -> None:
    """White, opaque on the left: nothing in the print may be darker, though black is hidden on the right."""
    pixels = np.full((320, 480, 4), 255, np.uint8)
    pixels[:, 240:] = 0

    assert shown(encoded(pixels), recipe(box)).min() >= 253


def test_half_transparency_is_half_white() -> None:
    """Black at alpha 128 becomes a middle grey."""
    pixels = np.zeros((32, 32, 4), np.uint8)
    pixels[..., 3] = 128

    assert np.allclose(127, shown(encoded(pixels)), atol=1)


def test_a_transparent_palette_entry_becomes_white() -> None:
    """Index transparency (tRNS), as drawing programs write it."""
    pixels = shown(palette_png_with_transparency())
    middle = pixels[155:165, 230:250]

    assert BACKGROUND == tuple(scene()[160, 240].tolist())
    assert middle.min() >= 253


def test_16_bit_transparency_is_flattened_on_white_too() -> None:
    """White is 65,535 there."""
    rows = np.zeros((16, 16, 4), ">u2")
    rows[:, :8] = 65_535
    data = png16_rgba(rows)

    assert shown(data).min() >= 253


def png16_rgba(pixels: np.ndarray[tuple[int, int, int], np.dtype[np.uint16]]) -> bytes:
    """Encode 16 bit RGBA by libvips: Pillow cannot."""
    image = pyvips.Image.new_from_array(pixels.astype(np.uint16)).copy(interpretation="rgb16")
    return image.pngsave_buffer(bitdepth=16)
