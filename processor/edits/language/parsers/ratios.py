"""Read sizes and aspect ratios of a clause."""

from __future__ import annotations

from math import gcd
from typing import Final

from processor.edits.language.clauses import BOUNDS, Clause
from processor.edits.language.parsers.amounts import whole
from processor.edits.language.terms import Extent, Number, ParseError, Span, Term, Unit

# Prints and screens are 4 x 6 or 16 x 9: no picture of so few pixels is asked for.
LARGEST_RATIO: Final = 32
SMALLEST_SIDE_PX: Final = 16
PRESET: Final = " preset"
# Alone, "portrait" and "landscape" are usual shapes of photos; beside a ratio they only turn it.
ORIENTED: Final = {"portrait": "4:5", "landscape": "3:2"}
PER_INCH: Final = {"cm": 2.54, "mm": 25.4, "in": 1.0}
PAPER: Final[tuple[Unit, ...]] = ("cm", "mm", "in")
PIXELS: Final[tuple[Unit, ...]] = ("px", "", *PAPER)
# ISO 216, mm; upright.
SHEETS: Final = {
    "a0": (841, 1189),
    "a1": (594, 841),
    "a2": (420, 594),
    "a3": (297, 420),
    "a4": (210, 297),
    "a5": (148, 210),
    "a6": (105, 148),
    "a7": (74, 105),
    "a8": (52, 74),
    "a9": (37, 52),
    "a10": (26, 37),
}
NEEDS_DPI: Final = 'expected pixels per inch with a size on paper, as in "10 cm at 300 dpi", or a size in px'


def take_aspect(clause: Clause) -> str | None:
    """Take an aspect ratio: "16:9", "square", "3/4", "3:2 portrait"; of a name and numbers the later counts."""
    named = [one.removesuffix(PRESET).replace("/", ":") for one in clause.all("aspect")]
    orientation = clause.take("orientation")
    if empty := next((one for one in named if not all(proportions(one))), None):
        raise ParseError(f"expected two numbers above 0, as in 16:9, found {empty}", clause.place)
    if len({shape(one) for one in named}) > 1:
        raise ParseError(f"expected one aspect ratio, found {' and '.join(named)}", clause.place)
    if named and orientation:
        return _turned(named[-1], orientation, clause.place)
    if named:
        return named[-1]
    return ORIENTED[orientation] if orientation else _written_as_fraction(clause)


def _turned(aspect: str, orientation: str, place: Span) -> str:
    wanted = 1 if orientation == "landscape" else -1
    if not shape(aspect):
        raise ParseError(f"expected one aspect ratio, found {aspect} and {orientation}", place)
    return aspect if shape(aspect) == wanted else ":".join(reversed(aspect.split(":")))


def _written_as_fraction(clause: Clause) -> str | None:
    """Take "3/4", which is an aspect where no size is asked for."""
    number = clause.peek("%")
    if clause.head not in {"crop", "autocrop", "pad"} or number is None or "/" not in number.name:
        return None
    clause.rest.remove(number)
    return number.name.replace("/", ":")


def ratio_of(extent: Extent) -> str | None:
    """Return the ratio that a width and height mean, None where they mean lengths."""
    small = max(extent.width, extent.height) <= LARGEST_RATIO
    return f"{extent.width:g}:{extent.height:g}" if small and not extent.exact else None


def read_shape(clause: Clause) -> None:
    """Read a width and height as a shape where px would be absurd: "make it 16 by 9"."""
    extent = next((term for term in clause.rest if isinstance(term, Extent)), None)
    if extent is None or clause.has("aspect") or clause.has("option", "exact") or ratio_of(extent) is None:
        return
    width, height = extent.width, extent.height
    if width != height and min(width, height) < SMALLEST_SIDE_PX and width.is_integer() and height.is_integer():
        name = reduced(int(width), int(height))
        shape = Term(kind="aspect", name=name, start=extent.start, end=extent.end, relation=extent.relation)
        clause.rest[clause.rest.index(extent)] = shape


def reduced(width: int, height: int) -> str:
    """Write the ratio of two sides in its smallest terms."""
    divisor = gcd(width, height) or 1
    return f"{width // divisor}:{height // divisor}"


def shape(aspect: str) -> int:
    """Tell whether a ratio is wide (1), square (0) or tall (-1)."""
    width, height = proportions(aspect)
    return (width > height) - (width < height)


def proportions(aspect: str) -> tuple[float, float]:
    """Return both numbers of a ratio."""
    width, _, height = aspect.replace("/", ":").partition(":")
    return float(width), float(height)


def take_box(clause: Clause) -> tuple[int, int] | None:
    """Take a width and height in px: "800x600", "4x6 inches at 300 dpi", "A4 at 300 dpi"."""
    if paper := clause.term("paper"):
        sheet = SHEETS[paper.name]
        wide = clause.take("orientation") == "landscape"
        width, height = reversed(sheet) if wide else sheet
        return _pixels(width, "mm", clause, paper), _pixels(height, "mm", clause, paper, last=True)
    extent = clause.extent()
    if extent is None:
        return None
    if extent.unit in PER_INCH:
        width = _pixels(extent.width, extent.unit, clause, extent)
        return width, _pixels(extent.height, extent.unit, clause, extent, last=True)
    return sides(extent)


def take_length(
    clause: Clause, *labels: str, units: tuple[Unit, ...] = PIXELS, relations: frozenset[str] = BOUNDS
) -> int | None:
    """Take one length and return it in px; raises ParseError where it is a size on paper without dpi."""
    number = clause.number(*units, labels=labels or ("",), relations=relations)
    if number is None or number.unit not in PER_INCH:
        return whole(number)
    return _pixels(number.value, number.unit, clause, number, last=True)


def _pixels(length: float, unit: Unit, clause: Clause, where: Extent | Number | Span, *, last: bool = False) -> int:
    """Return a length on paper in px at the clause's dpi, which *last* takes."""
    dpi = clause.number("dpi") if last else clause.peek("dpi")
    if dpi is None:
        raise ParseError(NEEDS_DPI, where)
    return round(length / PER_INCH[unit] * dpi.value)


def sides(extent: Extent) -> tuple[int, int]:
    """Return a width and height in whole px; raises ParseError when they are not whole, or a size on paper."""
    if extent.unit in PER_INCH:
        raise ParseError(NEEDS_DPI, extent, (f"crop to {extent.width:g}:{extent.height:g}",))
    if not (extent.width.is_integer() and extent.height.is_integer()):
        raise ParseError(f"expected whole pixels, found {extent.width:g} × {extent.height:g}", extent)
    return int(extent.width), int(extent.height)
