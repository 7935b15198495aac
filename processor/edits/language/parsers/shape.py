"""Parse clauses about what stands around a picture, and about its corners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from processor.edits.language.clauses import CHANGES, Clause
from processor.edits.language.parsers.amounts import Parser, by_level, step, whole
from processor.edits.language.parsers.boxes import background
from processor.edits.language.parsers.ratios import ratio_of, sides, take_aspect
from processor.edits.language.parsers.size import resize
from processor.edits.operations.base import Operation

COLOURED_PX: Final = 20
"""Width of a border of which only the colour is given (acceptance table)."""
THICKNESS_PX: Final = {"small": 5, "large": 40}
THICKNESS_PERCENT: Final = {"small": 0.625, "large": 5}
"""Of the shorter side."""
RADII_PERCENT: Final = {"slight": 1, "strong": 8}
SIDES_OF: Final = {
    "north": ("top",),
    "east": ("right",),
    "south": ("bottom",),
    "west": ("left",),
    "horizontal": ("left", "right"),
    "vertical": ("top", "bottom"),
    "all sides": ("top", "right", "bottom", "left"),
}


def border(clause: Clause, *, color: str | None = None) -> list[Operation]:
    """Put a border around the picture, or on the sides that are named; or take one off; to a shape, pad."""
    if clause.has("aspect") or clause.has("orientation"):
        return padding(clause)
    width = clause.number("px", "", labels=("", "width", "size"))
    thickness = clause.take("option", *THICKNESS_PX) or _state_thickness(clause)
    if clause.takes("change", "remove"):
        clause.take("colour")
        clause.all("option", "plain", "all sides")
        return [step("trim") if width is None else step("crop", trim_edges=whole(width))]
    color = clause.take("colour") or color
    if clause.has("place"):
        px = whole(width) if width is not None else THICKNESS_PX.get(thickness, COLOURED_PX)
        return [_extended(clause.all("place"), px, color)]
    clause.take("option", "all sides")
    clause.take("relation", "across")
    if width is None and (share := clause.number("%", labels=("", "width", "size"))):
        return [step("border", width_percent=share.value, color=color)]
    if width is None and thickness:
        return [step("border", width_percent=THICKNESS_PERCENT[thickness], color=color)]
    return [step("border", width=whole(width) or (COLOURED_PX if color else None), color=color)]


def _state_thickness(clause: Clause) -> str:
    return clause.take("state", "small", "large")


def bars(clause: Clause) -> list[Operation]:
    """Put bars beside the picture: to a shape or a size they pad it, with a width they extend it."""
    if clause.has("aspect") or clause.has("orientation") or clause.has("extent"):
        return padding(clause)
    if clause.has("number"):
        return extend(clause)
    raise clause.missing('a shape or a width, as in "pad to 16:9 with black" or "extend the bottom by 100px"')


def padding(clause: Clause) -> list[Operation]:
    """Pad to a shape or a size; by a width, padding is a white border."""
    clause.take("option", "no crop")
    clause.take("label", "size")
    clause.take("place", "center")
    aspect = take_aspect(clause)
    extent = clause.extent() if aspect is None else None
    if aspect is None and extent is None:
        clause.take("option", "canvas")
        if not clause.has("number"):
            raise clause.missing('a shape or a size, as in "pad to square" or "pad to 1200x1200 with white"')
        return border(clause, color="#FFFFFF")
    _, color = background(clause)
    color = color or clause.take("colour") or None
    aspect = aspect or (ratio_of(extent) if extent else None)
    width, height = sides(extent) if extent and aspect is None else (None, None)
    return [step("pad", aspect=aspect, width=width, height=height, background=color)]


def letterbox(clause: Clause) -> list[Operation]:
    """Pad to a shape; to a size, fit the picture into it first."""
    extent = clause.extent()
    if extent is None or ratio_of(extent):
        if extent is not None:
            clause.rest.append(extent)
        return padding(clause)
    _, color = background(clause)
    width, height = sides(extent)
    color = color or clause.take("colour") or None
    return [step("resize", width=width, height=height, fit="contain", background=color)]


def extend(clause: Clause) -> list[Operation]:
    """Extend the canvas on the sides that are named; to a size or a shape, pad."""
    if clause.has("extent") or clause.has("aspect"):
        return padding(clause)
    clause.take("option", "canvas", "background")
    px = clause.number("px", "", labels=("", "width", "height", "size"), relations=CHANGES)
    places = [*clause.all("place"), *clause.all("option", "horizontal", "vertical", "all sides")]
    if px is None or (px.relation == "to" and not places):
        raise clause.missing('how far, as in "extend the bottom by 100px"')
    return [_extended(places or ["all sides"], whole(px), clause.take("colour") or None)]


def rounded(clause: Clause, *, circle: bool) -> list[Operation]:
    """Round the corners; a picture that is made round is a circle."""
    if circle and clause.has("aspect"):
        return [*resize(clause), step("round", radius="circle")]
    corners = clause.all("option", "corner", "all sides")
    number = clause.number("px", "", "%", labels=("", "radius"), relations=CHANGES)
    if clause.takes("option", "circle") or (circle and number is None and not corners):
        return [step("round", radius="circle")]
    if number is None:
        clause.take("level", "medium")
        percent = by_level(clause, RADII_PERCENT)
        return [step("round", radius=percent, unit="%" if percent else None)]
    return [step("round", radius=whole(number), unit="%" if number.unit == "%" else None)]


def _extended(places: Sequence[str], px: int | None, color: str | None) -> Operation:
    sides_named = {side: px for place in places for side in SIDES_OF.get(place, ())}
    return step("extend", **sides_named, color=color)


SHAPE_PARSERS: Final[Mapping[str, Parser]] = {
    "border": border,
    "bars": bars,
    "rest": bars,
    "padding": padding,
    "pad": padding,
    "letterbox": letterbox,
    "extend": extend,
    "round corner": partial(rounded, circle=False),
    "round": partial(rounded, circle=True),
}
