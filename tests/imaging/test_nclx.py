"""Colours that a HEIF or AVIF names by code points become ICC profiles."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from processor.imaging.icc import adobe_rgb_profile
from processor.imaging.nclx import profile_for
from testkit.photos.heif import avif
from testkit.photos.icc import DISPLAY_P3_XY, adapted_to_d50, adobe_rgb, display_p3, linear_to_xyz
from testkit.photos.raster import png
from testkit.photos.scene import Pixels, patch_colours, scene
from tests.imaging.prints import developed, pixels_of

SRGB, PQ, HLG = 13, 16, 18
BT709, BT2020, DCI_P3, DISPLAY_P3 = 1, 9, 11, 12
BT2020_XY = ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))


def converted(pixels: Pixels, profile: bytes) -> Pixels:
    """Convert *pixels* by LittleCMS through Pillow."""
    image = ImageCms.profileToProfile(
        Image.fromarray(pixels),
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert image is not None
    return np.asarray(image)


def greys(profile: bytes) -> list[int]:
    """Send a ramp of 256 greys through *profile*."""
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    return converted(ramp, profile)[0, :, 1].tolist()


def primaries(profile: bytes) -> list[float]:
    """Read red, green and blue as XYZ under D50."""
    core: Any = ImageCms.getOpenProfile(io.BytesIO(profile)).profile  # its annotations are those of a file
    return [value for xyz in (core.red_colorant, core.green_colorant, core.blue_colorant) for value in xyz[0]]


@pytest.mark.parametrize(
    ("code", "corners"), [(DISPLAY_P3, DISPLAY_P3_XY), (DCI_P3, DISPLAY_P3_XY), (BT2020, BT2020_XY)]
)
def test_a_profile_has_the_primaries_that_its_code_names(code: int, corners: tuple[tuple[float, float], ...]) -> None:
    """Adapted from D65 to the connection space's D50; DCI-P3's own white is taken as D65, as browsers do."""
    profile = profile_for((code, SRGB, 1))

    assert profile is not None
    assert adapted_to_d50(linear_to_xyz(corners)).T.ravel() == pytest.approx(primaries(profile), abs=0.001)


def test_display_p3_by_code_points_is_display_p3_by_profile() -> None:
    """Within one level of the profile that phones embed."""
    profile = profile_for((DISPLAY_P3, SRGB, 1))

    assert profile is not None
    apart = converted(scene(), profile).astype(int) - converted(scene(), display_p3())
    assert int(abs(apart).max()) <= 1


def test_adobe_rgb_is_adobe_rgb() -> None:
    """The profile for cameras that only say "R03"."""
    apart = converted(scene(), adobe_rgb_profile()).astype(int) - converted(scene(), adobe_rgb())

    assert int(abs(apart).max()) <= 1


@pytest.mark.parametrize("nclx", [None, (BT709, SRGB, 1), (BT709, 1, 1), (2, 2, 2), (99, 99, 99)])
def test_srgb_and_unknown_code_points_need_no_profile(nclx: tuple[int, int, int] | None) -> None:
    """Browsers treat them as sRGB."""
    assert profile_for(nclx) is None


@pytest.mark.parametrize(("transfer", "half"), [(PQ, 0.508), (HLG, 0.5)])
@pytest.mark.parametrize("code", [BT709, BT2020])
def test_high_dynamic_range_is_rolled_off_for_standard_displays(code: int, transfer: int, half: float) -> None:
    """Greys rise without a step from black, and highlights keep their differences up to the top."""
    profile = profile_for((code, transfer, 9))

    assert profile is not None
    ramp = greys(profile)
    assert ramp[0] <= 1
    assert all(below <= above for below, above in pairwise(ramp))
    assert max(above - below for below, above in pairwise(ramp)) <= 4
    assert 120 <= ramp[round(255 * half)] <= 235
    assert ramp[255] > ramp[200] > ramp[150]


def test_reference_white_of_pq_comes_out_bright_but_not_white() -> None:
    """203 cd/m² (ITU-R BT.2408) is the code value 0.58; what is brighter still has room above."""
    profile = profile_for((BT2020, PQ, 9))

    assert profile is not None
    assert 215 <= greys(profile)[148] < 250


def test_an_avif_that_names_display_p3_is_converted() -> None:
    """Its colr box says so, no profile does. What comes out is the same as with a profile."""
    data = avif()
    named = bytearray(data)
    place = data.index(b"colrnclx") + 8
    named[place : place + 2] = DISPLAY_P3.to_bytes(2, "big")
    rendering = developed(bytes(named))

    expected = patch_colours(pixels_of(developed(png(icc=display_p3())).renditions[0]))
    found = patch_colours(pixels_of(rendering.renditions[0]))
    assert all(abs(a - b) <= 3 for name in expected for a, b in zip(expected[name], found[name], strict=True))
    assert rendering.receipt.colour.startswith("ICC nclx 12/13 → sRGB")
