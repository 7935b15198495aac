from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from processor.errors import PhotoError
from processor.imaging.model import Rendering
from processor.recipe import Recipe, Size
from testkit.photos.scene import Pixels
from tests.imaging.prints import pixels_of
from tests.samples.folder import PHOTOS, REFUSED

pytestmark = pytest.mark.samples
Render = Callable[[str], Rendering]
NUMBER_ON_PHOTO = (slice(40, 60), slice(40, 60))  # the orientation samples carry their number in the middle, per cent

MAX_CODING_NOISE = 3.0  # mean of the 8-bit steps: each sample was coded anew after it was turned


def thumbnail(rendering: Rendering) -> Pixels:
    """Decode the smallest rendition."""
    return pixels_of(next(it for it in rendering.renditions if it.size == "thumbnail"))


def fitted(width: int, height: int, size: Size) -> tuple[int, int]:
    """Fit exactly, by fractions: rounded half up, at least 1 px, never enlarged."""
    scale = min(Fraction(1), Fraction(size.width, width), Fraction(size.height, height))
    return max(1, int(width * scale + Fraction(1, 2))), max(1, int(height * scale + Fraction(1, 2)))


def test_every_sample_has_its_expectation(samples: Path) -> None:
    """A photo added to the folder is added to the table."""
    folders = (samples / name for name in ("photos", "orientation", "raw"))
    found = {str(path.relative_to(samples)) for folder in folders for path in folder.iterdir()}

    assert PHOTOS.keys() | REFUSED.keys() == found


@pytest.mark.parametrize("name", PHOTOS)
def test_photo_is_recognised_upright_and_decoded_as_expected(name: str, rendered: Render) -> None:
    """Format by content, size as the photographer saw it, and the decoder that may be trusted with it."""
    rendering = rendered(name)

    assert PHOTOS[name] == (rendering.format, rendering.width, rendering.height, rendering.receipt.decoder)


@pytest.mark.parametrize("name", PHOTOS)
def test_every_rendition_decodes_and_fits_its_box_to_the_pixel(name: str, rendered: Render) -> None:
    """All four sizes exist, and their files hold what the original's own dimensions give."""
    rendering, sizes = rendered(name), Recipe().sizes
    expected = {size: fitted(rendering.width, rendering.height, sizes[size]) for size in sizes}

    files = {it.size: pixels_of(it).shape[1::-1] for it in rendering.renditions}

    assert expected == files


@pytest.mark.parametrize("name", REFUSED)
def test_undecodable_raw_is_refused_with_a_plain_reason(name: str, rendered: Render) -> None:
    """A typed verdict, in words without library errors, with advice."""
    verdict, words, advice = REFUSED[name]

    with pytest.raises(PhotoError) as refused:
        rendered(name)

    assert verdict == refused.value.verdict
    assert words in refused.value.finding
    assert advice in refused.value.public


@pytest.mark.parametrize("shape", ["Landscape", "Portrait"])
def test_all_nine_orientations_show_the_same_picture(shape: str, rendered: Render) -> None:
    """Turned and mirrored back, only the number drawn on each photo and the coding noise differ."""
    pictures = [thumbnail(rendered(f"orientation/{shape}_{n}.jpg")).astype(float) for n in range(9)]
    height, width = pictures[0].shape[:2]
    rows, columns = (
        slice(part.start * side // 100, part.stop * side // 100)
        for part, side in zip(NUMBER_ON_PHOTO, (height, width), strict=True)
    )
    for picture in pictures:
        picture[rows, columns] = 0

    assert max(np.abs(picture - pictures[0]).mean() for picture in pictures) < MAX_CODING_NOISE
    assert np.abs(np.flip(pictures[0], 1) - pictures[0]).mean() > 5 * MAX_CODING_NOISE


def test_sony_preview_fills_small_sizes_and_a_demosaic_the_large_ones(rendered: Render) -> None:
    """The ARW's preview is 1616 px wide: good for 800 px, never for 4000."""
    sources = rendered("raw/sony-a7rm3.arw").receipt.sources

    assert {"thumbnail": "raw-preview", "small": "raw-preview", "medium": "raw-full", "large": "raw-full"} == sources


def test_sony_preview_and_demosaic_show_the_same_photo(rendered: Render) -> None:
    """A gallery mixes both: the same framing and about the same brightness, or the grid flickers."""
    sizes = {it.size: it for it in rendered("raw/sony-a7rm3.arw").renditions}
    preview, demosaic = (pixels_of(sizes[size]).astype(float) for size in ("small", "medium"))
    coarse = [blocks(picture.mean(axis=2)) for picture in (preview, demosaic)]

    assert np.corrcoef(coarse[0].ravel(), coarse[1].ravel())[0, 1] > 0.97
    assert abs(coarse[0].mean() - coarse[1].mean()) < 12


@pytest.mark.parametrize("name", ["raw/nikon-d1.nef", "raw/kodak-dc50.kdc"])
def test_raw_without_a_usable_preview_is_demosaiced_at_every_size(name: str, rendered: Render) -> None:
    """Their embedded pictures are 160 px thumbnails, which must never pass as the photo."""
    assert {"raw-full"} == set(rendered(name).receipt.sources.values())


@pytest.mark.parametrize("name", ["raw/canon-6d.dng", "raw/kodak-dc50.kdc", "raw/nikon-d1.nef", "raw/sony-a7rm3.arw"])
def test_raw_has_no_black_border(name: str, rendered: Render) -> None:
    """The sensor's masked margin is no part of the photo: the outermost lines go on as the next ones do."""
    large = pixels_of(next(it for it in rendered(name).renditions if it.size == "large")).astype(float)
    edges = [(large[0], large[4]), (large[-1], large[-5]), (large[:, 0], large[:, 4]), (large[:, -1], large[:, -5])]

    assert all(abs(outer.mean() - inner.mean()) < 6 for outer, inner in edges)


def blocks(
    plane: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Average a plane over a grid of 20 x 20 cells, whatever its size."""
    rows = np.array_split(plane, 20, axis=0)
    return np.array([[cell.mean() for cell in np.array_split(row, 20, axis=1)] for row in rows])
