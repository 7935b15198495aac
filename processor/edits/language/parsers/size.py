"""Parse clauses that change how large a picture is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from processor.edits.language.clauses import BOUNDS, CHANGES, Clause
from processor.edits.language.parsers.amounts import Parser, by_level, is_factor, scaled, step, two_readings, whole
from processor.edits.language.parsers.boxes import (
    THUMBNAIL_PX,
    background,
    covered,
    enlarging,
    in_box,
    padded_to,
)
from processor.edits.language.parsers.ratios import PAPER, PIXELS, read_shape, take_aspect, take_box, take_length
from processor.edits.language.terms import Extent, Number, ParseError
from processor.edits.operations.base import Operation

HOW_LARGE: Final = 'a size, as in "resize to 800px" or "resize to 50%"'
NO_CHANGE_IN_PX: Final = (
    "no operation scales a picture by so many px, because its size is not known before: "
    "expected the new size, or a crop"
)
NO_SMALLEST: Final = "no operation keeps a picture above a size: expected the size itself"
FILE_SHARE: Final = "the file's size is only known after it is written: expected a largest size or a quality"
DPI_ALONE: Final = "dpi matter only with a size on paper: expected one, or a size in px"
CHANGED: Final = ("resize to 700px wide", "resize to 50%", "remove 50px from all sides")
LARGER: Final = {"slight": 120, "medium": 150, "strong": 200}
SMALLER: Final = {"slight": 80, "medium": 50, "strong": 25}
MOST_PX: Final = 10_000


def resize(clause: Clause, *, direction: int = 0, factor: bool = False) -> list[Operation]:
    """Resize to what the clause gives, or by its direction alone; *factor*: a small number multiplies."""
    direction = clause.direction() or direction
    clause.take("label", "size")
    clause.all("option", "size word")
    if size := file_size(clause):
        return [size]
    refuse_other_measures(clause, direction)
    if number := clause.number("megapixels", relations=BOUNDS):
        bounded = {"enlarge": False} if number.relation in {"max", "within"} else {}
        return [step("resize", megapixels=number.value, **bounded)]
    if steps := in_box(clause, direction):
        return steps
    if (percent := _percent(clause, direction, factor=factor)) is not None:
        clause.take("option", "keep aspect")
        return [step("resize", percent=percent, enlarge=enlarging(clause, 0))]
    if any(number.unit in PIXELS for number in clause.numbers()):
        return [_to_length(clause, direction)]
    if not direction:
        raise clause.missing(HOW_LARGE)
    amounts = LARGER if direction > 0 else SMALLER
    return [step("resize", percent=by_level(clause, amounts, amounts["medium"]))]


def boxed(clause: Clause, fit: str) -> list[Operation]:
    """Fit into, cover or fill a box."""
    if fit == "inside":
        read_shape(clause)
    clause.all("option", "part", "exact")
    _frame_of_extent(clause, fit)
    if fit != "fill":
        clause.all("option", "keep aspect")
    else:
        clause.all("option", "ignore aspect")
    if fit == "inside" and clause.has("aspect"):
        return [*padded_to(clause, take_aspect(clause) or "1:1")]
    if box := take_box(clause):
        padded, color = background(clause) if fit == "inside" else (False, None)
        position = clause.take("place") or None if fit == "cover" else None
        how = "contain" if padded else None if fit == "inside" else fit
        clause.take("option", "no crop") if fit == "inside" else None
        where = {"position": position, "background": color, "enlarge": enlarging(clause, 0)}
        return [step("resize", width=box[0], height=box[1], fit=how, **where)]
    if fit == "inside" and (side := take_length(clause, "", "longest", "size", relations=BOUNDS)):
        return [step("resize", width=side, height=side)]
    if fit == "inside" and clause.has("number"):
        return [_to_length(clause, 0)]
    raise clause.missing('a width and height, as in "fit inside 800x600"')


def _frame_of_extent(clause: Clause, fit: str) -> None:
    """Take the "frame" of "fill a 1200x630 frame", which is no border."""
    extent = next((term for term in clause.rest if isinstance(term, Extent)), None)
    near = clause.beside(extent, 1) if extent is not None and fit == "cover" else None
    if near is not None and (near.kind, near.name) == ("head", "border"):
        clause.rest = [term for term in clause.rest if term is not near]


def thumbnail(clause: Clause) -> list[Operation]:
    """Make a small picture: inside 200 px, or what the clause gives; a square one is cut."""
    clause.take("label", "size")
    clause.take("state", "small")
    clause.take("option", "small")
    if aspect := take_aspect(clause):
        return [covered(clause, aspect, take_length(clause, "", "size", "width", "height", "longest"))]
    if box := take_box(clause):
        return [step("resize", width=box[0], height=box[1])]
    side = take_length(clause, "", "size", "width", "height", "longest") or THUMBNAIL_PX
    return [step("resize", width=side, height=side)]


def zoom(clause: Clause) -> list[Operation]:
    """Zoom in on a place: crop to the middle half; elsewhere both readings of zooming are offered."""
    place = clause.take("place")
    number = clause.number("%", "×", "", relations=CHANGES)
    if not place:
        choices = ("crop the middle 50%", "make it bigger") if number is None else _zooms(number)
        raise two_readings(clause.place, *choices)
    percent = 50.0 if number is None else 100 / _larger(number) * 100
    kept = round(percent)
    return [step("crop", width=kept, height=kept, position=place if place != "center" else None, unit="%")]


def _zooms(number: Number) -> tuple[str, str]:
    larger = _larger(number)
    return f"crop the middle {round(10_000 / larger)}%", f"resize to {larger:g}%"


def _larger(number: Number) -> float:
    """Return what a zoom leads to, %; raises ParseError where nothing would be left."""
    larger = scaled(number, 1)
    if larger <= 0:
        raise ParseError(f"expected a zoom above 0, found {number.value:g}", number)
    return larger


def file_size(clause: Clause) -> Operation | None:
    """Take a largest size of the file: "under 200kb"."""
    size = clause.number("bytes", labels=("", "size"), relations=BOUNDS)
    if size is None:
        size = next((one for one in clause.numbers() if not one.unit and one.value > MOST_PX and _bounds(one)), None)
        if size is None:
            return None
        clause.rest.remove(size)
    clause.take("option", "file")
    return step("quality", max_bytes=whole(size))


def _bounds(number: Number) -> bool:
    return number.relation in {"max", "within"}


def refuse_other_measures(clause: Clause, direction: int) -> None:
    """Raise ParseError for numbers that no resize can follow: by so many px, at least, dpi, a share of the file."""
    for number in clause.numbers():
        pixels = number.unit in {"px", *PAPER}
        by = pixels and (number.relation == "by" or number.signed)
        changes = pixels and direction != 0 and not number.relation and number.value > 0
        if by or changes:
            raise ParseError(NO_CHANGE_IN_PX, number, CHANGED)
        if number.relation == "min":
            raise ParseError(NO_SMALLEST, number, (f"resize to {number.value:g}px",) if pixels else ())
        if number.unit == "%" and clause.has("option", "file"):
            raise ParseError(FILE_SHARE, number, ("compress to 500KB", "quality 75"))
        if number.label == "resolution" and number.unit not in {"%", "×"}:
            raise ParseError(DPI_ALONE, number, (f"resize to {number.value:g}px",) if number.unit == "px" else ())
    if (
        (dpi := clause.peek("dpi"))
        and not any(one.unit in PAPER for one in _lengths(clause))
        and not clause.has("paper")
    ):
        raise ParseError(DPI_ALONE, dpi, ("resize to 10 cm at 300 dpi", "resize to 800px"))


def _lengths(clause: Clause) -> Sequence[Number | Extent]:
    return [term for term in clause.rest if isinstance(term, (Number, Extent))]


def _percent(clause: Clause, direction: int, *, factor: bool) -> float | None:
    labels = ("", "size", "width", "resolution")
    number = clause.number("%", "×", labels=labels, relations=CHANGES)
    if number is None and (bare := clause.peek("", labels=("", "size"), relations=CHANGES)) is not None:
        if not (factor and abs(bare.value) <= 10) and not is_factor(bare):  # noqa: PLR2004 - "scale 2" is a factor
            return None
        clause.rest.remove(bare)
        number = bare
    return None if number is None else scaled(number, direction)


def _to_length(clause: Clause, direction: int) -> Operation:
    """Resize to a width, a height, both, or a longest side."""
    clause.take("option", "keep aspect")
    if longest := take_length(clause, "longest", units=PIXELS):
        return step("resize", width=longest, height=longest, enlarge=enlarging(clause, direction))
    width, height = take_length(clause, "width"), take_length(clause, "height")
    width = take_length(clause, "", "size") if width is None else width
    if width is None and height is None:
        raise clause.missing(HOW_LARGE)
    distorts = clause.takes("option", "ignore aspect")
    stays = clause.term("option", "other side stays")
    if stays is not None and clause.terms[0] is stays and not clause.head:
        raise clause.missing(HOW_LARGE, "max width 2000px")  # "keep the width under 2000px"
    if stays is not None:
        clause.take("option", "only")
        distorts = True
    fit = "fill" if distorts else None
    return step("resize", width=width, height=height, fit=fit, enlarge=enlarging(clause, direction))


SIZE_PARSERS: Final[Mapping[str, Parser]] = {
    "resize": resize,
    "scale": partial(resize, factor=True),
    "bigger": partial(resize, direction=1),
    "smaller": partial(resize, direction=-1),
    "cover": partial(boxed, fit="cover"),
    "inside": partial(boxed, fit="inside"),
    "stretch": partial(boxed, fit="fill"),
    "thumbnail": thumbnail,
    "zoom": zoom,
}
