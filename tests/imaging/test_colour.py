"""Every source colour becomes sRGB, as a colour management system of its own would do it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageCms

from processor.imaging import colour
from testkit.photos.exif import CAMERA
from testkit.photos.extra import cmyk_profile
from testkit.photos.heif import avif, heic
from testkit.photos.hostile import jpeg_with_broken_profile
from testkit.photos.icc import adobe_rgb, display_p3, grey_gamma
from testkit.photos.ifd import Directory, ascii_text, tiff
from testkit.photos.jpeg import cmyk_jpeg, grey_jpeg, jpeg
from testkit.photos.raster import png, png16, tiff_photo, webp
from testkit.photos.scene import Pixels, furthest, patch_colours
from tests.imaging.prints import developed, shown

TOLERANCE = 2
"""Levels of 255: both sides round, and the rendition is coded once more."""
SRGB = b"s\0R\0G\0B\0 \0b\0u\0i\0l\0t\0-\0i\0n"
ALIAS = b"M\0y\0 \0M\0o\0n\0i\0t\0o\0r\0 \0\x32\0\x37"


def reference(data: bytes, profile: bytes) -> Pixels:
    """Convert a file's stored colours by LittleCMS through Pillow: relative colorimetric, black point compensated."""
    with Image.open(io.BytesIO(data)) as image:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        assert converted is not None
        return np.asarray(converted)


def apart(left: Pixels, right: Pixels) -> int:
    """Largest difference of any patch's colour, levels of 255."""
    pairs = zip(patch_colours(left).values(), patch_colours(right).values(), strict=True)
    return max(abs(a - b) for one, other in pairs for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("make", "profile"),
    [
        pytest.param(make, profile, id=f"{kind} {name}")
        for name, profile in (("Display P3", display_p3()), ("Adobe RGB", adobe_rgb()))
        for kind, make in {
            "jpeg": jpeg,
            "png": png,
            "webp": lambda icc: webp(lossless=True, icc=icc),
            "avif": lambda icc: avif(icc=icc),
        }.items()
    ]
    + [
        pytest.param(cmyk_jpeg, cmyk_profile(), id="jpeg CMYK"),
        pytest.param(lambda icc: png("L", icc=icc), grey_gamma(1.8), id="png grey"),
        pytest.param(grey_jpeg, grey_gamma(1.0), id="jpeg grey"),
    ],
)
def test_an_embedded_profile_is_applied(make: Callable[..., bytes], profile: bytes) -> None:
    """Saturated patches, skin and greys come out as by the reference conversion."""
    data = make(icc=profile)
    expected = reference(data, profile)

    assert apart(expected, shown(data)) <= TOLERANCE
    assert furthest(expected) > 8, "the profile must move some colour, or nothing is tested"


def test_a_heic_with_a_profile_is_converted() -> None:
    """The scene's numbers, read as Display P3, are those that a PNG has."""
    profile = display_p3()

    assert apart(reference(png(icc=profile), profile), shown(heic(icc=profile))) <= TOLERANCE


def test_a_camera_that_says_r03_means_adobe_rgb() -> None:
    """Without a profile: DCF's optional colour space, by the interoperability index alone."""
    block = tiff(Directory({**CAMERA, 0x8769: Directory({0xA005: Directory({1: ascii_text("R03")})})}))
    data = jpeg(exif_block=block)
    decision = "ICC Adobe RGB (EXIF R03) → sRGB, relative colorimetric, black point compensated"

    assert apart(reference(data, adobe_rgb()), shown(data)) <= TOLERANCE
    assert decision == developed(data).receipt.colour


def test_an_embedded_profile_outranks_the_cameras_mark() -> None:
    """Editors convert and forget the mark."""
    block = tiff(Directory({0x8769: Directory({0xA005: Directory({1: ascii_text("R03")})})}))

    assert developed(jpeg(exif_block=block, icc=display_p3())).receipt.colour.startswith("ICC Display P3 → sRGB")


