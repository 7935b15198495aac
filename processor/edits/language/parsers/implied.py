"""Parse clauses that name no operation, only what one takes: "make it a webp", "1200px jpg 80", "make it blue"."""

from __future__ import annotations

from typing import Final

from processor.edits.language.clauses import BOUNDS, CHANGES, Clause
from processor.edits.language.parsers import crop, cuts, effect, file, light, overlay, shape, size
from processor.edits.language.parsers.amounts import WHOLE, step, two_readings
from processor.edits.language.parsers.size import FILE_SHARE
from processor.edits.language.terms import Number, ParseError, Unit
from processor.edits.operations.base import Operation

# "add red" says too little: a border, a text?
PAINTING_VERBS: Final = frozenset({"make", "change", "convert", "become", "apply"})
GRAYS: Final = frozenset({"#808080"})
NOTHING: Final = 'an operation, as in "resize to 800px" or "make it brighter"'
LEAST_PX: Final = 50  # a bare number from here on may be a size
CONDITIONS: Final = frozenset({"no crop", "no enlarge", "keep aspect", "ignore aspect", "exact"})
A_SIZE_TOO: Final = 'a size or a shape too, as in "resize to 2000px, never enlarge"'
LENGTHS: Final[tuple[Unit, ...]] = ("px", "cm", "mm", "in", "megapixels")
UPRIGHT: Final = {"vertical": "4:5", "horizontal": "3:2"}


def implied(clause: Clause) -> list[Operation]:
    """Do what the clause's values ask for."""
    if clause.has("option", "web"):
        return _for_web(clause)
    if clause.has("change", "remove"):
        return _removed(clause)
    if clause.has("text") or clause.has("link") or "add" in clause.verbs:
        return _added(clause)
    if clause.has("format") or clause.has("source format"):
        return _with_format(clause)
    return _file(clause) if clause.has("option", "file") else _made(clause)


def _for_web(clause: Clause) -> list[Operation]:
    """Prepare for the web; with a width and height, or a shape, the web is only what it is for."""
    if clause.has("extent") or clause.has("aspect"):
        clause.take("option", "web")
        return implied(clause)
    return file.optimize(clause)


def _with_format(clause: Clause) -> list[Operation]:
    """Resize, convert and set the quality: "1200px jpg 80"."""
    written = file.convert(clause)
    share = clause.peek("%", "×")
    if share is not None and not clause.verbs and not clause.head and not share.relation:
        name, percent = written[0].written()["to"], f"{share.value:g}%"
        raise two_readings(share, f"resize to {percent} and convert to {name}", f"{name} at {percent} quality")
    bare = clause.peek("")
    if bare is not None and not clause.verbs and (bare.value <= WHOLE or bare.start > clause.terms[0].start):
        name = written[0].written()["to"]
        raise two_readings(bare, f"resize to {bare.value:g}px and convert to {name}", f"{name} quality 80")
    sized = clause.has("extent") or clause.has("aspect") or clause.has("orientation") or clause.has("paper")
    lengths = any(one.relation != "of" for one in clause.numbers())  # "quality 10 of 12"
    resized = size.resize(clause) if sized or lengths or clause.has("option", "circle") else []
    return [*resized, *written]


def _file(clause: Clause) -> list[Operation]:
    """Bound the file's size; a share of it is not known before."""
    if clause.peek("bytes", relations=BOUNDS):
        clause.takes("change", "less")
    if found := size.file_size(clause):
        return [found]
    share = next((one for one in clause.numbers() if one.unit in {"%", "×"}), None)
    if share is not None:
        raise ParseError(FILE_SHARE, share, ("compress to 500KB", "quality 75"))
    raise clause.missing('what the file shall be, as in "compress to 500KB" or "convert to webp"')


def _removed(clause: Clause) -> list[Operation]:
    if clause.has("number") and (clause.has("option", "all sides", *cuts.PAIRS) or clause.has("place")):
        return crop.crop(clause, off=True)
    raise clause.missing(
        'what can be removed, as in "remove 50px from all sides" or "remove noise"',
        *(("remove 50px from all sides",) if clause.has("number") else ()),
    )


