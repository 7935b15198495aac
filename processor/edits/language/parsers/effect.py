"""Parse clauses about effects."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from processor.edits.language.clauses import CHANGES, Clause
from processor.edits.language.parsers.amounts import Parser, by_level, share, step, whole
from processor.edits.operations.base import Operation

SOFT_PX: Final = {"slight": 1, "medium": 2}
SLIGHT_BLUR_PX: Final = {"slight": 2}
STRONG_PERCENT: Final = {"strong": 2}
"""Of the shorter side: stronger than the default at any size of the picture."""
SOFT_STRONG_PERCENT: Final = 0.625
SHARPNESS: Final = {"slight": 0.5, "medium": 1, "strong": 2}
INTENSITIES: Final = {"slight": 0.25, "medium": 0.5, "strong": 0.8}
MORE_BLUR_PERCENT: Final = 1.25
MEASURES: Final = ("", "sigma", "radius", "intensity")


def plain(_clause: Clause, *, name: str) -> list[Operation]:
    """Apply an operation without parameters."""
    return [step(name)]


def blur(clause: Clause) -> list[Operation]:
    """Blur; the number is the Gaussian's standard deviation, px."""
    number = clause.number("px", "", labels=MEASURES, relations=CHANGES)
    more = MORE_BLUR_PERCENT if clause.takes("change", "more") else None
    if number is not None:
        return [step("blur", sigma=number.value)]
    if sigma := by_level(clause, SLIGHT_BLUR_PX):
        return [step("blur", sigma=sigma)]
    clause.take("level", "medium")
    return [step("blur", sigma_percent=by_level(clause, STRONG_PERCENT, more))]


def soften(clause: Clause) -> list[Operation]:
    """Blur a little."""
    if strong := by_level(clause, {"strong": SOFT_STRONG_PERCENT}):
        return [step("blur", sigma_percent=strong)]
    return [step("blur", sigma=by_level(clause, SOFT_PX, SOFT_PX["medium"]))]


def sharpen(clause: Clause) -> list[Operation]:
    """Sharpen; less sharpness is softening."""
    if clause.direction() < 0:
        return soften(clause)
    number = clause.number("px", "", labels=MEASURES, relations=CHANGES)
    return [step("sharpen", sigma=by_level(clause, SHARPNESS) if number is None else number.value)]


def intense(clause: Clause, *, name: str) -> list[Operation]:
    """Apply an operation whose only parameter is its intensity."""
    number = clause.number("%", "", labels=("", "intensity"), relations=CHANGES)
    return [step(name, intensity=by_level(clause, INTENSITIES) if number is None else share(number))]


def posterize(clause: Clause) -> list[Operation]:
    """Reduce to few tones or colours: "4 levels", "16 colors", or an intensity."""
    if few := clause.number("colors", "levels"):
        return [step("posterize", **{few.unit: whole(few)})]
    number = clause.peek("", labels=("",), relations=CHANGES)
    if number is not None and number.value > 1:
        clause.rest.remove(number)
        return [step("posterize", levels=whole(number))]
    return intense(clause, name="posterize")


EFFECT_PARSERS: Final[Mapping[str, Parser]] = {
    "blur": blur,
    "soften": soften,
    "sharpen": sharpen,
    **{name: partial(intense, name=name) for name in ("denoise", "emboss", "edge", "solarize", "pixelate", "vignette")},
    "posterize": posterize,
}
