"""Every operation of the vocabulary and the function that carries it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from processor.edits.operations.base import Operation
from processor.edits.operations.effect import (
    Blur,
    Denoise,
    Edge,
    Emboss,
    Pixelate,
    Posterize,
    Sharpen,
    Solarize,
    Vignette,
)
from processor.edits.operations.file import Format, Metadata, Quality, Still
from processor.edits.operations.light import (
    Contrast,
    Enhance,
    Equalize,
    Gamma,
    Grayscale,
    Modulate,
    Negate,
    Normalize,
    Sepia,
    Tint,
)
from processor.edits.operations.overlay import Text, Watermark
from processor.edits.operations.size import AutoCrop, Border, Crop, Extend, Pad, Resize, Round, Trim
from processor.edits.operations.turn import Flip, Rotate
from processor.imaging.picture import Picture
from processor.imaging.steps.autocrop import autocrop
from processor.imaging.steps.colour import grayscale, modulate, sepia, tint
from processor.imaging.steps.crop import crop
from processor.imaging.steps.enhance import enhance
from processor.imaging.steps.frame import border, extend, pad
from processor.imaging.steps.graphic import pixelate, posterize, solarize, vignette
from processor.imaging.steps.levels import equalize, normalize
from processor.imaging.steps.relief import edge, emboss
from processor.imaging.steps.resize import resize
from processor.imaging.steps.round import round_corners
from processor.imaging.steps.sharpness import blur, denoise, sharpen
from processor.imaging.steps.text import text
from processor.imaging.steps.tone import contrast, gamma, negate
from processor.imaging.steps.trim import trim
from processor.imaging.steps.turn import flip, rotate
from processor.imaging.steps.watermark import missing, watermark

# Each takes a picture and its own operation. A dictionary cannot say that key and argument belong together.
StepFunction = Callable[[Picture, Any], Picture]
Marks = Mapping[str, Picture]
"""Watermarks by the reference that plans name them by."""


def step_table(marks: Marks) -> Mapping[type[Operation], StepFunction]:
    """Return operation → function; none alters the picture that it is given."""

    def marked(picture: Picture, step: Watermark) -> Picture:
        if step.image not in marks:
            raise missing(step.image)
        return watermark(picture, step, marks[step.image])

    return {
        Resize: resize,
        Crop: crop,
        AutoCrop: autocrop,
        Rotate: rotate,
        Flip: flip,
        Trim: trim,
        Border: border,
        Extend: extend,
        Pad: pad,
        Round: round_corners,
        Grayscale: grayscale,
        Sepia: sepia,
        Negate: negate,
        Normalize: normalize,
        Equalize: equalize,
        Modulate: modulate,
        Contrast: contrast,
        Gamma: gamma,
        Tint: tint,
        Enhance: enhance,
        Blur: blur,
        Sharpen: sharpen,
        Denoise: denoise,
        Emboss: emboss,
        Edge: edge,
        Posterize: posterize,
        Solarize: solarize,
        Pixelate: pixelate,
        Vignette: vignette,
        Text: text,
        Watermark: marked,
        Still: first_frame,
        # What the file is like is read off the plan when it is written (delivery.py).
        Format: leave,
        Quality: leave,
        Metadata: leave,
    }


def first_frame(picture: Picture, _: Still) -> Picture:
    """Keep the first frame of an animation."""
    return picture.still()


def leave(picture: Picture, _: Operation) -> Picture:
    """Change no pixel."""
    return picture
