"""TIFF of every layout: extra channels, sample formats, colour spaces, planes and tiles (TIFF 6.0)."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pyvips import Image as VipsImage

from processor.errors import PhotoError
from processor.imaging.decoders.tiff import _from_float, _open
from processor.imaging.structure import tiff_layout
from processor.imaging.structure.tiff import Directory as Page
from processor.imaging.structure.tiff_layout import TiffLayout
from testkit.photos.icc import display_p3
from testkit.photos.ifd import Blob, Directory, Value, ascii_text, byte, long, rational, short, tiff, undefined
from testkit.photos.layouts import (
    CIE_LAB,
    CMYK,
    ICC_LAB,
    RGB,
    YCBCR,
    lab,
    layout,
    subsampled_ycbcr,
    with_channels,
    ycbcr,
)
from testkit.photos.scene import Pixels, furthest, scene, textured
from tests.imaging.prints import developed, outcome, shown

IGNORED = "libvips reads this format itself, 1 of its channels ignored: neither colour nor transparency"
EDGE_PX = 8
RIGHT, LEFT = slice(240 + EDGE_PX, None), slice(0, 240 - EDGE_PX)
TRUTH = scene() / 255
P3 = display_p3()
LOG_LUV_LAYOUT = TiffLayout(
    directory=Page(tags={}, role="page"),
    photometric=tiff_layout.LOG_LUV,
    compression=34676,
    bits=32,
    sample_format=tiff_layout.FLOAT,
    samples=3,
    extra=(),
    planar=False,
    tiled=False,
)


def page(pixels: Pixels) -> dict[int, Value]:
    """Describe an RGB page of one strip."""
    height, width = pixels.shape[:2]
    size: dict[int, Value] = {256: long(width), 257: long(height), 278: long(height), 279: long(pixels.nbytes)}
    kind: dict[int, Value] = {258: short(8, 8, 8), 259: short(1), 262: short(RGB), 277: short(3)}
    return {**size, **kind, 273: Blob(pixels.tobytes())}


def cmyk() -> Pixels:
    """Convert the scene to CMYK as naively as Pillow does."""
    return np.asarray(Image.fromarray(scene()).convert("CMYK"))


@pytest.mark.parametrize("planar", [False, True])
@pytest.mark.parametrize("deep", [False, True])
def test_an_unspecified_extra_channel_is_ignored_and_noted(*, deep: bool, planar: bool) -> None:
    """ExtraSamples 0, such as Photoshop's saved selection: what lies outside it stays."""
    data = layout(with_channels("selection", deep=deep), extra=(0,), planar=planar)

    assert furthest(shown(data)) <= 2
    assert IGNORED == developed(data).receipt.decoder_why


@pytest.mark.parametrize(
    ("samples", "extra"),
    [
        (with_channels("alpha"), (2,)),
        (with_channels("alpha"), None),
        (with_channels("alpha", premultiplied=True), (1,)),
        (with_channels("alpha", deep=True), (2,)),
        (with_channels("alpha", "selection"), (2, 0)),
        (with_channels("selection", "alpha"), (0, 2)),
        (with_channels("alpha", "selection", "selection"), (1, 0, 0)),
        ((with_channels("alpha") / np.float32(255)).astype(np.float32), (2,)),
    ],
    ids=lambda value: str(value.shape) if isinstance(value, np.ndarray) else str(value),
)
def test_transparency_is_the_channel_that_says_so(samples: Pixels, extra: tuple[int, ...] | None) -> None:
    """Associated or not, in front of other channels or behind: white there, the photo elsewhere."""
    pixels = shown(layout(samples, extra=extra))

    assert pixels[:, RIGHT].min() >= 253
    assert np.abs(pixels[:, LEFT].astype(int) - scene()[:, LEFT]).mean() < 1