def test_srgb_under_another_name_is_left_alone() -> None:
    """Judged by what the profile does: no pixel moves and no time is spent."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    alias = profile.replace(SRGB, ALIAS)

    assert alias != profile
    assert "sRGB profile (sRGB built-in)" == developed(jpeg(icc=profile)).receipt.colour
    assert "sRGB profile (My Monitor 27)" == developed(jpeg(icc=alias)).receipt.colour
    assert np.array_equal(shown(jpeg()), shown(jpeg(icc=alias)))


def test_cmyk_without_a_profile_takes_a_generic_one() -> None:
    """As if it were embedded: never inverted, never left as four channels."""
    expected = reference(cmyk_jpeg(icc=cmyk_profile()), cmyk_profile())

    assert apart(expected, shown(cmyk_jpeg())) <= TOLERANCE
    decision = "no profile: generic CMYK → sRGB, relative colorimetric, black point compensated"
    assert decision == developed(cmyk_jpeg()).receipt.colour


@pytest.mark.parametrize(
    ("data", "decision"),
    [
        pytest.param(jpeg_with_broken_profile(), "unreadable profile ignored: taken as sRGB", id="noise"),
        pytest.param(jpeg(icc=display_p3()[:200]), "unreadable profile ignored: taken as sRGB", id="cut"),
        pytest.param(
            jpeg(icc=adobe_rgb().replace(b"mntr", b"link", 1)),
            "unreadable profile ignored: taken as sRGB",
            id="device link",
        ),
        pytest.param(jpeg(icc=b"short"), "unreadable profile ignored: taken as sRGB", id="short"),
        pytest.param(jpeg(icc=grey_gamma()), "profile for GRAY ignored: taken as sRGB", id="grey for colour"),
        pytest.param(
            jpeg(icc=display_p3().replace(b"RGB XYZ ", b"Lab XYZ ", 1)),
            "profile for Lab ignored: taken as sRGB",
            id="Lab",
        ),
        pytest.param(jpeg(), "no profile: taken as sRGB", id="none"),
    ],
)
def test_a_profile_that_cannot_describe_the_photo_is_ignored(data: bytes, decision: str) -> None:
    """The receipt says why, the picture is shown as sRGB."""
    assert decision == developed(data).receipt.colour
    assert furthest(shown(data)) <= TOLERANCE


def test_a_profile_without_a_name_is_applied() -> None:
    """The name is for the receipt alone."""
    nameless = display_p3().replace(b"desc", b"xesc", 1)

    assert developed(jpeg(icc=nameless)).receipt.colour.startswith("ICC unnamed → sRGB")
    assert np.array_equal(shown(jpeg(icc=display_p3())), shown(jpeg(icc=nameless)))


def test_a_colour_profile_on_a_grey_photo_is_ignored() -> None:
    """It cannot describe one channel."""
    assert "profile for RGB ignored: taken as sRGB" == developed(grey_jpeg(icc=display_p3())).receipt.colour
    assert np.array_equal(shown(grey_jpeg()), shown(grey_jpeg(icc=display_p3())))


@pytest.mark.parametrize(
    "data",
    [png16(), png("P"), tiff_photo(bits=16), tiff_photo(tiled=True), webp(), avif()],
    ids=["png 16 bit", "palette", "tiff 16 bit", "tiles", "webp", "avif"],
)
def test_every_depth_and_layout_becomes_8_bit_srgb(data: bytes) -> None:
    """The scene's own colours."""
    assert furthest(shown(data)) <= TOLERANCE


@pytest.mark.parametrize("data", [grey_jpeg(), png("L"), png16(grey=True)], ids=["jpeg", "png", "16 bit"])
def test_a_grey_photo_becomes_grey_rgb(data: bytes) -> None:
    """Three equal channels: viewers disagree about one."""
    pixels = shown(data)

    assert np.array_equal(pixels[..., 0], pixels[..., 1])
    assert np.array_equal(pixels[..., 1], pixels[..., 2])
    assert patch_colours(pixels)["light"] == (184, 184, 184)


def test_the_verdict_on_a_profile_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Photos of one camera carry one profile; for pixels of another kind, or a large profile, it is judged anew."""
    sent: list[bytes | str] = []
    transform = colour._transform

    def counted(image: pyvips.Image, profile: bytes | str, **options: Any) -> pyvips.Image:
        sent.append(profile)
        return transform(image, profile, **options)

    colour._remembered.cache_clear()
    monkeypatch.setattr(colour, "_transform", counted)
    rgb = pyvips.Image.black(4, 4, bands=3).copy(interpretation="srgb")
    found = [colour.decide(rgb, profile=display_p3()) for _ in range(3)]
    once = len(sent)
    padded = display_p3() + bytes(colour.REMEMBERED_BYTES)
    again = [colour.decide(rgb, profile=padded).decision for _ in range(2)]

    assert [found[0]] * 3 == found
    assert [found[0].decision] * 2 == again
    assert 3 * once == len(sent)
    assert "profile for RGB ignored: taken as sRGB" == colour.decide(rgb[0], profile=display_p3()).decision
