"""The vocabulary: every operation that the API, the grammar, the executor, the page and the docs know.

There is no other list. Whoever handles operations does it by a table over ``OPERATIONS``, and a test per table says
that none is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field

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
from processor.edits.operations.file import Format, Metadata, Quality
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

Step = Annotated[
    Resize
    | Crop
    | AutoCrop
    | Rotate
    | Flip
    | Trim
    | Format
    | Quality
    | Grayscale
    | Sepia
    | Negate
    | Normalize
    | Equalize
    | Blur
    | Sharpen
    | Emboss
    | Edge
    | Posterize
    | Solarize
    | Pixelate
    | Vignette
    | Denoise
    | Modulate
    | Contrast
    | Gamma
    | Tint
    | Border
    | Extend
    | Pad
    | Round
    | Text
    | Watermark
    | Enhance
    | Metadata,
    Field(discriminator="op"),
]

OPERATIONS: Final[Mapping[str, type[Operation]]] = {
    kind.operation_name(): kind
    for kind in (
        *(Resize, Crop, AutoCrop, Rotate, Flip, Trim, Border, Extend, Pad, Round),
        *(Grayscale, Sepia, Negate, Normalize, Equalize, Modulate, Contrast, Gamma, Tint, Enhance),
        *(Blur, Sharpen, Denoise, Emboss, Edge, Posterize, Solarize, Pixelate, Vignette),
        *(Text, Watermark, Format, Quality, Metadata),
    )
}
