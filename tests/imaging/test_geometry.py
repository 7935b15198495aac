"""Check sizes: fit inside both sides, cover, never enlarge, round from the original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processor.imaging.geometry import (
    Box,
    Rung,
    cover,
    fit_inside,
    largest_frame,
    place_around,
    rung_for,
    rungs_for,
    scaled,
)
from processor.recipe import Focus, Size

sides = st.integers(1, 20_000)
boxes = st.builds(Box, sides, sides)


@pytest.mark.parametrize(
    ("original", "box", "expected"),
    [
        ((6000, 4000), (4000, 4000), (4000, 2667)),
        ((6000, 4000), (2000, 2000), (2000, 1333)),
        ((6000, 4000), (800, 600), (800, 533)),
        ((6000, 4000), (400, 400), (400, 267)),
        ((4000, 6000), (800, 600), (400, 600)),
        ((3000, 3000), (800, 600), (600, 600)),
        ((640, 480), (800, 600), (640, 480)),
        ((20_000, 3), (400, 400), (400, 1)),
    ],
)
def test_a_photo_is_fitted_inside_both_sides(
    original: tuple[int, int], box: tuple[int, int], expected: tuple[int, int]
) -> None:
    """The specification's examples, portraits, and a strip that keeps its one pixel."""
    assert Box(*expected) == fit_inside(Box(*original), Box(*box))


@given(boxes, boxes)
def test_a_fitted_photo_touches_the_box_or_keeps_its_size(original: Box, box: Box) -> None:
    """It never leaves the box, is never enlarged, never vanishes."""
    fitted = fit_inside(original, box)

    assert box.holds(fitted)
    assert original.holds(fitted)
    assert min(fitted.width, fitted.height) >= 1
    assert fitted == original or fitted.width == box.width or fitted.height == box.height


@given(boxes, boxes)
def test_a_fitted_photo_keeps_its_shape_within_half_a_pixel(original: Box, box: Box) -> None:
    """Only rounding may change the aspect: each side is the exact one rounded half up, or 1 px."""
    fitted = fit_inside(original, box)
    factor = min(1.0, box.width / original.width, box.height / original.height)

    assert abs(fitted.width - max(1, factor * original.width)) <= 0.5 + 1e-6
    assert abs(fitted.height - max(1, factor * original.height)) <= 0.5 + 1e-6


@given(boxes, boxes, st.integers(0, 500), st.integers(0, 500))
def test_a_larger_box_never_gives_a_smaller_photo(original: Box, box: Box, wider: int, higher: int) -> None:
    """A ladder of sizes can be cascaded: each rung fits into the next larger one."""
    larger = Box(box.width + wider, box.height + higher)

    assert fit_inside(original, larger).holds(fit_inside(original, box))


@given(boxes, boxes)
def test_a_covering_photo_fills_the_box_unless_it_is_smaller(original: Box, box: Box) -> None:
    """One side equals the box's, the other reaches it; a photo that is smaller on a side is not enlarged."""
    covering = cover(original, box)

    assert original.holds(covering)
    if original.width > box.width and original.height > box.height:
        assert covering.holds(box)
        assert covering.width == box.width or covering.height == box.height
    else:
        assert original == covering


@pytest.mark.parametrize(
    ("original", "frame", "crop"),
    [
        ((6000, 4000), (600, 400), (400, 400)),
        ((4000, 6000), (400, 600), (400, 400)),
        ((300, 900), (300, 900), (300, 400)),
        ((100, 50), (100, 50), (100, 50)),
    ],
)
def test_a_cover_size_scales_the_frame_and_cuts_the_rest(
    original: tuple[int, int], frame: tuple[int, int], crop: tuple[int, int]
) -> None:
    """The whole frame is scaled first; the crop is never larger than what is there."""
    size = Size(width=400, height=400, fit="cover")

    assert Rung("square", Box(*frame), Box(*crop)) == rung_for("square", size, Box(*original))


def test_an_inside_size_is_not_cropped() -> None:
    """Frame and crop are one and the same."""
    assert Rung("small", Box(800, 533), Box(800, 533)) == rung_for(
        "small", Size(width=800, height=600), Box(6000, 4000)
    )


@pytest.mark.parametrize(("side", "numerator", "denominator", "expected"), [(5, 1, 2, 3), (3, 1, 2, 2), (1, 1, 9, 1)])
def test_sides_are_rounded_half_up_and_never_to_nothing(
    side: int, numerator: int, denominator: int, expected: int
) -> None:
    """In whole numbers: floating point would round some halves down."""
    assert expected == scaled(side, numerator, denominator)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientations_from_five_exchange_the_sides(orientation: int) -> None:
    """EXIF 5-8 store columns as rows."""
    assert (Box(2, 3) if orientation >= 5 else Box(3, 2)) == Box(3, 2).turned(orientation)


def test_a_box_knows_its_long_side_and_its_aspect() -> None:
    """Both in the order width, height."""
    assert (4000, 1.6) == (Box(4000, 2500).long_side, Box(4000, 2500).aspect)


def test_every_size_is_a_rung_of_the_original() -> None:
    """In the order of the settings, whose names the rungs keep."""
    sizes = {"wide": Size(width=300, height=10), "tall": Size(width=20, height=90)}

    assert (
        Rung("wide", Box(10, 10), Box(10, 10)),
        Rung("tall", Box(20, 20), Box(20, 20)),
    ) == rungs_for(sizes, Box(90, 90))


def test_the_largest_frame_has_the_most_pixels() -> None:
    """Neither the widest nor the highest, nor the flattest."""
    frames = [Box(90, 2), Box(20, 20), Box(2, 100)]

    assert Box(20, 20) == largest_frame([Rung("", frame, frame) for frame in frames])


@pytest.mark.parametrize(
    ("focus", "expected"),
    [
        (Focus(0.5, 0.5), (300, 0)),
        (Focus(0.25, 0.5), (75, 0)),
        (Focus(0, 1), (0, 0)),
        (Focus(1, 0), (600, 0)),
    ],
)
def test_a_focus_is_in_the_middle_as_far_as_the_edges_allow(focus: Focus, expected: tuple[int, int]) -> None:
    """A square of 300 px of a photo of 900 × 300 px: only its left edge can move."""
    assert expected == place_around(focus, Box(300, 300), Box(900, 300))
