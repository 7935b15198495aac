"""Read what is not wanted: "without cropping", "don't upscale", "no blur".

Some negations are wishes of their own (without cropping: pad). Any other one is a condition that the rest of the plan
must meet; alone it is refused, because there is nothing to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from processor.edits.language.explanations import EXPLANATIONS
from processor.edits.language.segments import Segment
from processor.edits.language.terms import Kind, ParseError, Term
from processor.edits.operations.base import Operation

WISHES: Final[Mapping[tuple[Kind, str], tuple[Kind, str]]] = {
    ("head", "crop"): ("option", "no crop"),
    ("head", "cut off"): ("option", "no crop"),
    ("head", "bigger"): ("option", "no enlarge"),
    ("head", "stretch"): ("option", "keep aspect"),
    ("option", "ignore aspect"): ("option", "keep aspect"),
    ("option", "keep aspect"): ("option", "ignore aspect"),
    ("option", "outline"): ("option", "no outline"),
    ("too", "too much"): ("level", "slight"),
    ("too", "too"): ("level", "slight"),
}
# Which operations a head is about, where its name is not the operation's.
OPERATIONS_OF: Final[Mapping[str, str]] = {
    **dict.fromkeys(("scale", "bigger", "smaller", "cover", "inside", "stretch", "thumbnail"), "resize"),
    **dict.fromkeys(("brighter", "darker", "exposure"), "brightness"),
    **dict.fromkeys(("desaturate", "saturated", "color"), "saturation"),
    **dict.fromkeys(("turn", "upside down", "straighten"), "rotate"),
    **dict.fromkeys(("warm", "cool"), "tint"),
    **dict.fromkeys(("title",), "text"),
    **dict.fromkeys(("round corner",), "round"),
    **dict.fromkeys(("compress", "optimize"), "quality"),
    **dict.fromkeys(("strip metadata", "keep copyright"), "metadata"),
    **dict.fromkeys(("contrasty", "less contrasty"), "contrast"),
    **dict.fromkeys(("bars", "padding", "letterbox"), "pad"),
    **dict.fromkeys(("soften",), "blur"),
    **dict.fromkeys(("cut off",), "crop"),
}
STATE_OPERATIONS: Final[Mapping[str, str]] = {"blurry": "blur", "bright": "brightness", "dark": "brightness"}
SKIPPED: Final = frozenset({"verb"})
ANYTHING: Final = ("option", "any")
ALONE: Final = "nothing is done unless it is asked for: expected what to do, not what to leave out"
MORE_THAN_AN_OPERATION: Final = "not understood as something that is not wanted: expected the name of an operation"
KEEP_METADATA: Final = EXPLANATIONS["keep metadata"]
CONTRADICTION: Final = "not wanted, but another part of the command asks for it"


def wished(segment: Segment) -> tuple[Term, ...]:
    """Return the terms of the wish that a negation is; none where it is only a condition."""
    said = [term for term in segment.terms if term.kind not in SKIPPED and (term.kind, term.name) != ANYTHING]
    if len(said) > 1 and (said[0].kind, said[0].name, said[1].name) == ("state", "small", "bigger"):
        said = said[1:]  # "do not make small photos bigger"
    wish = WISHES.get((said[0].kind, said[0].name)) if said else None
    if wish is None:
        return ()
    kind, name = wish
    beside = {("state", "small"), ("head", "crop")} if kind != "level" else {(said[-1].kind, said[-1].name)}
    rest = [term for term in said[1:] if (term.kind, term.name) not in beside or term.kind not in {"state", "head"}]
    if any(term.kind in {"head", "state", "change"} for term in rest):
        return ()
    return (replace(said[0], kind=kind, name=name), *rest)


def check(unwanted: Sequence[Segment], steps: Sequence[Operation], *, repairs: bool) -> None:
    """Raise ParseError where a plan does what is not wanted, or where nothing else is asked for.

    *repairs*: a step repairs a described fault, which "don't fix it" excludes.
    """
    for segment in unwanted:
        if not steps:
            raise ParseError(ALONE, segment.place)
        done = {step.operation_name() for step in steps}
        done |= {name for step in steps if step.operation_name() == "modulate" for name in step.model_fields_set}
        done |= {f"format {step.written()['to']}" for step in steps if step.operation_name() == "format"}
        done |= {"fix"} if repairs else set()
        done |= {"resize", "extend"} if any(map(enlarges_canvas, steps)) else set()
        excluded = forbidden(segment)
        if excluded & done:
            raise ParseError(CONTRADICTION, segment.place)
        if "metadata" in excluded:  # every step leaves it out
            raise ParseError(KEEP_METADATA.sentence, segment.place, KEEP_METADATA.suggestions)


def enlarges_canvas(step: Operation) -> bool:
    """Tell whether a step turns the picture by less than a quarter, which needs a larger canvas."""
    return step.operation_name() == "rotate" and step.written()["degrees"] % 90 != 0


def forbidden(segment: Segment) -> set[str]:
    """Return the operations that a negation excludes; raises ParseError where it names none, or says more."""
    names: set[str] = set()
    for term in segment.terms:
        if (named := _operation(term)) is not None:
            names.add(named)
        elif term.kind not in SKIPPED and (term.kind, term.name) != ANYTHING:
            raise ParseError(MORE_THAN_AN_OPERATION, term)
    if any(name.startswith("format ") for name in names):
        names.discard("format")  # "don't convert to jpg" leaves other formats
    if not names:
        raise ParseError('expected what is not wanted, as in "without cropping"', segment.place)
    return names


def _operation(term: Term) -> str | None:
    """Return the operation that a term is about."""
    if term.kind == "head":
        return OPERATIONS_OF.get(term.name, term.name)
    if term.kind == "state":
        return STATE_OPERATIONS.get(term.name)
    if term.kind == "format":
        return f"format {term.name}"
    if (term.kind, term.name) == ("verb", "convert"):
        return "format"
    return "resize" if (term.kind, term.name) == ("label", "size") else None
