"""Check that an edit keeps 16 bits a channel where the output format can hold them, and notes where it does not."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
import pyvips
from numpy.typing import NDArray

from processor.edits.vocabulary import OPERATIONS
from processor.imaging import intake
from processor.imaging.edit_model import OutputWish
from processor.imaging.steps.table import EIGHT_BIT
from testkit.photos.jpeg import jpeg
from testkit.photos.raster import png16
from testkit.photos.raw import dng
from testkit.photos.scene import scene
from tests.imaging.steps.test_table import EXAMPLES
from tests.imaging.steps.trials import Step, edit, png_of, quarters

DEEP = [name for name, kind in OPERATIONS.items() if kind not in EIGHT_BIT and name not in {"format", "trim"}]


def gradient(bands: int = 3, rows: int = 300) -> pyvips.Image:
    """Paint 400 columns of 400 tones, more than 8 bits can tell apart, and rows of another ramp."""
    across = np.linspace(0, 65535, 400).astype(np.uint16)
    down = np.linspace(65535, 20000, rows).astype(np.uint16)
    one_way, other_way = np.meshgrid(across, down)
    alpha = np.full_like(one_way, 65535)
    alpha[:, 200:] = 30000
    pixels = np.dstack([one_way, other_way, 65535 - one_way, alpha][:bands])
    return pyvips.Image.new_from_array(pixels).copy(interpretation="rgb16")


def decoded(data: bytes) -> tuple[str, NDArray[Any]]:
    """Return a file's sample format and its pixels, 0-255."""
    image = pyvips.Image.new_from_buffer(data, "")
    pixels: NDArray[Any] = image.numpy() / (257 if image.format == "ushort" else 1)
    return str(image.format), pixels


@cache
def deep_and_shallow(bands: int) -> tuple[bytes, bytes]:
    """Encode a gradient in 16 bits, and in 8."""
    deep = gradient(bands, rows=100)
    shallow = (deep / 257).rint().cast("uchar").copy(interpretation="srgb")
    return deep.pngsave_buffer(), shallow.pngsave_buffer()


@pytest.mark.parametrize("bands", [3, 4], ids=["opaque", "alpha"])
@pytest.mark.parametrize("name", DEEP)
def test_a_step_keeps_16_bits(name: str, bands: int) -> None:
    """A PNG of 16 bits stays one; it looks like the same edit in 8 bits, which rounds once and computes then."""
    step, mark = {"op": name, **EXAMPLES.get(name, {})}, {"upload://logo": png_of(quarters())}
    deep, shallow = deep_and_shallow(bands)

    depth, found = decoded(edit(deep, step, assets=mark).data)
    _, expected = decoded(edit(shallow, step, assets=mark).data)

    assert "ushort" == depth
    assert np.abs(found - expected).mean() < 0.6


@pytest.mark.parametrize("written", ["png", "tiff"])
def test_no_tone_is_lost(written: str) -> None:
    """All 400 tones of a ramp come out, exactly."""
    edited = edit(gradient().pngsave_buffer(), {"op": "format", "to": written})

    assert np.array_equal(gradient().numpy(), pyvips.Image.new_from_buffer(edited.data, "").numpy())
    assert () == edited.notes


def test_a_profile_is_applied_in_16_bits() -> None:
    """A gradient in Display P3 has more than 256 tones in sRGB, too."""
    depth, pixels = decoded(edit(gradient().pngsave_buffer(profile="p3"), {"op": "flip", "direction": "vertical"}).data)

    assert "ushort" == depth
    assert len(np.unique(pixels[..., 1])) > 256


def test_grey_of_16_bits_stays_deep() -> None:
    """As three equal channels."""
    depth, pixels = decoded(edit(png16(grey=True), {"op": "rotate", "degrees": 180}).data)

    assert ("ushort", 3) == (depth, pixels.shape[2])


def test_a_raw_is_converted_in_16_bits() -> None:
    """One that is matched to its preview, in the same colours as in 8 bits; no note, as 8 bits are expected of it."""
    deep, shallow = (
        edit(dng(scene(960, 640), preview=jpeg(scene(480, 320))), {"op": "format", "to": written})
        for written in ("tiff", "webp")
    )
    depth, pixels = decoded(deep.data)
    _, lossy = decoded(shallow.data)

    assert "ushort" == depth
    assert np.abs(pixels - lossy).mean() < 3
    assert ((), ()) == (deep.notes, shallow.notes)


@pytest.mark.parametrize(
    ("step", "output", "note"),
    [
        (
            {"op": "format", "to": "jpeg"},
            None,
            "The source has 16 bits a channel, JPEG holds 8. PNG and TIFF hold 16.",
        ),
        (
            {"op": "grayscale"},
            "webp",
            "The source has 16 bits a channel, WEBP holds 8. PNG and TIFF hold 16.",
        ),
        ({"op": "emboss"}, None, "The result has 8 bits a channel: “emboss” works in 8 bits."),
    ],
)
def test_lost_bits_are_noted(step: Step, output: Any, note: str) -> None:
    """By the format's name or the step's."""
    edited = edit(gradient().pngsave_buffer(), step, output=OutputWish(format=output))

    assert "uchar" == decoded(edited.data)[0]
    assert (note,) == edited.notes


def test_a_large_picture_is_edited_in_8_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pictures of 100 megapixels with 16 bits would exceed the memory of a decoder child."""
    monkeypatch.setattr(intake, "DEEP_MEGAPIXELS", 0.1)
    edited = edit(gradient().pngsave_buffer(), {"op": "flip", "direction": "vertical"})

    assert "uchar" == decoded(edited.data)[0]
    assert ("The result has 8 bits a channel: above 0.1 megapixels 16 are not kept.",) == edited.notes


def test_a_small_file_has_8_bits() -> None:
    """A largest size in bytes is worth more than tones."""
    edited = edit(gradient().pngsave_buffer(), {"op": "quality", "max_bytes": 20_000})

    assert len(edited.data) <= 20_000
    assert "uchar" == decoded(edited.data)[0]
