"""Clauses that change how large a picture is."""

from __future__ import annotations

from typing import Final

from processor.edits.language.clauses import Clause
from processor.edits.language.frames.amounts import by_level, is_factor, scaled, step, whole
from processor.edits.language.frames.ratios import proportions, sides, take_aspect
from processor.edits.language.terms import Number
from processor.edits.operations.base import Operation

HOW_LARGE: Final = 'a size, as in "resize to 800px" or "resize to 50%"'
LARGER: Final = {"slight": 120, "medium": 150, "strong": 200}
SMALLER: Final = {"slight": 80, "medium": 50, "strong": 25}
THUMBNAIL_PX: Final = 200
LENGTHS: Final = ("", "size", "width", "height", "longest")


def resize(clause: Clause, *, direction: int = 0, factor: bool = False) -> list[Operation]:
    """Resize to what the clause says, or by its direction alone; *factor*: a small number multiplies."""
    direction = clause.direction() or direction
    clause.take("label", "size", "factor")
    clause.all("option", "keep aspect", "limit", "size word")
    if number := clause.number("bytes", labels=("", "size")):
        return [step("quality", max_bytes=whole(number))]
    if extent := clause.extent():
        width, height = sides(extent)
        return [step("resize", width=width, height=height, **_fit(clause, direction))]
    if aspect := take_aspect(clause):
        return [_to_shape(clause, aspect)]
    if percent := _percent(clause, direction, factor=factor):
        return [step("resize", percent=percent)]
    if clause.has("number"):
        return [_to_length(clause, direction)]
    if not direction:
        raise clause.missing(HOW_LARGE)
    amounts = LARGER if direction > 0 else SMALLER
    return [step("resize", percent=by_level(clause, amounts, amounts["medium"]))]


def boxed(clause: Clause, fit: str) -> list[Operation]:
    """Fit into, cover or fill a box."""
    clause.all("option", "exact", "keep aspect", "ignore aspect", "limit", "part")
    position = clause.take("place") or None if fit == "cover" else None
    if extent := clause.extent():
        width, height = sides(extent)
        how = None if fit == "inside" else fit
        return [step("resize", width=width, height=height, fit=how, position=position)]
    if fit == "inside" and (number := clause.number("px", "", labels=("", "longest", "size"))):
        return [step("resize", width=whole(number), height=whole(number))]
    if fit == "inside" and clause.has("number"):
        return [_to_length(clause, 0)]
    raise clause.missing('a width and height, as in "fit inside 800x600"')


def thumbnail(clause: Clause) -> list[Operation]:
    """Make a small picture: inside 200 px, or what the clause says; a square one is cut."""
    clause.take("label", "size")
    clause.take("option", "small")
    if aspect := take_aspect(clause):
        return [_covered(aspect, clause.number("px", "", labels=LENGTHS))]
    if extent := clause.extent():
        width, height = sides(extent)
        return [step("resize", width=width, height=height)]
    number = clause.number("px", "", labels=LENGTHS)
    side = THUMBNAIL_PX if number is None else whole(number)
    return [step("resize", width=side, height=side)]


def _fit(clause: Clause, direction: int) -> dict[str, object]:
    """Say what happens when the picture has another shape than the box."""
    fit = {"ignore aspect": "fill", "exact": "cover", "": None}[clause.take("option", "ignore aspect", "exact")]
    background = clause.take("colour") if clause.takes("option", "background") else ""
    fit = "contain" if background else fit
    return {"fit": fit, "background": background or None, "enlarge": _enlarge(clause, direction)}


def _enlarge(clause: Clause, direction: int) -> bool | None:
    if clause.takes("option", "no enlarge"):
        return False
    return True if direction > 0 else None


def _to_shape(clause: Clause, aspect: str) -> Operation:
    """Cut to a shape; with a length, to exactly that size."""
    number = clause.number("px", "", labels=("", "width", "size"))
    if number is None:
        return step("crop", aspect=aspect, position=clause.take("place") or None)
    return _covered(aspect, number)


def _covered(aspect: str, number: Number | None) -> Operation:
    """Cut to a shape of so many px in width."""
    side = THUMBNAIL_PX if number is None else whole(number) or 0
    width, height = proportions(aspect)
    return step("resize", width=side, height=round(side * height / width), fit="cover")


def _percent(clause: Clause, direction: int, *, factor: bool) -> float | None:
    number = clause.number("%", "×", labels=("", "size", "width"))
    if number is None and (bare := clause.number("", labels=("", "size"))) is not None:
        if not (factor and abs(bare.value) <= 10) and not is_factor(bare):  # noqa: PLR2004 - "scale 2" is a factor
            clause.restore(bare)
            return None
        number = bare
    return None if number is None else scaled(number, direction)


def _to_length(clause: Clause, direction: int) -> Operation:
    """Resize to a width, a height, both, or a longest side."""
    if longest := clause.number("px", "", labels=("longest",)):
        return step("resize", width=whole(longest), height=whole(longest), **_fit(clause, direction))
    width, height = clause.number("px", "", labels=("width",)), clause.number("px", "", labels=("height",))
    if width is None:
        width = clause.number("px", "", labels=("", "size"))
    if width is None and height is None:
        raise clause.missing(HOW_LARGE)
    return step("resize", width=whole(width), height=whole(height), **_fit(clause, direction))
