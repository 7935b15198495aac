"""Read bulk operations: what the buttons of clients written before Darkroom send.

Every operation of the vocabulary is one, with its own parameters. Next to these stand the names that image editors'
clients use for the same things, so that a button need not learn a second vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from processor.edits.vocabulary import OPERATIONS, ParameterError
from processor.schema_text import nearest, shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """Another name for an operation: what it sets, and what it calls parameters."""

    op: str
    fixed: Mapping[str, Any] = field(default_factory=dict[str, Any])
    renamed: Mapping[str, str] = field(default_factory=dict[str, str])


BUTTONS: Final[Mapping[str, Button]] = {
    "scale": Button(op="resize"),
    "auto_crop": Button(op="autocrop"),
    "smart_crop": Button(op="autocrop"),
    "mirror": Button(op="flip", fixed={"direction": "horizontal"}),
    "convert": Button(op="format", renamed={"format": "to"}),
    "format": Button(op="format", renamed={"format": "to"}),
    "quality": Button(op="quality", renamed={"quality": "value"}),
    "compress": Button(op="quality", renamed={"quality": "value"}),
    "rotate": Button(op="rotate", renamed={"angle": "degrees"}),
    "greyscale": Button(op="grayscale"),
    "black_and_white": Button(op="grayscale"),
    "invert": Button(op="negate"),
    "brightness": Button(op="modulate", renamed={"value": "brightness", "amount": "brightness"}),
    "saturation": Button(op="modulate", renamed={"value": "saturation", "amount": "saturation"}),
    "hue": Button(op="modulate", renamed={"value": "hue", "degrees": "hue"}),
    "contrast": Button(op="contrast", renamed={"value": "amount"}),
    "border": Button(op="border", renamed={"size": "width", "colour": "color"}),
    "auto_enhance": Button(op="enhance"),
}


def as_step(kind: str, parameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the operation that a bulk operation means, and its parameters; raises ParameterError."""
    name = kind.strip().lower().replace("-", "_").replace(" ", "_")
    if name not in BUTTONS and name not in OPERATIONS:
        raise ParameterError(f"unknown operation {shown(kind)}; {nearest(name, {*BUTTONS, *OPERATIONS})}")
    button = BUTTONS.get(name) or Button(op=name)
    own = dict(button.fixed)
    for key, value in parameters.items():
        own_key = button.renamed.get(key, key)
        if own_key in own:
            raise ParameterError(f"Two values for `{own_key}`: expected one. Remove {shown(key)}.")
        own[own_key] = value
    return button.op, own
