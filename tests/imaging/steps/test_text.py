"""Check text on a picture."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from processor.errors import EditError
from processor.imaging.steps.lettering import load_font, writable
from testkit.photos.scene import Pixels
from tests.imaging.steps.trials import (
    BLACK,
    GREY,
    RED,
    WHITE,
    Step,
    after,
    applied,
    flat,
    half_transparent,
    picture_of,
    raster,
)

POSITIONS = ("northwest", "north", "northeast", "west", "center", "east", "southwest", "south", "southeast")


def written(text: str, pixels: Pixels | None = None, **more: object) -> Pixels:
    """Write on a grey picture of 400 × 300 px."""
    return after({"op": "text", "text": text, **more}, flat(400, 300) if pixels is None else pixels)


def touched(before: Pixels, changed: Pixels) -> NDArray[np.intp]:
    """Return left, top, right and bottom, px, of the pixels that differ."""
    rows, columns = np.nonzero((before != changed).any(axis=2))
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])


@pytest.mark.parametrize("position", POSITIONS)
def test_text_stands_at_its_position(position: str) -> None:
    """It is 9 px, and the letter's own bearing, from the named edges; else in the middle, within a pixel."""
    left, top, right, bottom = touched(flat(400, 300), written("Hello", position=position))
    free = {"west": left, "east": 400 - right, "north": top, "south": 300 - bottom}

    assert all(9 <= free[edge] <= 13 for edge in free if edge in position)
    assert "west" in position or "east" in position or abs(free["west"] - free["east"]) <= 2
    assert "north" in position or "south" in position or abs(free["north"] - free["south"]) <= 2


@pytest.mark.parametrize("background", [WHITE, BLACK, GREY])
def test_text_is_readable_on_any_background(background: tuple[int, int, int]) -> None:
    """White letters and black outlines are both complete."""
    pixels = written("Hello", flat(400, 300, background), size=40)

    assert (255, 0) == (pixels.max(), pixels.min())
    assert 0.005 < (pixels == 255).all(axis=2).mean() < 1
    assert 0.005 < (pixels == 0).all(axis=2).mean() < 1


def test_letters_lie_inside_their_outline() -> None:
    """Every letter pixel has outline on all sides, in every line."""
    pixels = written("The quick brown fox jumps over", flat(400, 300, RED), size=60, stroke_width=4)
    letters = (pixels == 255).all(axis=2)
    outside = (pixels == RED).all(axis=2)

    near = outside.copy()
    near[1:] |= outside[:-1]
    near[:-1] |= outside[1:]
    near[:, 1:] |= outside[:, :-1]
    near[:, :-1] |= outside[:, 1:]
    assert letters.any()
    assert not (letters & near).any()


@pytest.mark.parametrize("size", [8, 24, 100, 200])
def test_letters_have_their_size(size: int) -> None:
    """A capital of Noto Sans is 0.714 of the size high, within a pixel or two of antialiasing."""
    _, top, _, bottom = touched(flat(400, 300), written("H", size=size, stroke_width=0))

    assert abs(0.714 * size - (bottom - top)) <= 2


def test_colours_are_those_asked_for() -> None:
    """Letters and outline have their colours."""
    pixels = written("H", size=200, color="#FF0000", stroke="#0000FF", stroke_width=10)

    assert (pixels == (255, 0, 0)).all(axis=2).sum() > 1000
    assert (pixels == (0, 0, 255)).all(axis=2).sum() > 1000


@pytest.mark.parametrize(("opacity", "letter"), [(0, 128), (0.5, 192), (1, 255)])
def test_opacity_mixes_with_the_picture(opacity: float, letter: int) -> None:
    """Measured as white on a middle grey."""
    assert abs(letter - int(written("H", size=200, stroke_width=0, opacity=opacity).max())) <= 1


def test_no_outline_is_no_outline() -> None:
    """No pixel is darker than the picture."""
    assert 128 == written("Hello", stroke_width=0).min()


@pytest.mark.parametrize(("position", "edge"), [("north", 1), ("west", 0)])
def test_a_margin_is_the_distance_from_the_edge(position: str, edge: int) -> None:
    """Exact to the pixel, except for the letter's own bearing."""
    first = touched(flat(400, 300), written("H", position=position, margin=50))[edge]

    assert 50 <= first <= 54


def test_a_place_is_the_upper_left_corner() -> None:
    """X and y win over a position."""
    left, top, _, _ = touched(flat(400, 300), written("H", x=120, y=70))

    assert 120 <= left <= 124
    assert 70 <= top <= 74


def test_a_quarter_turn_of_the_text_swaps_its_sides() -> None:
    """Width and height are exchanged, within a pixel."""
    left, top, right, bottom = touched(flat(400, 300), written("Hello"))
    turned = touched(flat(400, 300), written("Hello", rotation=90, position="center"))

    assert np.allclose([bottom - top, right - left], [turned[2] - turned[0], turned[3] - turned[1]], atol=2)


