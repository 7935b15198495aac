"""Parse clauses about tone and colour."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from processor.edits.language.clauses import CHANGES, Clause
from processor.edits.language.parsers.amounts import (
    PLAUSIBLE,
    WHOLE,
    Parser,
    by_level,
    factor,
    share,
    step,
    tidy,
    two_readings,
    whole,
)
from processor.edits.language.parsers.effect import plain, posterize
from processor.edits.language.terms import Number, ParseError
from processor.edits.operations.base import Operation

# Factors by attribute and direction, then by degree.
FACTORS: Final = {
    ("brightness", 1): {"slight": 1.1, "medium": 1.2, "strong": 1.5},
    ("brightness", -1): {"slight": 0.9, "medium": 0.8, "strong": 0.5},
    ("saturation", 1): {"slight": 1.2, "medium": 1.5, "strong": 2},
    ("saturation", -1): {"slight": 0.8, "medium": 0.5, "strong": 0.25},
}
CONTRASTS: Final = {"slight": 10, "medium": 20, "strong": 40}
HUE_DEGREES: Final = 90
WHAT_COLOR: Final = 'what is done with the colours, as in "more saturated" or "reduce to 16 colors"'
NO_TINTS: Final = frozenset({"#FFFFFF", "#000000"})
WARM, COOL, WHITE = "#FFC896", "#96C8FF", 255
TINTS: Final = {"slight": 0.5, "medium": 1, "strong": 1.5}
LEVELS: Final = {"slight": "light", "medium": "moderate", "strong": "aggressive"}


def tone(clause: Clause, *, attribute: str, sign: int = 1, own: bool = False) -> list[Operation]:
    """Raise or lower brightness or saturation; *own*: the head itself gives the way ("brighter", "darker")."""
    as_much = sign if clause.takes("option", "as much") else 0
    change = clause.direction() or (1 if own or "add" in clause.verbs else 0)
    direction = sign * change
    stops = clause.number("stops", relations=CHANGES) if attribute == "brightness" and direction else None
    if stops is not None:
        return [step("modulate", brightness=tidy(2 ** (direction * stops.value)))]
    number = clause.number("%", "×", "", labels=("", "intensity"), relations=CHANGES)
    clause.take("label", "intensity")
    if number is not None:
        return [step("modulate", **{attribute: factor(number, direction, name=attribute, as_much=as_much)})]
    if not direction:
        raise clause.missing(f'how much, as in "increase {attribute} by 20%"', *_ways(attribute))
    amounts = FACTORS[attribute, direction]
    return [step("modulate", **{attribute: by_level(clause, amounts, amounts["medium"])})]


def _ways(attribute: str) -> tuple[str, str]:
    return f"increase {attribute} by 20%", f"decrease {attribute} by 20%"


def exposure(clause: Clause) -> list[Operation]:
    """Change the exposure in stops, each of which doubles the light; in percent it is the brightness."""
    number = clause.peek("stops", "", labels=("", "intensity"), relations=CHANGES)
    if number is None:
        return tone(clause, attribute="brightness")
    direction = clause.direction()
    if not (number.signed or direction or number.unit == "stops"):
        value = f"{number.value:g}"
        raise ParseError(f'expected stops with their sign, as in "exposure +{value}"', number, (f"exposure +{value}",))
    clause.rest.remove(number)
    return [step("modulate", brightness=tidy(2 ** ((direction or 1) * number.value)))]


def desaturate(clause: Clause) -> list[Operation]:
    """Take colour away: all of it, unless the clause says how much."""
    number = clause.number("%", "×", "", relations=CHANGES)
    if clause.direction() < 0 and number is None:
        raise clause.missing("how much", *_ways("saturation"))
    if number is not None:
        return [step("modulate", saturation=factor(number, -1, name="saturation"))]
    return [step("modulate", saturation=by_level(clause, FACTORS["saturation", -1], 0))]


def color(clause: Clause) -> list[Operation]:
    """Read "color" by what is said of it: more of it, fewer of them, or one to tint with."""
    if clause.peek("colors", "levels"):
        clause.direction()
        return posterize(clause)
    count = clause.peek("", labels=("",))
    if count is not None and count.relation == "to" and clause.direction() < 0:
        return [step("posterize", colors=whole(clause.number("")))]
    if clause.has("change", "more", "less") or clause.peek("%", "×", relations=CHANGES):
        return tone(clause, attribute="saturation")
    if clause.has("colour") and clause.verbs & {"change", "make", "convert", "become", "apply"}:
        return tint(clause)
    raise clause.missing(WHAT_COLOR, "more saturated", "reduce to 16 colors", "tint it blue")


def hue(clause: Clause) -> list[Operation]:
    """Turn the colour wheel."""
    number, direction = clause.number("°", "", relations=CHANGES), clause.direction() or 1
    return [step("modulate", hue=direction * (HUE_DEGREES if number is None else number.value))]


def contrast(clause: Clause, *, own: int = 0) -> list[Operation]:
    """Raise or lower the contrast; "contrast 120%" is 20 more than it is; *own*: the way that the head names."""
    clause.takes("option", "as much")
    direction = clause.direction() or (1 if own or clause.verbs & {"add", "apply"} else 0)
    direction *= own or 1
    number = clause.number("%", "×", "", labels=("", "intensity"), relations=CHANGES)
    if number is not None and not direction and number.unit == "%" and _stands_before(number, clause):
        value = f"{number.value:g}"
        raise two_readings(number, f"increase contrast by {value}%", f"contrast {value}%")
    if number is not None:
        return [step("contrast", amount=_contrast(number, direction))]
    direction = direction or (1 if clause.takes("level", "high") else -1 if clause.takes("level", "low") else 0)
    if not direction and not clause.verbs & {"add", "make", "apply"}:
        raise clause.missing('which way, as in "increase contrast"', "increase contrast", "less contrast")
    return [step("contrast", amount=(direction or 1) * (by_level(clause, CONTRASTS, CONTRASTS["medium"]) or 0))]


def pop(_clause: Clause) -> list[Operation]:
    """Make it pop: contrast, then sharpness."""
    return [step("contrast", amount=CONTRASTS["medium"]), step("sharpen")]


def gamma(clause: Clause) -> list[Operation]:
    """Apply a gamma curve."""
    number = clause.number("")
    if number is not None and number.signed:
        raise ParseError('expected the gamma itself, as in "gamma 1.8"', number)
    return [step("gamma", value=None if number is None else number.value)]


def sepia(clause: Clause) -> list[Operation]:
    """Tone brown."""
    number = clause.number("%", "", labels=("", "intensity"), relations=CHANGES)
    if number is not None:
        return [step("sepia", amount=number.value if number.value > 1 else share(number) * WHOLE)]
    amount = by_level(clause, {"slight": 40, "medium": 80, "strong": 100})
    return [step("sepia", amount=amount)]


def tint(clause: Clause, *, color: str = "", opposite: str = "") -> list[Operation]:
    """Tint with a colour, the clause's or the head's own; "less warm" is cool."""
    clause.takes("option", "as much")
    clause.takes("head", "color")
    if clause.has("option", "background"):
        raise clause.missing("a colour for the whole picture")
    less = clause.direction() < 0
    color = opposite if less else color or clause.take("colour")
    if not color:
        raise clause.missing('a colour, as in "tint it blue" or "make it warmer"')
    if color in NO_TINTS:
        raise ParseError("white and black tint nothing: expected another colour", clause.place, ("tint it blue",))
    clause.takes("change", "more")
    return [step("tint", color=_stronger(color, by_level(clause, TINTS, 1) or 1))]


def enhance(clause: Clause) -> list[Operation]:
    """Improve everything a little."""
    level = clause.take("level", *LEVELS)
    return [step("enhance", level=LEVELS.get(level, "moderate"))]


def _stands_before(number: Number, clause: Clause) -> bool:
    """Tell whether a share stands before what it is of: "with 20% contrast"."""
    named = next((term for term in clause.terms if term.kind == "head"), None)
    plain = not (number.signed or number.fraction or number.relation) and number.value < WHOLE
    return plain and named is not None and number.end <= named.start


def _contrast(number: Number, direction: int) -> float:
    """Return points from -100 to 100: a factor of 1.2 is 20, a bare number outside plausible factors is points."""
    lowest, highest = PLAUSIBLE
    bare = not number.unit
    factored = bare and not number.signed and lowest <= number.value <= highest
    if direction and number.value < 0:
        return 100 * (factor(number, direction, name="contrast") - 1)  # refused there
    if direction and bare and number.relation not in {"to", "at"} and not factored:
        return direction * number.value
    if bare and not direction and not factored:
        return number.value
    return tidy(WHOLE * (factor(number, direction, name="contrast") - 1))


def _stronger(color: str, factor: float) -> str:
    """Move a colour away from white, or towards it; white tints nothing."""
    channels = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{max(0, round(WHITE - factor * (WHITE - channel))):02X}" for channel in channels)


LIGHT_PARSERS: Final[Mapping[str, Parser]] = {
    "grayscale": partial(plain, name="grayscale"),
    "negate": partial(plain, name="negate"),
    "normalize": partial(plain, name="normalize"),
    "equalize": partial(plain, name="equalize"),
    "sepia": sepia,
    "brightness": partial(tone, attribute="brightness"),
    "brighter": partial(tone, attribute="brightness", own=True),
    "darker": partial(tone, attribute="brightness", sign=-1, own=True),
    "exposure": exposure,
    "color": color,
    "saturation": partial(tone, attribute="saturation"),
    "saturated": partial(tone, attribute="saturation", own=True),
    "desaturate": desaturate,
    "hue": hue,
    "contrast": contrast,
    "contrasty": partial(contrast, own=1),
    "less contrasty": partial(contrast, own=-1),
    "pop": pop,
    "gamma": gamma,
    "tint": tint,
    "warm": partial(tint, color=WARM, opposite=COOL),
    "cool": partial(tint, color=COOL, opposite=WARM),
    "enhance": enhance,
    "fix": enhance,
}
