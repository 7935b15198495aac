"""Tell a wish from a described fault: "make it dark" darkens, "it's dark" and "too dark" are repaired.

A fault is repaired where an operation repairs it, else refused; it is never amplified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from processor.edits.language.terms import ParseError, Term


class StateMeaning(NamedTuple):
    """Request that a word for a state stands for. *wish*, *repair*: heads, "-" in front: less of it; "": none.

    *fault*: being so is a fault by itself; otherwise only being too much so is.
    """

    wish: str
    repair: str
    fault: bool = True


STATES: Final[Mapping[str, StateMeaning]] = {
    "blurry": StateMeaning("blur", "sharpen"),
    "soft": StateMeaning("soften", "sharpen"),
    "sharp": StateMeaning("sharpen", "soften", fault=False),
    "dark": StateMeaning("darker", "brighter"),
    "underexposed": StateMeaning("", "brighter"),
    "bright": StateMeaning("brighter", "darker", fault=False),
    "overexposed": StateMeaning("", "darker"),
    "washed out": StateMeaning("desaturate", "saturated"),
    "dull": StateMeaning("", "saturated"),
    "flat": StateMeaning("", "contrasty"),
    "noisy": StateMeaning("", "denoise"),
    "saturated": StateMeaning("saturated", "-saturated", fault=False),
    "contrasty": StateMeaning("contrasty", "-contrasty", fault=False),
    "warm": StateMeaning("warm", "cool", fault=False),
    "cold": StateMeaning("cool", "warm", fault=False),
    "large": StateMeaning("bigger", "smaller", fault=False),
    "small": StateMeaning("smaller", "bigger", fault=False),
    "old": StateMeaning("sepia", ""),
    "rotated": StateMeaning("rotate", "rotate back"),
    "sideways": StateMeaning("", ""),
}
# Heads that name a measure: too much of it is a fault.
OPPOSITES: Final[Mapping[str, str]] = {
    "sharp": "blurry",
    "bright": "dark",
    "saturated": "dull",
    "contrasty": "flat",
    "large": "small",
    "warm": "cold",
}
MEASURES: Final = frozenset({"contrast", "saturation", "brightness", "color", "exposure"})
CASTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("#FFFF00", "#FFA500", "#FF0000"), "warm"),
    **dict.fromkeys(("#0000FF", "#00FFFF", "#87CEEB"), "cold"),
}
# Wishes of one word that are clear without a verb: "warm", "vivid".
STYLES: Final = frozenset({"warm", "cold", "saturated", "soft", "sharp", "contrasty", "bright"})
ASKS: Final = frozenset({"verb", "change"})
# Verbs whose object is the picture as it is: "convert the dark photo to jpg", "I have a blurry photo".
HOLDS: Final = frozenset({"convert", "apply", "have"})
BOTH: Final = 'expected whether it is so or shall be so, as in "make it {0}" or "it is too {0}"'
NO_REPAIR: Final = "understood as a description, and no operation repairs that"
DESCRIBED: Final = 'understood as a description, expected what to do, as in "make it brighter"'
NO_BLURRED_PADDING: Final = (
    "no operation changes only the background, or pads with more than one colour: expected a colour"
)
SHOWN_BY: Final = {"sideways": ("rotate right", "rotate left"), "old": ("enhance", "reduce noise", "sharpen")}


def resolved(terms: Sequence[Term]) -> list[Term]:
    """Return *terms* with each state as the operation that it asks for; raises ParseError for mere descriptions."""
    line = [_cast(before, term) for before, term in zip((None, *terms), terms, strict=False)]
    state = next((term for term in line if term.kind == "state"), None)
    # At the end, "look" is a noun: "a cinematic look".
    described = any(term.kind == "copula" for term in line[:-1]) and not any(map(_asks, line))
    if state is not None and any((term.kind, term.name) == ("option", "background") for term in line):
        raise ParseError(NO_BLURRED_PADDING, state, ("pad to square with white",))
    sized = state is not None and state.name in {"small", "large"} and any(term.kind == "head" for term in line)
    if state is not None and not sized and not any(term.kind == "text" for term in line):
        return _state(line, state, described=described)
    if any(term.kind == "too" for term in line):
        return _measure(line)
    upright = any(term.kind == "head" and term.name == "upside down" for term in line)
    kept = [term for term in line if term.kind != "copula"]
    if (described and not upright) or not kept:
        raise ParseError(DESCRIBED, line[0])
    return kept


def contradicted(terms: Sequence[Term]) -> list[Term]:
    """Read "it isn't bright enough" and "not sharp enough" as the opposite state."""
    line = list(terms)
    for at in range(len(line) - 1):
        denied, state = line[at], line[at + 1]
        opposite = OPPOSITES.get(state.name) if state.kind == "state" else None
        enough = at + 2 < len(line) and line[at + 2].name == "enough"
        described = at > 0 and line[at - 1].kind == "copula"
        if denied.name == "not" and opposite and (enough or described or is_copula(denied, line, at)):
            line[at] = replace(denied, kind="copula", name="is")
            line[at + 1] = replace(state, name=opposite)
            if enough:
                line[at + 2] = replace(line[at + 2], kind="copula", name="is")
    return line


def is_copula(denied: Term, line: Sequence[Term], at: int) -> bool:
    """Tell whether a negation holds its copula: "isn't"."""
    return denied.end - denied.start in {len("isn't"), len("aren't")} and at + 2 >= len(line)


def is_tilt(terms: Sequence[Term]) -> bool:
    """Tell whether *terms* only describe that the picture or its horizon is not level, without an angle."""
    described = {("state", "rotated"), ("cannot", "horizon")}
    rest = [term for term in terms if term.kind not in {"copula", "level", "too"}]
    tilted = any((term.kind, term.name) == ("state", "rotated") for term in rest)
    return tilted and is_fault(terms) and all((term.kind, term.name) in described for term in rest)


def is_fault(terms: Sequence[Term]) -> bool:
    """Tell whether *terms* describe a fault."""
    return any(term.kind in {"too", "copula"} for term in terms)


def _cast(before: Term | None, term: Term) -> Term:
    """Read "too yellow" as a state."""
    too = before is not None and before.kind == "too"
    if term.kind == "colour" and too and term.name in CASTS:
        return replace(term, kind="state", name=CASTS[term.name])
    return term


def _state(line: Sequence[Term], state: Term, *, described: bool) -> list[Term]:
    known = STATES[state.name]
    too = any(map(_too, line))
    removed = any(term.kind == "change" and term.name == "remove" for term in line)
    asked = any(map(_asks, line))
    if too or (described and known.fault) or removed or not (known.wish or asked):
        wanted = known.repair
        if not wanted:
            raise ParseError(NO_REPAIR, state, SHOWN_BY.get(state.name, ()))
        kept = [
            term
            for term in line
            if term.kind != "copula" and not _too(term) and (term.kind, term.name) not in DESCRIPTIVE
        ]
    elif described:
        raise ParseError(DESCRIBED, state, _commands(known.repair))
    else:
        wanted, kept = _wish(line, state, known)
    less = [replace(state, kind="change", name="less")] if wanted.startswith("-") else []
    head = replace(state, kind="head", name=wanted.lstrip("-"), relation="")
    extra = [replace(state, kind="option", name="as much")] if state.relation == "as" else []
    return [one for term in kept for one in ([head, *less, *extra] if term is state else [term])]


DESCRIPTIVE: Final = frozenset({("head", "color"), ("change", "remove")})


def _asks(term: Term) -> bool:
    """Tell whether a term asks for the state beside it."""
    return term.kind in ASKS and not (term.kind == "verb" and term.name in HOLDS)


def _too(term: Term) -> bool:
    """Tell whether a term says that there is too much of what follows."""
    return term.kind == "too" and term.name != "too little"


def _wish(line: Sequence[Term], state: Term, known: StateMeaning) -> tuple[str, list[Term]]:
    """Read a state that is asked for; raises ParseError where nothing tells that it is."""
    asked = any(_asks(term) or term.kind == "head" for term in line) or state.relation == "as"
    if not known.wish:
        raise ParseError(NO_REPAIR if not asked else "no operation does this", state, SHOWN_BY.get(state.name, ()))
    if not asked and state.name not in STYLES:
        raise ParseError(BOTH.format(state.name), state, (*_commands(known.wish), *_commands(known.repair)))
    return known.wish, [term for term in line if term.kind != "copula"]


def _measure(line: Sequence[Term]) -> list[Term]:
    """Read "too much contrast" as less of it."""
    too = next(term for term in line if term.kind == "too")
    measured = any(term.kind == "head" and term.name in MEASURES for term in line)
    strong = any((term.kind, term.name) == ("level", "strong") for term in line)
    if not measured or (too.name == "too" and not strong):
        raise ParseError('expected a fault that can be repaired, as in "too dark" or "too much contrast"', too)
    change = replace(too, kind="change", name="more" if too.name == "too little" else "less")
    strength = ("level", "strong") if too.name == "too" else ("", "")  # "the colors are too strong"
    kept = [term for term in line if term.kind != "copula" and (term.kind, term.name) != strength]
    return [change if term is too else term for term in kept]


def _commands(head: str) -> tuple[str, ...]:
    """Return the command that asks for a head."""
    said = {"blur": "blurrier", "sharpen": "sharper", "soften": "softer", "saturated": "more saturated"}
    said |= {"-saturated": "less saturated", "contrasty": "more contrasty", "-contrasty": "less contrasty"}
    said |= {"warm": "warmer", "cool": "cooler", "desaturate": "less saturated", "sepia": "look vintage"}
    said |= {head: head for head in ("darker", "brighter", "smaller", "bigger")} | {"denoise": "less noisy"}
    return (f"make it {said[head]}",) if head in said else ()