def test_bold_letters_cover_more() -> None:
    """Their height is the same."""
    plain, bold = (written("H", size=100, stroke_width=0, bold=bold) for bold in (False, True))

    assert (bold == 255).sum() > 1.15 * (plain == 255).sum()
    assert np.allclose(touched(flat(400, 300), plain)[[1, 3]], touched(flat(400, 300), bold)[[1, 3]], atol=2)


def test_long_text_wraps_between_words_and_stays_inside() -> None:
    """The text is within the margins."""
    one, many = written("word", size=24), written("word " * 40, size=24)
    left, top, right, bottom = touched(flat(400, 300), many)

    assert min(left, top, 400 - right, 300 - bottom) >= 9
    assert (bottom - top) > 3 * np.ptp(touched(flat(400, 300), one)[[1, 3]])


def test_a_line_break_is_kept() -> None:
    """Two short lines are higher than one."""
    _, top, _, bottom = touched(flat(400, 300), written("a\nb", size=24))

    assert bottom - top > 40


@pytest.mark.parametrize("text", ["word " * 99, "W" * 60])
def test_text_that_does_not_fit_is_written_smaller_with_a_note(text: str) -> None:
    """For too many lines and for a word that is too wide."""
    changed = applied({"op": "text", "text": text, "size": 60}, picture_of(flat(400, 300)))
    left, top, right, bottom = touched(flat(400, 300), raster(changed.first))

    assert min(left, top, 400 - right, 300 - bottom) >= 9
    assert changed.notes[0].startswith("The text was written at ")


@pytest.mark.parametrize("text", ["<b>bold</b>", "a & b", "&amp;", "<span size='1'>"])
def test_text_is_never_markup(text: str) -> None:
    """Each character is drawn: the text is as wide as its characters."""
    left, _, right, _ = touched(flat(400, 300), written(text, size=16, stroke_width=0))
    font = load_font().font_variant(size=16)
    font.set_variation_by_axes([600, 100])

    assert abs(font.getlength(text) - (right - left)) <= 5


@pytest.mark.parametrize(
    ("text", "kept", "left_out"),
    [
        ("Ünïcödé ÄÖÜß", "Ünïcödé ÄÖÜß", ""),
        ("Ελληνικά Русский", "Ελληνικά Русский", ""),
        ("Hi 😀!", "Hi !", "😀"),
        ("日本語", "", "日本語"),
        ("a\tb\rc\x07", "a b c", ""),
        ("e\u0301", "é", ""),
        (" \n ", "", ""),
    ],
)
def test_characters_without_glyphs_are_found(text: str, kept: str, left_out: str) -> None:
    """Letters of other scripts; accents that combine are no letters of their own."""
    assert (kept, left_out) == writable(text, load_font())


def test_left_out_characters_are_named() -> None:
    """The other characters are written."""
    notes = applied({"op": "text", "text": "Tokyo 東京"}, picture_of(flat(400, 300))).notes

    assert ("The font has no glyphs for 東京: they were left out.",) == notes


@pytest.mark.parametrize(("text", "said"), [("東京", "received only 東京"), ("   ", "received only spaces")])
def test_text_without_a_letter_is_refused(text: str, said: str) -> None:
    """A picture without the requested text is no success."""
    with pytest.raises(EditError) as caught:
        written(text)

    sentence = (
        "The text cannot be written: expected letters of the Latin, Greek, Cyrillic or Devanagari script, "
        f"{said}. Choose another text."
    )
    assert ("INVALID_INPUT", sentence) == (caught.value.code, caught.value.public)


@pytest.mark.parametrize("size", [(1, 1), (4, 400), (400, 5)])
def test_a_picture_without_room_is_refused(size: tuple[int, int]) -> None:
    """The error names the size."""
    with pytest.raises(EditError, match=f"The text does not fit: the picture is {size[0]} × {size[1]} px"):
        written("Hello", flat(*size))


def test_text_on_a_transparent_part_is_visible() -> None:
    """Letters are opaque there; the rest stays transparent."""
    step: Step = {"op": "text", "text": "Hello", "position": "east", "size": 40}
    alpha = after(step, half_transparent(flat(400, 300)))[..., 3]

    assert (255, 0) == (alpha[:, 250:].max(), alpha[0, 399])


def test_every_frame_is_written_on() -> None:
    """All frames have the same letters in the same place."""
    frames = applied({"op": "text", "text": "Hi"}, picture_of(flat(99, 99), flat(99, 99), delays=(9, 9))).frames

    assert np.array_equal(raster(frames[0]), raster(frames[1]))
    assert 255 == raster(frames[1]).max()
