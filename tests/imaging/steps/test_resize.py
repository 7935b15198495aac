"""Check resizing."""

from __future__ import annotations

import numpy as np
import pytest

from processor.edits.operations.size import Resize
from processor.imaging.steps.size import resize
from tests.imaging.steps.trials import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    Step,
    after,
    applied,
    flat,
    half_transparent,
    picture_of,
    quarters,
    size_after,
)


@pytest.mark.parametrize(
    ("step", "size"),
    [
        ({"width": 300}, (300, 200)),
        ({"height": 100}, (150, 100)),
        ({"width": 300, "height": 300}, (300, 200)),
        ({"percent": 50}, (300, 200)),
        ({"percent": 33.3}, (200, 133)),
        ({"percent": 0.01}, (1, 1)),
        ({"percent": 200}, (1200, 800)),
        ({"percent": 200, "enlarge": False}, (600, 400)),
        ({"width": 900}, (600, 400)),
        ({"width": 900, "enlarge": True}, (900, 600)),
        ({"height": 800, "enlarge": True}, (1200, 800)),
        ({"width": 900, "height": 900, "enlarge": True}, (900, 600)),
        ({"width": 100, "height": 100, "fit": "cover"}, (100, 100)),
        ({"width": 700, "height": 300, "fit": "cover"}, (600, 257)),
        ({"width": 500, "height": 500, "fit": "cover"}, (400, 400)),
        ({"width": 1000, "height": 3000, "fit": "cover"}, (133, 400)),
        ({"width": 700, "height": 700, "fit": "cover", "enlarge": True}, (700, 700)),
        ({"width": 100, "height": 100, "fit": "contain"}, (100, 100)),
        ({"width": 900, "height": 900, "fit": "contain"}, (900, 900)),
        ({"width": 100, "height": 300, "fit": "fill"}, (100, 300)),
        ({"width": 900, "height": 300, "fit": "fill"}, (600, 200)),
        ({"width": 500, "height": 500, "fit": "fill"}, (400, 400)),
        ({"width": 900, "height": 300, "fit": "fill", "enlarge": True}, (900, 300)),
        ({"width": 1}, (1, 1)),
        ({"megapixels": 0.06}, (300, 200)),
        ({"megapixels": 0.96}, (600, 400)),
        ({"megapixels": 0.96, "enlarge": True}, (1200, 800)),
        ({"height": 100, "fit": "fill"}, (600, 100)),
        ({"width": 700, "fit": "fill", "enlarge": True}, (700, 400)),
    ],
)
def test_a_picture_of_600_by_400_gets_the_size(step: Step, size: tuple[int, int]) -> None:
    """All parameters of a size, and their combinations."""
    assert size == size_after({"op": "resize", **step}, 600, 400)


@pytest.mark.parametrize("sides", [(1, 1), (1, 500), (7, 3), (333, 17)])
def test_percentages_are_of_both_sides(sides: tuple[int, int]) -> None:
    """Sides are rounded half up, at least 1 px."""
    width, height = sides

    assert (max(1, (width + 1) // 2), max(1, (height + 1) // 2)) == size_after({"op": "resize", "percent": 50}, *sides)


def test_each_quarter_keeps_its_colour() -> None:
    """Within a step of 8 bit, away from the edges."""
    pixels = after({"op": "resize", "percent": 300}, quarters())

    corners = [pixels[10, 10], pixels[10, -10], pixels[-10, 10], pixels[-10, -10]]
    assert np.allclose([RED, GREEN, BLUE, WHITE], corners, atol=1)


def test_cover_keeps_the_part_at_the_position() -> None:
    """The right half is kept from the east, the left from the west."""
    east = after({"op": "resize", "width": 20, "height": 40, "fit": "cover", "position": "east"}, quarters())
    west = after({"op": "resize", "width": 20, "height": 40, "fit": "cover", "position": "west"}, quarters())

    assert (GREEN, RED) == (tuple(east[5, 10].tolist()), tuple(west[5, 10].tolist()))


def test_contain_pads_with_its_colour_or_transparently() -> None:
    """Transparent parts become white only in a format without alpha."""
    step = {"op": "resize", "width": 60, "height": 60, "fit": "contain"}
    coloured, clear = after({**step, "background": "#112233"}, quarters()), after(step, quarters())

    assert (0x11, 0x22, 0x33) == tuple(coloured[0, 0].tolist())
    assert ([0, 0, 0, 0], [*RED, 255]) == (clear[0, 0].tolist(), clear[15, 5].tolist())


def test_hidden_colours_do_not_bleed() -> None:
    """White beside transparent black shrinks to white."""
    pixels = flat(64, 64, WHITE)
    pixels[:, 32:] = 0
    small = after({"op": "resize", "width": 9}, half_transparent(pixels))

    seen = small[small[..., 3] > 8]
    assert seen[:, :3].min() >= 250


KEPT = "The picture was not enlarged: it is 60 × 40 px."


@pytest.mark.parametrize(
    ("step", "note"),
    [
        ({"width": 800}, KEPT),
        ({"width": 800, "height": 800}, KEPT),
        ({"width": 800, "fit": "fill"}, KEPT),
        ({"width": 90, "height": 90, "fit": "contain"}, f"{KEPT[:-1]}, in a frame of 90 × 90 px."),
        (
            {"width": 800, "height": 100, "fit": "fill"},
            "The picture is 60 × 8 px, the largest of the shape 800 × 100 without enlarging: it was 60 × 40 px.",
        ),
        (
            {"width": 50, "height": 50, "fit": "cover"},
            "The picture is 40 × 40 px, the largest of the shape 50 × 50 without enlarging: it was 60 × 40 px.",
        ),
        ({"width": 800, "height": 30}, None),
        ({"width": 60}, None),
        ({"width": 30}, None),
        ({"percent": 50}, None),
        ({"percent": 50, "enlarge": False}, None),
        ({"percent": 200, "enlarge": False}, KEPT),
        ({"megapixels": 0.001}, None),
        ({"megapixels": 1}, KEPT),
        ({"width": 800, "enlarge": True}, None),
    ],
)
def test_a_picture_that_was_not_enlarged_has_a_note_of_its_true_size(step: Step, note: str | None) -> None:
    """Without a note the command seems to be ignored."""
    notes = applied({"op": "resize", **step}, picture_of(quarters())).notes

    assert ((note,) if note else ()) == notes


def test_the_same_size_is_the_same_picture() -> None:
    """Nothing is resampled."""
    picture = picture_of(quarters())

    assert picture.first is resize(picture, Resize(width=60, height=40)).first
