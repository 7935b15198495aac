"""Map each head of the language to its parser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeAlias

from processor.edits.language.clauses import Clause
from processor.edits.language.parsers import crop, effect, file, light, overlay, shape, size, turn
from processor.edits.language.parsers.implied import implied
from processor.edits.operations.base import Operation

Parser: TypeAlias = Callable[[Clause], list[Operation]]


def turn_or_make(clause: Clause) -> list[Operation]:
    """Turn by an angle, or into something: "turn right", "turn it blue"."""
    return turn.rotate(clause) if turn.turns(clause) and not clause.verbs else implied(clause)


PARSERS: Final[Mapping[str, Parser]] = {
    "": implied,
    "resize": size.resize,
    "scale": partial(size.resize, factor=True),
    "bigger": partial(size.resize, direction=1),
    "smaller": partial(size.resize, direction=-1),
    "cover": partial(size.boxed, fit="cover"),
    "inside": partial(size.boxed, fit="inside"),
    "stretch": partial(size.boxed, fit="fill"),
    "thumbnail": size.thumbnail,
    "crop": crop.crop,
    "cut off": partial(crop.crop, off=True),
    "keep": crop.keep,
    "zoom": size.zoom,
    "autocrop": crop.autocrop,
    "trim": crop.trim,
    "border": shape.border,
    "bars": shape.bars,
    "rest": shape.bars,
    "padding": shape.padding,
    "pad": shape.padding,
    "letterbox": shape.letterbox,
    "extend": shape.extend,
    "round corner": partial(shape.rounded, circle=False),
    "round": partial(shape.rounded, circle=True),
    "rotate": turn.rotate,
    "rotate back": partial(turn.rotate, degrees=None, back=True),
    "straighten": partial(turn.rotate, degrees=None),
    "turn": turn_or_make,
    "upside down": turn.upside_down,
    "flip": turn.flip,
    "grayscale": partial(effect.plain, name="grayscale"),
    "negate": partial(effect.plain, name="negate"),
    "normalize": partial(effect.plain, name="normalize"),
    "equalize": partial(effect.plain, name="equalize"),
    "sepia": light.sepia,
    "brightness": partial(light.tone, attribute="brightness"),
    "brighter": partial(light.tone, attribute="brightness", own=True),
    "darker": partial(light.tone, attribute="brightness", sign=-1, own=True),
    "exposure": light.exposure,
    "color": light.color,
    "saturation": partial(light.tone, attribute="saturation"),
    "saturated": partial(light.tone, attribute="saturation", own=True),
    "desaturate": light.desaturate,
    "hue": light.hue,
    "contrast": light.contrast,
    "contrasty": partial(light.contrast, own=True),
    "pop": light.pop,
    "gamma": light.gamma,
    "tint": light.tint,
    "warm": partial(light.tint, color=light.WARM, opposite=light.COOL),
    "cool": partial(light.tint, color=light.COOL, opposite=light.WARM),
    "enhance": light.enhance,
    "fix": light.enhance,
    "blur": effect.blur,
    "soften": effect.soften,
    "sharpen": effect.sharpen,
    **{
        name: partial(effect.intense, name=name)
        for name in ("denoise", "emboss", "edge", "solarize", "pixelate", "vignette")
    },
    "posterize": effect.posterize,
    "text": overlay.text,
    "title": partial(overlay.text, position="north"),
    "watermark": overlay.watermark,
    "quality": file.quality,
    "compress": file.compress,
    "optimize": file.optimize,
    "still": partial(effect.plain, name="still"),
    "strip metadata": partial(file.metadata, keep="nothing"),
    "keep copyright": partial(file.metadata, keep="copyright"),
}
