"""Define operations that put something on the picture."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from processor.edits.colours import spoken
from processor.edits.operations.base import (
    Colour,
    Opacity,
    Operation,
    Position,
    anchor_name,
    length,
    number,
    place,
    require,
)

BLACK = "#000000"
Offset = Annotated[int, Field(ge=0, le=10_000)]

Corner = Annotated[
    Literal["northwest", "northeast", "southwest", "southeast", "center"],
    BeforeValidator(anchor_name),
]


class Text(Operation):
    """Write a line of text on the picture."""

    group: ClassVar = "overlay"
    examples: ClassVar = (
        *("add title 'Summer Vacation' at top", "add watermark 'Copyright 2025' at bottom"),
        "add text 'Sale' in white with a black outline, 20px from the bottom",
    )

    op: Literal["text"] = "text"
    text: str = Field(
        min_length=1,
        max_length=500,
        description="What is written; it is never markup.",
        json_schema_extra={"allowed": "text of 1 to 500 characters"},
    )
    position: Position = Field(default="south", description="Where it stands.")
    size: int | None = Field(default=None, ge=8, le=200, description="Height of a line, px, instead of size_percent.")
    size_percent: float | None = Field(
        default=None,
        ge=0.5,
        le=50,
        description="The same, % of the shorter side; none of both: 3 % (24 px of 800), at least 12.",
    )
    color: Colour = Field(default="#FFFFFF", description="Colour of the letters.")
    stroke: Colour = Field(default="#000000", description="Colour of their outline.")
    stroke_width: int | None = Field(
        default=None, ge=0, le=10, description="Width of the outline, px; none: a twelfth of the line's height."
    )
    opacity: Opacity = Field(default=1, description="0 invisible, 1 solid.")
    bold: bool = Field(default=False, description="Heavier letters.")
    rotation: float = Field(default=0, ge=-360, le=360, description="Turn of the text, degrees clockwise.")
    margin: Offset | None = Field(
        default=None, description="Distance from the edges, px; none: 3 % of the shorter side."
    )
    x: Offset | None = Field(default=None, description="Left edge of the text, px; needs y.")
    y: Offset | None = Field(default=None, description="Top edge of the text, px; needs x.")

    @model_validator(mode="after")
    def _one_place_and_size(self) -> Self:
        fine = (self.x is None) == (self.y is None)
        require(holds=fine, expected="both x and y, or a position", found=f"x {self.x}, y {self.y}")
        one_size = self.size is None or self.size_percent is None
        require(holds=one_size, expected="size or size_percent", found="both")
        return self

    def words(self) -> str:
        """Describe this step."""
        where = f"at {place(self.position)}" if self.x is None else f"at x {self.x}, y {self.y}"
        plain = self.size is None and self.size_percent is None
        style = [f"in {spoken(self.color)}", *([] if plain else [f"{length(self.size, self.size_percent)} high"])]
        style += ["bold"] if self.bold else []
        style += [f"turned by {number(self.rotation)}°"] if self.rotation else []
        style += [f"{self.margin} px from the edge"] if self.margin is not None else []
        style += [f"outlined in {spoken(self.stroke)}"] if self.stroke_width != 0 and self.stroke != BLACK else []
        style += ["without an outline"] if self.stroke_width == 0 else []
        style += [f"{self.opacity * 100:g} % solid"] if self.opacity < 1 else []
        return f"write “{self.text}” {where}, {', '.join(style)}"


class Watermark(Operation):
    """Put a picture of your own over the picture."""

    group: ClassVar = "overlay"
    examples: ClassVar = ("watermark with upload://logo at bottom right",)

    op: Literal["watermark"] = "watermark"
    image: str = Field(
        max_length=512,
        pattern=r"^(photo|upload)://[!-~]+$",
        description="The picture: photo://<photo id> or upload://<slot>.",
        json_schema_extra={"allowed": "photo://<photo id> or upload://<slot>"},
    )
    position: Corner = Field(default="southeast", description="A corner, or the centre.")
    opacity: Opacity = Field(default=0.7, description="0 invisible, 1 solid.")
    width_percent: float = Field(default=15, ge=5, le=50, description="Its width, % of the picture's.")
    margin: float = Field(default=2, ge=0, le=20, description="Distance from the edges, % of the picture's width.")

    def words(self) -> str:
        """Describe this step."""
        looks = f"{number(self.width_percent)} % wide, {self.opacity * 100:g} % solid"
        return f"put {self.image} as a watermark at {place(self.position)}, {looks}"
