"""Check watermarks."""

from __future__ import annotations

import numpy as np
import pytest

from processor.errors import EditError
from processor.imaging.picture import Mark
from testkit.photos.scene import Pixels
from tests.imaging.steps.trials import RED, WHITE, after, applied, flat, half_transparent, picture_of

LOGO = "upload://logo"


def marked(mark: Pixels | None = None, size: tuple[int, int] = (400, 200), **more: object) -> Pixels:
    """Put *mark*, a red box of 100 × 50 px by default, on a white picture."""
    logo = picture_of(flat(100, 50, RED) if mark is None else mark)
    marks = {LOGO: Mark(size=logo.size, decode=lambda _: logo)}
    return after({"op": "watermark", "image": LOGO, **more}, flat(*size, WHITE), marks=marks)


def where(pixels: Pixels) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the pixels that are not white."""
    rows, columns = np.nonzero((pixels != 255).any(axis=2))
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


@pytest.mark.parametrize(
    ("position", "box"),
    [
        ("northwest", (8, 8, 68, 38)),
        ("northeast", (332, 8, 392, 38)),
        ("southwest", (8, 162, 68, 192)),
        ("southeast", (332, 162, 392, 192)),
        ("center", (170, 85, 230, 115)),
    ],
)
def test_a_mark_lies_in_its_place_at_its_size(position: str, box: tuple[int, int, int, int]) -> None:
    """It is 15 % of 400 px wide, 2 % from the edges, and keeps its aspect."""
    assert box == where(marked(position=position))


@pytest.mark.parametrize("percent", [5, 30, 50])
def test_the_width_is_a_share_of_the_pictures(percent: int) -> None:
    """The mark's own size does not matter."""
    left, _, right, _ = where(marked(width_percent=percent))

    assert 400 * percent // 100 == right - left


def test_a_mark_too_high_for_the_picture_is_made_to_fit() -> None:
    """It is as high as the space between the margins."""
    left, top, right, bottom = where(marked(flat(50, 500, RED), width_percent=50))

    assert (8, 192) == (top, bottom)
    assert 18 == right - left


@pytest.mark.parametrize(("opacity", "red"), [(0.5, (228, 148, 148)), (1, RED)])
def test_opacity_mixes(opacity: float, red: tuple[int, int, int]) -> None:
    """Measured as red on white."""
    assert np.allclose(red, marked(opacity=opacity, position="center")[100, 200], atol=1)


def test_the_marks_own_transparency_is_kept() -> None:
    """The right half of the logo shows the picture."""
    pixels = marked(half_transparent(flat(100, 50, RED)), opacity=1, position="center")

    assert (RED, WHITE) == (tuple(pixels[100, 180].tolist()), tuple(pixels[100, 220].tolist()))


def test_an_opaque_picture_stays_without_alpha() -> None:
    """A watermark adds no alpha band to the picture."""
    assert 3 == marked(half_transparent(flat(100, 50, RED))).shape[2]


def test_a_mark_on_a_transparent_part_is_visible() -> None:
    """The mark keeps its own opacity there."""
    logo = picture_of(flat(10, 10, RED))
    marks = {LOGO: Mark(size=logo.size, decode=lambda _: logo)}
    step = {"op": "watermark", "image": LOGO, "opacity": 1}
    pixels = after(step, half_transparent(flat(100, 100, WHITE)), marks=marks)

    assert [*RED, 255] == pixels[-10, -10].tolist()
    assert 0 == pixels[5, -5, 3]


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (2000, 1), (1, 2000)])
@pytest.mark.parametrize("margin", [0, 20])
def test_tiny_pictures_take_marks(size: tuple[int, int], margin: int) -> None:
    """At least one pixel of the mark is inside."""
    assert (marked(size=size, margin=margin) != 255).any()


def test_a_missing_mark_is_refused() -> None:
    """The error names it and the remedy."""
    with pytest.raises(EditError) as caught:
        applied({"op": "watermark", "image": "photo://gone"}, picture_of(flat(9, 9)))

    sentence = (
        "The watermark photo://gone is not available: expected a photo or an upload of your own. Upload it again."
    )
    assert ("INVALID_INPUT", sentence) == (caught.value.code, caught.value.public)
