"""Clauses that say which part of a picture is shown, and what stands around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from processor.edits.language.clauses import Clause
from processor.edits.language.frames.amounts import by_level, step, whole
from processor.edits.language.frames.ratios import ratio_of, reduced, sides, take_aspect
from processor.edits.language.terms import Extent, Number
from processor.edits.operations.base import Operation

BORDER_PX: Final = 20
THICKNESS_PX: Final = {"small": 5, "large": 40}
RADII_PX: Final = {"slight": 10, "medium": 20, "strong": 60}
FOCUS: Final = {"face": "face", "subject": "attention", "attention": "attention", "detail": "entropy"}
SIDES_OF: Final = {
    "north": ("top",),
    "east": ("right",),
    "south": ("bottom",),
    "west": ("left",),
    "horizontal": ("left", "right"),
    "vertical": ("top", "bottom"),
    "all sides": ("top", "right", "bottom", "left"),
}
WHAT_PART: Final = 'a part, as in "crop to 16:9", "crop to 500x500 from center" or "cut 50px off all sides"'


def crop(clause: Clause) -> list[Operation]:
    """Crop to a shape, a size at a place, what matters, or by cutting every side."""
    clause.all("option", "corner", "part", "size word", "exact")
    if clause.takes("option", "circle"):
        return [step("round", radius="circle")]
    if clause.has("option", *FOCUS):
        return autocrop(clause)
    if extent := clause.extent():
        return [_sized(clause, extent)]
    if aspect := take_aspect(clause):
        return [_shaped(clause, aspect)]
    if sized := clause.numbers("px", "", labels=("width", "height")):
        width, height = (whole(number) for number in sized)
        return [step("crop", width=width, height=height, **_where(clause))]
    edges = clause.number("px", "")
    if edges is not None and clause.takes("option", "all sides"):
        clause.take("change", "remove")
        return [step("crop", trim_edges=whole(edges))]
    raise clause.missing(WHAT_PART)


def autocrop(clause: Clause) -> list[Operation]:
    """Crop to what matters; to a size, where one is said."""
    focus = clause.take("option", *FOCUS)
    aspect = take_aspect(clause)
    extent = clause.extent() if aspect is None else None
    aspect = ratio_of(extent) if extent else aspect
    if extent is None or aspect is not None:
        return [step("autocrop", aspect=aspect, focus=FOCUS.get(focus))]
    width, height = sides(extent)
    shaped = step("autocrop", aspect=reduced(width, height), focus=FOCUS.get(focus))
    return [shaped, step("resize", width=width, height=height)]


def trim(clause: Clause) -> list[Operation]:
    """Remove plain borders; with a size or a shape, "trim" is another word for "crop"."""
    if clause.has("extent") or clause.has("aspect") or clause.has("option", "all sides"):
        return crop(clause)
    clause.take("colour")
    clause.take("head", "border")
    return [step("trim", threshold=whole(clause.number("", labels=("", "threshold"))))]


def border(clause: Clause, *, color: str | None = None) -> list[Operation]:
    """Put a border around the picture, or on the sides that are named; or take one off."""
    width = clause.number("px", "", labels=("", "width", "size"))
    thickness = clause.take("option", *THICKNESS_PX)
    if clause.takes("change", "remove"):
        clause.take("colour")
        return [step("trim") if width is None else step("crop", trim_edges=whole(width))]
    color = clause.take("colour") or color
    px = whole(width) if width is not None else THICKNESS_PX.get(thickness, BORDER_PX)
    if clause.has("place"):
        return [_extended(clause.all("place"), px, color)]
    clause.take("option", "all sides")
    return [step("border", width=px, color=color)]


def padding(clause: Clause) -> list[Operation]:
    """Pad to a shape or a size; by a width, padding is a white border."""
    clause.take("option", "canvas")
    aspect = take_aspect(clause)
    extent = clause.extent() if aspect is None else None
    if aspect is None and extent is None:
        if not clause.has("number"):
            raise clause.missing('a shape or a size, as in "pad to square" or "pad to 1200x1200 with white"')
        return border(clause, color="#FFFFFF")
    clause.take("option", "background", "transparent")
    background = clause.take("colour") or None
    clause.take("option", "background")
    aspect = aspect or (ratio_of(extent) if extent else None)
    width, height = sides(extent) if extent and aspect is None else (None, None)
    return [step("pad", aspect=aspect, width=width, height=height, background=background)]


def extend(clause: Clause) -> list[Operation]:
    """Extend the canvas on the sides that are named; to a size or a shape, pad."""
    if clause.has("extent") or clause.has("aspect"):
        return padding(clause)
    clause.take("option", "canvas", "background")
    px = clause.number("px", "", labels=("", "width", "height", "size"))
    places = [*clause.all("place"), *clause.all("option", "horizontal", "vertical", "all sides")]
    if px is None:
        raise clause.missing('how far, as in "extend the bottom by 100px"')
    return [_extended(places or ["all sides"], whole(px), clause.take("colour") or None)]


def rounded(clause: Clause, *, circle: bool) -> list[Operation]:
    """Round the corners; a picture that is made round is a circle."""
    clause.all("option", "corner", "all sides")
    number = clause.number("px", "", labels=("", "radius"))
    if clause.takes("option", "circle") or (circle and number is None):
        return [step("round", radius="circle")]
    return [step("round", radius=by_level(clause, RADII_PX) if number is None else whole(number))]


def _sized(clause: Clause, extent: Extent) -> Operation:
    if ratio := ratio_of(extent):
        return _shaped(clause, ratio)
    width, height = sides(extent)
    return step("crop", width=width, height=height, **_where(clause))


def _shaped(clause: Clause, aspect: str) -> Operation:
    """Crop to a ratio; "500px square" is a size."""
    side = clause.number("px")
    if side is not None and aspect == "1:1":
        return step("crop", width=whole(side), height=whole(side), **_where(clause))
    if side is not None:
        clause.restore(side)
    return step("crop", aspect=aspect, position=clause.take("place") or None)


def _where(clause: Clause) -> dict[str, object]:
    """Take a corner to start from ("at 10, 20", "x 10 y 20"), else a place."""
    labelled = (clause.number("px", "", labels=("x",)), clause.number("px", "", labels=("y",)))
    if any(one is not None for one in labelled):
        return {"x": whole(labelled[0]), "y": whole(labelled[1])}
    bare: list[Number] = [number for number in (clause.number("px", ""), clause.number("px", "")) if number is not None]
    if bare:
        x, y = (whole(number) for number in (bare * 2)[:2]) if len(bare) > 1 else (whole(bare[0]), None)
        return {"x": x, "y": y}
    return {"position": clause.take("place") or None}


def _extended(places: Sequence[str], px: int | None, color: str | None) -> Operation:
    sides_named = {side: px for place in places for side in SIDES_OF.get(place, ())}
    return step("extend", **sides_named, color=color)
