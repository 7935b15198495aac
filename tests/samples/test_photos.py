from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from processor.errors import PhotoError
from processor.imaging.model import Rendering
from processor.recipe import Recipe, Size
from testkit.delta_e import delta_e_2000, lab_of_srgb
from testkit.photos.scene import Pixels
from tests.imaging.prints import pixels_of
from tests.samples.folder import PHOTOS, REFUSED

pytestmark = pytest.mark.samples
Render = Callable[[str], Rendering]
NUMBER_ON_PHOTO = (slice(40, 60), slice(40, 60))  # the orientation samples carry their number in the middle, per cent

MAX_DELTA_E = 2.5  # of a RAW's small and large renditions; colour differences of 1 are just visible
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


@pytest.mark.parametrize("name", [name for name in PHOTOS if name.startswith("raw/")])
def test_all_sizes_of_a_raw_have_one_source_and_one_look(name: str, rendered: Render) -> None:
    """A gallery shows the small one and opens the large one: the picture must not change then."""
    rendering = rendered(name)
    by_size = {it.size: it for it in rendering.renditions}
    small, large = (Image.fromarray(pixels_of(by_size[size])) for size in ("thumbnail", "large"))
    labs = (lab_of_srgb(np.asarray(one.resize((120, 80), Image.Resampling.BOX))) for one in (small, large))

    assert 1 == len(set(rendering.receipt.sources.values()))
    assert delta_e_2000(*labs).mean() < MAX_DELTA_E


@pytest.mark.parametrize(
    ("name", "most"), [("raw/canon-6d.dng", 1.9), ("raw/sony-a7rm3.arw", 2.2), ("raw/kodak-dc50.kdc", 3.6)]
)
def test_a_demosaic_looks_like_the_cameras_preview(name: str, most: float, rendered: Render) -> None:
    """The receipt says how like: the trial that the design rests on came to 1.9 and 3.3."""
    found = re.search(
        r"matched to the embedded preview \(mean ΔE2000 ([\d.]+) before, ([\d.]+) after\)",
        rendered(name).receipt.colour,
    )

    assert found
    assert float(found[2]) <= most < float(found[1])


def test_raw_without_a_usable_preview_keeps_the_plain_conversion(rendered: Render) -> None:
    """The D1's is a thumbnail with black bars."""
    receipt = rendered("raw/nikon-d1.nef").receipt

    assert ("raw-full", "camera matrix → sRGB") == (receipt.decoder, receipt.colour)
    assert receipt.decoder_why.startswith("the embedded preview has another aspect (160×120 against 2012×1324)")


@pytest.mark.parametrize("name", ["raw/canon-6d.dng", "raw/kodak-dc50.kdc", "raw/nikon-d1.nef", "raw/sony-a7rm3.arw"])
def test_raw_has_no_black_border(name: str, rendered: Render) -> None:
    """The sensor's masked margin is no part of the photo: the outermost lines go on as the next ones do."""
    large = pixels_of(next(it for it in rendered(name).renditions if it.size == "large")).astype(float)
    edges = [(large[0], large[4]), (large[-1], large[-5]), (large[:, 0], large[:, 4]), (large[:, -1], large[:, -5])]

    assert all(abs(outer.mean() - inner.mean()) < 6 for outer, inner in edges)