def test_half_transparent_premultiplied_colours_are_divided_by_alpha() -> None:
    """ExtraSamples 1: half of the colour is stored, half of white shines through."""
    half = np.dstack([scene() // 2, np.full(scene().shape[:2], 128, np.uint8)])

    assert np.abs(shown(layout(half, extra=(1,))).astype(int) - (scene().astype(int) + 255) / 2).mean() < 1


def test_transparent_cmyk_is_put_on_no_ink() -> None:
    """White is the paper: 0 in every channel."""
    alpha = with_channels("alpha")[..., 3:]
    pixels = shown(layout(np.dstack([cmyk(), alpha]), CMYK, extra=(2,)))

    assert pixels[:, RIGHT].min() >= 253
    assert np.array_equal(pixels[:, LEFT], shown(layout(cmyk(), CMYK))[:, LEFT])


def test_spot_inks_are_ignored() -> None:
    """Beside CMYK they are for the press."""
    spots = np.dstack([cmyk(), np.full((*scene().shape[:2], 2), 200, np.uint8)])

    assert np.array_equal(shown(layout(cmyk(), CMYK)), shown(layout(spots, CMYK, extra=(0, 0))))


@pytest.mark.parametrize("tiling", [{}, {"planar": True}, {"tile": 64}, {"planar": True, "tile": 64}], ids=str)
@pytest.mark.parametrize("sample", ["uint8", "uint16", "uint32", "float16", "float32"])
def test_samples_of_every_kind_are_scaled(sample: str, tiling: dict[str, int]) -> None:
    """Whole numbers by their range, floating point from 0-1; strips, planes, tiles and tiled planes."""
    kind = np.dtype(sample)
    full = 1 if kind.kind == "f" else np.iinfo(kind).max
    samples = (TRUTH * full).astype(kind)

    assert furthest(shown(layout(samples, planar=bool(tiling.get("planar")), tile=tiling.get("tile", 0)))) <= 2
    grey = shown(layout(samples[..., 1:2], 1))
    assert np.abs(grey[..., 0].astype(int) - scene()[..., 1]).mean() < 1


@pytest.mark.parametrize("tiling", [{}, {"planar": True}, {"tile": 64}, {"planar": True, "tile": 64}], ids=str)
@pytest.mark.parametrize(("bits", "photometric"), [(8, CIE_LAB), (16, CIE_LAB), (8, ICC_LAB), (16, ICC_LAB)])
def test_lab_keeps_its_colours(bits: int, photometric: int, tiling: dict[str, int]) -> None:
    """L*a*b* of D50, as Photoshop writes it."""
    samples = lab(8 if bits == 8 else 16, icc=photometric == ICC_LAB)
    data = layout(samples, photometric, planar=bool(tiling.get("planar")), tile=tiling.get("tile", 0))

    assert furthest(shown(data)) <= 3


def test_lab_with_a_saved_selection_keeps_its_colours() -> None:
    """Four channels of 8 bit are no LabQ."""
    samples = np.dstack([lab(8), with_channels("selection")[..., 3:]])

    assert furthest(shown(layout(samples, CIE_LAB, extra=(0,)))) <= 3


@pytest.mark.parametrize(
    "data",
    [
        layout(ycbcr(), YCBCR, tags={530: short(1, 1)}),
        layout(ycbcr(), YCBCR, planar=True, tags={530: short(1, 1)}),
        layout(ycbcr(), YCBCR, tile=64, tags={530: short(1, 1)}),
        subsampled_ycbcr(2, 1),
        subsampled_ycbcr(2, 2),
    ],
    ids=["strips", "planes", "tiles", "2x1", "2x2"],
)
def test_ycbcr_keeps_its_colours(data: bytes) -> None:
    """Also with fewer chroma samples, as cameras wrote it: fewer bytes than pixels times channels."""
    assert furthest(shown(data)) <= 4
    assert "libvips does not read YCbCr in TIFF outside JPEG strips" == developed(data).receipt.decoder_why


def test_the_profile_of_floating_point_counts() -> None:
    """Photoshop embeds one; its pixels go through it as 16 bit."""
    samples = TRUTH.astype(np.float32)
    tags = {34675: undefined(display_p3())}

    assert np.abs(shown(layout(samples, tags=tags)).astype(int) - shown(layout(scene(), tags=tags))).max() <= 3


def test_odd_private_tags_do_not_matter() -> None:
    """Known tags with values of a wrong type or count, and unknown ones: only those of the pixels are read."""
    odd = {
        65_000: ascii_text("x"),
        270: short(1),
        306: long(9),
        33_432: long(1, 2),
        34_665: ascii_text("no"),
        37_724: short(),
    }

    assert furthest(shown(layout(scene(), tags=odd))) <= 2


def test_a_page_behind_others_is_read() -> None:
    """The first page that is no thumbnail."""
    small = {**page(scene(48, 32)), 254: long(1)}

    assert furthest(shown(tiff(Directory(small, following=Directory(page(scene())))))) <= 2


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (layout(scene(), tags={259: short(50_000)}), "TIFF compression Zstandard"),
        (layout(scene(), tags={259: short(34_887)}, tile=64), "TIFF compression LERC"),
        (layout(scene(), tags={259: short(12_345)}), "TIFF compression kind 12345"),
        (layout(scene(), tags={258: short(12, 12, 12)}), "a TIFF of samples of 12 bits"),
        (layout(scene(), tags={258: short(5, 6, 5)}), "a TIFF of samples of 5/6 bits"),
        (layout(TRUTH), "a TIFF of floating-point samples of 64 bits"),
        (layout(scene().astype(np.int16)), "a TIFF of signed samples of 16 bits"),
        (layout(scene(), tags={339: short(5, 5, 5)}), "a TIFF of complex samples of 8 bits"),
        (layout(scene(), 10), "a TIFF of colour kind 10 with 3 channels"),
        (layout(scene()[..., :2], RGB), "a TIFF of colour kind 2 with 2 channels"),
        (layout(cmyk(), CMYK, tags={332: short(2)}), "a TIFF of inks other than CMYK"),
        (
            layout((TRUTH * 255).astype(np.float32)),
            "a TIFF of floating-point samples beyond the range from 0 to 1",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_truly_is_not_supported(data: bytes, reason: str) -> None:
    """The file is whole: to upload it again would not help."""
    with pytest.raises(PhotoError) as caught:
        developed(data)

    expected = f"This photo cannot be read: {reason} is not supported. Export the photo as JPEG, HEIC or DNG"
    assert "UNSUPPORTED_FORMAT" == caught.value.code
    assert caught.value.public.startswith(expected)


def test_samples_of_no_bits_are_damage() -> None:
    """No program writes them."""
    assert "CORRUPT" == outcome(layout(scene(), tags={258: short(0, 0, 0)}))


def test_a_textured_photo_is_the_same_in_every_layout() -> None:
    """To the level, whatever the order in which its samples are stored."""
    pixels = textured(200, 150)
    plain = shown(layout(pixels))

    for options in ({"planar": True}, {"tile": 32}, {"planar": True, "tile": 32}):
        again = layout(pixels, planar=bool(options.get("planar")), tile=int(options.get("tile", 0)))
        assert np.array_equal(plain, shown(again))


def test_fractions_and_profiles_of_bytes_are_kept() -> None:
    """ReferenceBlackWhite (532) counts in fractions; some programs store the ICC profile as bytes."""
    fractions = layout(scene(), tags={532: rational(0, 255, 0, 255, 0, 255)})
    as_bytes, as_undefined = (layout(scene(), tags={34675: kind}) for kind in (byte(*P3), undefined(P3)))

    assert furthest(shown(fractions)) <= 2
    assert np.array_equal(shown(as_undefined), shown(as_bytes))


def test_a_tiff_beyond_its_own_offsets_is_not_supported() -> None:
    """Directories are written behind the file's last byte, which 32 bits must be able to name."""
    huge = mmap.mmap(-1, (1 << 32) - 1)
    huge[:4] = b"II*\0"
    with memoryview(huge) as view, pytest.raises(PhotoError, match="a TIFF of 4 GiB or more"):
        _open(view, [], {})


def test_brightness_beyond_white_is_shown_as_white() -> None:
    """LogLuv holds light without an upper bound: libvips converts it, from 0-1 to sRGB."""
    light: Any = VipsImage.black(2, 1, bands=3).linear([1], [0.0, 1.0, 5.0])
    shown_as = _from_float(light.copy(interpretation="scrgb"), LOG_LUV_LAYOUT)

    assert ("srgb", [0.0, 255.0, 255.0]) == (shown_as.interpretation, shown_as(0, 0))
