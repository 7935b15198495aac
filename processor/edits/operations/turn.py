"""Define operations that turn or mirror a picture."""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from pydantic import Field

from processor.edits.colours import spoken
from processor.edits.operations.base import Colour, Operation, number

QUARTER_TURNS: Final = {90: "rotate right", 180: "turn upside down", 270: "rotate left"}


class Rotate(Operation):
    """Turn the picture; angles other than quarter turns enlarge the canvas, so nothing is cut."""

    group: ClassVar = "turn"
    examples: ClassVar = ("rotate right", "rotate 90 degrees", "rotate -15 degrees", "turn it upside down")

    op: Literal["rotate"] = "rotate"
    degrees: float = Field(ge=-36_000, le=36_000, description="Clockwise; negative: counter-clockwise.")
    background: Colour | None = Field(
        default=None, description="Colour of the corners; none: transparent where the format can, else #FFFFFF."
    )

    def words(self) -> str:
        """Describe this step."""
        if self.degrees % 360 in QUARTER_TURNS:
            return QUARTER_TURNS[int(self.degrees % 360)]
        way = "clockwise" if self.degrees >= 0 else "counter-clockwise"
        corners = f" on {spoken(self.background)}" if self.background else ""
        return f"rotate by {number(abs(self.degrees))}° {way}{corners}"


class Flip(Operation):
    """Mirror the picture: left and right, or top and bottom."""

    group: ClassVar = "turn"
    examples: ClassVar = ("flip horizontally", "flip vertically", "mirror")

    op: Literal["flip"] = "flip"
    direction: Literal["horizontal", "vertical"] = Field(description="Which way the picture is mirrored.")

    def words(self) -> str:
        """Describe this step."""
        return "mirror left and right" if self.direction == "horizontal" else "mirror top and bottom"
