"""Draw text as masks with the bundled font (Noto Sans, OFL): break lines, and find characters without glyphs.

FreeType draws, through Pillow, and not Pango through libvips: the text is never markup, and no font or cache of the
machine has an influence.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from io import BytesIO
from math import ceil, floor
from typing import Any, Final, Literal

from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from processor.imaging.geometry import Box

FONT_PACKAGE, FONT_FILE = "fontpkg_noto_sans", "NotoSans[wdth,wght].ttf"
WEIGHT_AND_WIDTH: Final = (600, 100)
"""Semi-bold, of normal width: thinner strokes drown in a photo."""
BOLD_AND_WIDTH: Final = (900, 100)
UNASSIGNED: Final = "\uffff"
"""A noncharacter: no font has a glyph for it, so its drawing is that of every missing glyph."""
DRAWN_WITH_OTHERS: Final = frozenset({"Mn", "Me", "Cf"})
"""Unicode categories without a shape of their own: accents that combine, marks of direction and of joining."""
BASELINE: Final = "ls"
FREE_TO_THE_LEFT: Final = {"left": 0.0, "center": 0.5, "right": 1.0}
SMALLEST_PX: Final = 6
SHRINK: Final = 0.92


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """*size* of the font and *stroke_width* of the outline, px; *align*: of lines that are shorter than the longest."""

    size: int
    align: Literal["left", "center", "right"]
    stroke_width: int
    bold: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Lettering:
    """Text broken into lines, in *font* at the size of its *style*."""

    font: ImageFont.FreeTypeFont
    lines: tuple[str, ...]
    style: Style

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of the drawing, px from the start of the first line's baseline."""
        ruler, stroke = ImageDraw.Draw(PillowImage.new("L", (1, 1))), self.style.stroke_width
        boxes = [
            ruler.textbbox(origin, line, font=self.font, anchor=BASELINE, stroke_width=stroke)
            for origin, line in self._placed()
        ]
        left, top, right, bottom = zip(*boxes, strict=True)
        return floor(min(left)), floor(min(top)), ceil(max(right)), ceil(max(bottom))

    @property
    def box(self) -> Box:
        """Width and height of the drawing, px."""
        left, top, right, bottom = self.bounds
        return Box(max(1, right - left), max(1, bottom - top))

    def mask(self, stroke_width: int) -> bytes:
        """Draw the letters, *stroke_width* px fatter on all sides, in white on black: one byte a pixel."""
        left, top, _, _ = self.bounds
        sheet = PillowImage.new("L", (self.box.width, self.box.height))
        pen = ImageDraw.Draw(sheet)
        for (x, y), line in self._placed():
            pen.text((x - left, y - top), line, fill=255, font=self.font, anchor=BASELINE, stroke_width=stroke_width)
        return sheet.tobytes()

    def _placed(self) -> Iterator[tuple[tuple[float, float], str]]:
        """Yield each line with the start of its baseline. Pillow's own line spacing would grow with the outline."""
        ascent, descent = self.font.getmetrics()
        lengths = [self.font.getlength(line) for line in self.lines]
        for at, (line, length) in enumerate(zip(self.lines, lengths, strict=True)):
            yield ((max(lengths) - length) * FREE_TO_THE_LEFT[self.style.align], at * (ascent + descent)), line


def load_font() -> ImageFont.FreeTypeFont:
    """Load the bundled font."""
    data = files(FONT_PACKAGE).joinpath("files", FONT_FILE).read_bytes()
    font = ImageFont.truetype(BytesIO(data), size=SMALLEST_PX)
    font.set_variation_by_axes(list(WEIGHT_AND_WIDTH))
    return font


def at_size(font: ImageFont.FreeTypeFont, size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return *font* at *size* px."""
    sized = font.font_variant(size=size)
    sized.set_variation_by_axes(list(BOLD_AND_WIDTH if bold else WEIGHT_AND_WIDTH))
    return sized


def writable(text: str, font: ImageFont.FreeTypeFont) -> tuple[str, str]:
    """Return *text* without characters that the font lacks, and these characters."""
    plain = "".join(char if char == "\n" else " " if char.isspace() else char for char in text)
    plain = "".join(char for char in plain if char == "\n" or unicodedata.category(char) != "Cc")
    composed = unicodedata.normalize("NFC", plain)
    placeholder = _shape(font, UNASSIGNED)
    missing = {char for char in set(composed) if _has_shape(char) and _shape(font, char) == placeholder}
    left_out = "".join(dict.fromkeys(char for char in composed if char in missing))
    return "".join(char for char in composed if char not in missing).strip(), left_out


def _has_shape(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char) not in DRAWN_WITH_OTHERS


def _shape(font: ImageFont.FreeTypeFont, char: str) -> tuple[tuple[int, int], bytes]:
    mask: Any = font.getmask(char)
    return mask.size, bytes(mask)


def fitted(text: str, font: ImageFont.FreeTypeFont, room: Box, style: Style) -> Lettering | None:
    """Break *text* into lines that fit into *room*, at a smaller size if necessary; None if no size fits."""
    size = style.size
    while size >= SMALLEST_PX:
        sized = at_size(font, size, bold=style.bold)
        inner = room.width - 2 * style.stroke_width
        lines = tuple(line for part in text.split("\n") for line in _wrapped(part, sized, inner))
        lettering = Lettering(font=sized, lines=lines, style=replace(style, size=size))
        if room.holds(lettering.box):
            return lettering
        size = min(size - 1, int(size * SHRINK))
    return None


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    """Yield lines of whole words, each at most *width* px wide unless one word alone is wider."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and font.getlength(longer) > width:
            yield line
            line = word
        else:
            line = longer
    yield line
