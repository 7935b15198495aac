"""The photos that other tests rely on are what they claim, by the word of independent readers."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import rawpy
from PIL import Image, ImageCms, ImageOps

from testkit.photos.exif import SECRETS
from testkit.photos.icc import adobe_rgb, display_p3
from testkit.photos.jpeg import cut, jpeg, private_jpeg
from testkit.photos.raw import dng, preview
from testkit.photos.scene import furthest, scene

ORIENTATIONS = range(1, 9)
CODING_STEPS, DEMOSAIC_STEPS = 2, 12  # largest difference of a patch, in 8-bit steps


def demosaiced(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Decode a RAW as a program would that trusts the file: camera white balance, sRGB curve."""
    with rawpy.imread(io.BytesIO(data)) as raw:
        return raw.postprocess(use_camera_wb=True, no_auto_bright=True, gamma=(2.4, 12.92))


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_jpeg_is_upright_once_its_orientation_is_applied(orientation: int) -> None:
    """Stored pixels and tag belong together, for all eight values."""
    with Image.open(io.BytesIO(jpeg(orientation=orientation))) as image:
        assert orientation == image.getexif()[0x0112]
        assert CODING_STEPS >= furthest(np.asarray(ImageOps.exif_transpose(image)))


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_dng_shows_the_scene_in_its_own_colours(orientation: int) -> None:
    """LibRaw needs the mosaic, the black level, the white balance, the matrix and the orientation to get there."""
    assert DEMOSAIC_STEPS >= furthest(demosaiced(dng(orientation=orientation)))


def test_dng_preview_is_found_beside_the_mosaic() -> None:
    """IFD0 holds the preview, a SubIFD the mosaic."""
    embedded = preview(240, 160)

    with rawpy.imread(io.BytesIO(dng(preview=embedded))) as raw:
        assert embedded[-64:] == raw.extract_thumb().data[-64:]


def test_half_a_dng_is_no_dng() -> None:
    """The mosaic stands behind the directory, so a cut file lacks pixels."""
    with pytest.raises(rawpy.LibRawIOError):
        demosaiced(cut(dng(), 0.5))


@pytest.mark.parametrize(
    ("profile", "name", "red_xyz"),
    [
        (display_p3(), "Display P3", (0.5151, 0.2412, -0.0011)),
        (adobe_rgb(), "Adobe RGB (1998)", (0.6097, 0.3111, 0.0195)),
    ],
)
def test_profiles_hold_the_published_primaries(profile: bytes, name: str, red_xyz: tuple[float, ...]) -> None:
    """LittleCMS reads them; red under D50 is the value that Apple and Adobe publish."""
    opened: Any = ImageCms.ImageCmsProfile(io.BytesIO(profile))  # its annotations name another class

    assert name == ImageCms.getProfileDescription(opened).strip()
    assert red_xyz == pytest.approx(opened.profile.red_primary[0], abs=5e-4)


def test_private_photo_holds_every_secret() -> None:
    """The secrets that a test of privacy looks for are in its photo."""
    data = private_jpeg(artist="Ä. Photographer", copyright_notice="© 2024")

    assert [] == [secret for secret in SECRETS if secret not in data]


def test_the_scene_tells_its_corners_apart() -> None:
    """A picture turned or mirrored in any way is noticed."""
    upright = scene(320, 320)
    wrong = [np.rot90(upright, turns) for turns in (1, 2, 3)] + [np.flip(upright, 0), np.flip(upright, 1)]

    assert all(furthest(np.ascontiguousarray(picture)) > 50 for picture in wrong)
