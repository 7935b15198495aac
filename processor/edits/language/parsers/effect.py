"""Parse clauses about effects."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from processor.edits.language.clauses import CHANGES, Clause
from processor.edits.language.parsers.amounts import Parser, by_level, share, step, whole
from processor.edits.operations.base import Operation

SOFT: Final = {"slight": 1, "medium": 2, "strong": 5}
BLURS: Final = {"slight": 2, "medium": 5, "strong": 15}
SHARPNESS: Final = {"slight": 0.5, "medium": 1, "strong": 2}
INTENSITIES: Final = {"slight": 0.25, "medium": 0.5, "strong": 0.8}
MORE_BLUR: Final = 10
MEASURES: Final = ("", "sigma", "radius", "intensity")


def plain(_clause: Clause, *, name: str) -> list[Operation]:
    """Apply an operation without parameters."""
    return [step(name)]


def blur(clause: Clause) -> list[Operation]:
    """Blur; the number is the Gaussian's standard deviation, px."""
    number = clause.number("px", "", labels=MEASURES, relations=CHANGES)
    more = MORE_BLUR if clause.takes("change", "more") else None
    return [step("blur", sigma=by_level(clause, BLURS, more) if number is None else number.value)]


def soften(clause: Clause) -> list[Operation]:
    """Blur a little."""
    return [step("blur", sigma=by_level(clause, SOFT, SOFT["medium"]))]


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