def _added(clause: Clause) -> list[Operation]:
    """Put a text, a picture or canvas onto the picture."""
    if clause.has("text") or clause.has("link"):
        return _overlaid(clause)
    if clause.has("number") and (clause.has("place") or clause.has("option", "all sides")):
        return shape.extend(clause)
    if clause.has("option", "logo"):
        expected = "the picture that is added, as upload://<slot>"
        raise clause.missing(expected, "watermark with upload://logo at bottom right")
    if clause.has("colour") and (clause.has("aspect") or clause.has("extent")):
        return shape.padding(clause)
    raise clause.missing('what is added, as in "add a border" or "add text \'Hello\'"')


def _overlaid(clause: Clause) -> list[Operation]:
    if clause.has("link") and (clause.verbs or clause.head):
        return overlay.watermark(clause)
    if clause.has("text") and (clause.verbs or clause.has("place") or clause.has("option", "saying")):
        return overlay.text(clause)
    raise clause.missing('what is done with it, as in "add text \'Hello\'" or "watermark with upload://<slot>"')


def _made(clause: Clause) -> list[Operation]:
    if clause.rest and all(term.kind == "option" and term.name in CONDITIONS for term in clause.rest):
        raise clause.missing(A_SIZE_TOO, "resize to 2000px, never enlarge", "make it square without cropping")
    few = clause.peek("colors", "levels")
    if few is not None:
        clause.take("option", "only")
        clause.direction()
        return effect.posterize(clause)
    if clause.takes("option", "lossless"):
        raise ParseError(file.LOSSLESS, clause.place, ("convert to lossless webp", "quality 90"))
    if clause.peek("%", "", labels=("quality",), relations=CHANGES | BOUNDS):
        return _quality_first(clause)
    if _sized(clause):
        return size.resize(clause)
    if clause.has("option", "circle"):
        return crop.crop(clause)
    return _painted(clause)


def _quality_first(clause: Clause) -> list[Operation]:
    """Set the quality; with a size beside it, resize too."""
    lengths = [one for one in clause.numbers() if one.label != "quality" and one.relation != "of"]
    quality = file.quality(clause)
    return [*(size.resize(clause) if lengths else []), *quality]


def _painted(clause: Clause) -> list[Operation]:
    if clause.has("option", "background"):
        raise clause.missing(NOTHING)
    if clause.has("colour") and (clause.head == "turn" or clause.verbs & PAINTING_VERBS):
        return [step("grayscale")] if clause.takes("colour", *GRAYS) else light.tint(clause)
    if "make" in clause.verbs and (way := clause.take("option", *UPRIGHT)):
        return [step("crop", aspect=UPRIGHT[way])]
    alone = clause.numbers() == clause.rest
    sizes = [
        one for one in clause.numbers() if alone and (one.unit == "px" or (not one.unit and one.value >= LEAST_PX))
    ]
    raise clause.missing(NOTHING, *(f"resize to {one.value:g}px" for one in sizes if len(sizes) == 1))


def _sized(clause: Clause) -> bool:
    """Tell whether a number or a word is about the picture's size."""
    if clause.has("extent") or clause.has("aspect") or clause.has("orientation") or clause.has("paper"):
        return True
    measures = [one for one in clause.numbers() if _is_size(one)]
    asked = bool(clause.verbs) or (clause.has("change") and _has_target(clause)) or clause.has("label", "size")
    return bool(measures) or (asked and (clause.has("number") or clause.has("label", "size")))


def _is_size(number: Number) -> bool:
    bounded = number.relation in {"max", "within", "min"}
    measured = number.unit in LENGTHS[1:] or number.unit in {"bytes", "dpi"} or bool(number.label)
    return bounded or measured


def _has_target(clause: Clause) -> bool:
    """Tell whether a change has a number behind a preposition or a unit: "reduce to 400", never "up 10"."""
    return any(one.relation or one.unit for one in clause.numbers()) or clause.has("label", "size")
