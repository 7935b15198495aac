"""Operations that put something on the picture."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from processor.edits.operations.base import Colour, Opacity, Operation, Position, anchor_name, number, place

Corner = Annotated[
    Literal["northwest", "northeast", "southwest", "southeast", "center"],
    BeforeValidator(anchor_name),
]


class Text(Operation):
    """Write a line of text on the picture."""

    group: ClassVar = "overlay"
    examples: ClassVar = ("add title 'Summer Vacation' at top", "add watermark 'Copyright 2025' at bottom")

    op: Literal["text"] = "text"
    text: str = Field(
        min_length=1,
        max_length=500,
        description="What is written; it is never markup.",
        json_schema_extra={"allowed": "text of 1 to 500 characters"},
    )
    position: Position = Field(default="south", description="Where it stands.")
    size: int = Field(default=24, ge=8, le=200, description="Height of a line, px.")
    color: Colour = Field(default="#FFFFFF", description="Colour of the letters.")
    stroke: Colour = Field(default="#000000", description="Colour of their outline.")
    stroke_width: int = Field(default=2, ge=0, le=10, description="Width of the outline, px.")
    opacity: Opacity = Field(default=1, description="0 invisible, 1 solid.")

    def words(self) -> str:
        """Say it."""
        style = f"in {self.color}, {self.size} px high" + (
            f", {self.opacity * 100:g} % solid" if self.opacity < 1 else ""
        )
        return f"write “{self.text}” at {place(self.position)}, {style}"


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
        """Say it."""
        looks = f"{number(self.width_percent)} % wide, {self.opacity * 100:g} % solid"
        return f"put {self.image} as a watermark at {place(self.position)}, {looks}"
