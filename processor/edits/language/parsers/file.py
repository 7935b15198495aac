"""Parse clauses about the file that is written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final, get_args

from processor.edits.language.clauses import BOUNDS, CHANGES, Clause
from processor.edits.language.parsers.amounts import WHOLE, Parser, step, whole
from processor.edits.language.parsers.effect import plain
from processor.edits.language.parsers.size import FILE_SHARE, file_size
from processor.edits.language.terms import Number, ParseError, Term
from processor.edits.operations.base import Operation
from processor.edits.operations.file import PictureFormat

QUALITIES: Final = {"low": 50, "medium": 75, "high": 90, "maximum": 100}
COMPRESSIONS: Final = {"slight": 85, "medium": 75, "strong": 50, "maximum": 50, "high": 50}
WHITE: Final = "#FFFFFF"
WEB_WIDTH_PX, WEB_QUALITY = 1200, 80
ARROWS: Final = frozenset({"to", "into", "as", "in"})
OTHER_FORMAT: Final = f"expected a format that can be written: {', '.join(get_args(PictureFormat))}"
TWO_FORMATS: Final = "expected one format, because one command writes one file for each picture"
LOSSLESS: Final = "every quality loses something: expected a format that keeps every pixel, or a high quality"


def take_format(clause: Clause) -> list[Operation]:
    """Take the format that is written, "png to jpg" included; no step where none is named."""
    named = [term for term in clause.rest if term.kind in {"format", "source format"}]
    if not named:
        return []
    written = _written(named)
    clause.rest = [term for term in clause.rest if term not in named]
    clause.all("option", "file")
    if written.kind == "source format":
        raise ParseError(OTHER_FORMAT, written)
    return [step("format", to=written.name, lossless=clause.takes("option", "lossless") or None)]


def _written(named: list[Term]) -> Term:
    """Return which of several formats is written: the one behind "to", or the one that is not behind "from"."""
    if len(named) == 1:
        return named[0]
    to = [term for term in named if term.relation in ARROWS]
    others = [term for term in named if term.relation != "from"]
    wanted = to if len(to) == 1 and named[-1] is to[0] else others
    if len(named) > 2 or len(wanted) != 1:  # noqa: PLR2004 - from one to another
        raise ParseError(TWO_FORMATS, named[1])
    return wanted[0]


def convert(clause: Clause) -> list[Operation]:
    """Write another format, with a quality or a largest size where one is given."""
    at = next(place for place, term in enumerate(clause.terms) if term.kind in {"format", "source format"})
    steps = take_format(clause)
    if clause.has("option", "background") and steps[0].written()["to"] == "jpeg" and clause.takes("colour", WHITE):
        clause.take("option", "background")  # where a JPEG's picture was transparent it is white anyway
    if size := file_size(clause):
        steps.append(size)
    if clause.peek("%", "", labels=("quality",), relations=CHANGES | BOUNDS):
        return [*steps, *_to_number(clause)]
    number = next((one for one in clause.numbers() if _is_quality(one, clause, at)), None)
    if number is not None:
        clause.rest.remove(number)
        return [*steps, step("quality", value=whole(number))]
    level = clause.take("level", *QUALITIES)
    clause.takes("head", "quality")
    return [*steps, step("quality", value=QUALITIES[level])] if level else steps


def _is_quality(number: Number, clause: Clause, at: int) -> bool:
    """Tell whether a number is a quality: behind its format, in percent or bare ("jpg 80")."""
    behind = any(term is number for term in clause.terms[at:])
    return behind and number.unit in {"%", ""} and not number.label and number.value <= WHOLE


def quality(clause: Clause) -> list[Operation]:
    """Set the quality; in a format, where one is named."""
    steps = take_format(clause)
    if clause.has("number"):
        return [*steps, *_to_number(clause)]
    level, direction = clause.take("level", *QUALITIES), clause.direction()
    name = level or {1: "high", -1: "low", 0: ""}[direction]
    if not name:
        raise clause.missing('a quality from 1 to 100, as in "quality 80" or "high quality"')
    return [*steps, step("quality", value=QUALITIES[name])]


def compress(clause: Clause) -> list[Operation]:
    """Make the file smaller: to so many bytes, to a quality, or somewhat."""
    if clause.has("option", "web"):
        return optimize(clause)
    if clause.has("option", "lossless") and not clause.has("format"):
        raise ParseError(LOSSLESS, clause.place, ("convert to lossless webp", "quality 90"))
    steps = take_format(clause)
    clause.all("option", "file")
    clause.take("label", "size")
    share = clause.peek("%", "×", relations=CHANGES)
    if share is not None and (share.relation == "by" or share.fraction or clause.has("head", "smaller")):
        raise ParseError(FILE_SHARE, share, ("compress to 500KB", "quality 75"))
    if clause.has("number"):
        return [*steps, *_to_number(clause)]
    if clause.direction() > 0:
        raise clause.missing('a smaller file, as in "compress to 500KB"', "compress to 500KB")
    level = clause.take("level", *COMPRESSIONS) or "medium"
    return [*steps, step("quality", value=COMPRESSIONS[level])]


def optimize(clause: Clause) -> list[Operation]:
    """Make it fit for the web: a width, a format and a quality, each of which the clause may give."""
    clause.take("option", "web")
    width = clause.number("px", "", labels=("", "width", "size"), relations=BOUNDS)
    value = clause.number("%") or clause.number("%", "", labels=("quality",))
    return [
        step("resize", width=WEB_WIDTH_PX if width is None else whole(width)),
        *(take_format(clause) or [step("format", to="webp")]),
        step("quality", value=WEB_QUALITY if value is None else whole(value)),
    ]


def metadata(_clause: Clause, *, keep: str) -> list[Operation]:
    """Set what the file may tell."""
    return [step("metadata", keep=keep)]


def _to_number(clause: Clause) -> list[Operation]:
    """Set a quality, or a largest size; "by 20%" less is 80."""
    direction = clause.direction()
    if size := file_size(clause):
        return [size]
    number = clause.number("%", "", labels=("", "quality"), relations=CHANGES | BOUNDS)
    value = whole(number)
    if number is not None and number.signed:
        raise clause.missing('the quality itself, as in "quality 90"')
    if number is None or value is None:
        raise clause.missing('a quality from 1 to 100 or a size, as in "quality 80" or "compress to 500KB"')
    if number.relation == "by" and direction >= 0:
        raise clause.missing('the quality itself, as in "quality 90"')
    return [step("quality", value=WHOLE - value if number.relation == "by" else value)]


FILE_PARSERS: Final[Mapping[str, Parser]] = {
    "quality": quality,
    "compress": compress,
    "optimize": optimize,
    "still": partial(plain, name="still"),
    "strip metadata": partial(metadata, keep="nothing"),
    "keep copyright": partial(metadata, keep="copyright"),
}
