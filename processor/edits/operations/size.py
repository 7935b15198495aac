"""Define operations that change how large a picture is, or which part of it is shown."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from processor.edits.colours import spoken
from processor.edits.operations.base import Aspect, Colour, Operation, Position, Side, length, number, place, require

Percent = Annotated[float, Field(gt=0, le=1000)]
Cut = Annotated[float, Field(ge=0, le=10_000)]
Unit = Literal["px", "%"]


class Resize(Operation):
    """Make the picture larger or smaller. One side keeps the aspect; percent is of the picture at this step."""

    group: ClassVar = "size"
    examples: ClassVar = ("resize to 800px", "resize to 50%", "scale to 1024x768", "make it smaller")

    op: Literal["resize"] = "resize"
    width: Side | None = Field(default=None, description="Width of the box, px.")
    height: Side | None = Field(default=None, description="Height of the box, px.")
    percent: Percent | None = Field(default=None, description="Of the picture's present size.")
    megapixels: float | None = Field(default=None, gt=0, le=100, description="Width × height, millions of pixels.")
    fit: Literal["inside", "cover", "contain", "fill"] = Field(
        default="inside",
        description="With both sides: fit into the box, cover and cut, fit and pad to the box, or distort. "
        "With one side, fill leaves the other as it is.",
    )
    position: Position = Field(default="center", description="Which part stays when cover cuts, or where contain puts.")
    enlarge: bool | None = Field(
        default=None, description="Whether a small picture grows: by default for percent, not for px."
    )
    background: Colour | None = Field(
        default=None, description="Colour that contain pads with; none: transparent where the format can, else white."
    )

    @model_validator(mode="after")
    def _one_way_to_say_the_size(self) -> Self:
        sides = self.width is not None or self.height is not None
        found = f"width {self.width}, height {self.height}, percent {self.percent}, megapixels {self.megapixels}"
        require(
            holds=sides + (self.percent is not None) + (self.megapixels is not None) == 1,
            expected="width, height or both, or else percent, or else megapixels",
            found=found,
        )
        return self

    @property
    def enlarges(self) -> bool:
        """Tell whether a smaller picture grows to the size."""
        return self.percent is not None if self.enlarge is None else self.enlarge

    def words(self) -> str:
        """Describe this step."""
        if self.percent is not None:
            return f"resize to {number(self.percent)} % of its size"
        if self.megapixels is not None:
            return f"resize to {number(self.megapixels)} megapixels, keeping the aspect{self._small()}"
        if self.width is None or self.height is None:
            side, name = (self.width, "wide") if self.width is not None else (self.height, "high")
            other = "keeping the other side" if self.fit == "fill" else "keeping the aspect"
            return f"resize to {side} px {name}, {other}{self._small()}"
        how = {"inside": "fit inside", "cover": "cover", "contain": "fit into a frame of", "fill": "stretch to"}
        kept = f" from {place(self.position)}" if self.fit == "cover" else ""
        return f"resize to {how[self.fit]} {self.width} × {self.height} px{kept}{self._small()}"

    def _small(self) -> str:
        return "" if self.enlarges else ", never larger than it is"


class Crop(Operation):
    """Cut out a part: at a place, of a size at an anchor, to an aspect ratio, or by cutting edges."""

    group: ClassVar = "size"
    examples: ClassVar = (
        *("crop to 16:9", "crop to square", "crop to 500x500 from center", "remove 50px from all sides"),
        *("crop 100px off the top", "crop 10% from each side", "keep the left half"),
    )

    op: Literal["crop"] = "crop"
    x: int | None = Field(default=None, ge=0, le=10_000, description="Left edge; needs y.")
    y: int | None = Field(default=None, ge=0, le=10_000, description="Top edge; needs x.")
    width: Side | None = Field(default=None, description="Width of the part.")
    height: Side | None = Field(default=None, description="Height of the part.")
    aspect: Aspect | None = Field(default=None, description="Largest part of this aspect ratio.")
    position: Position = Field(default="center", description="Where the part lies, unless x and y are given.")
    trim_edges: Side | None = Field(default=None, description="Cut this much off every side.")
    top: Cut | None = Field(default=None, description="Cut this much off the top.")
    right: Cut | None = Field(default=None, description="Cut this much off the right.")
    bottom: Cut | None = Field(default=None, description="Cut this much off the bottom.")
    left: Cut | None = Field(default=None, description="Cut this much off the left.")
    unit: Unit = Field(default="px", description="Unit of all lengths; %: of the picture's width or height.")

    @property
    def cuts(self) -> dict[str, float]:
        """Give what is cut off, by side; sides that keep everything are left out."""
        sides = {"top": self.top, "right": self.right, "bottom": self.bottom, "left": self.left}
        return {side: cut for side, cut in sides.items() if cut}

    @model_validator(mode="after")
    def _one_way_to_say_the_part(self) -> Self:
        sized = self.width is not None and self.height is not None
        half = (self.width is None) != (self.height is None)
        placed = (self.x is not None, self.y is not None)
        ways = [self.aspect is not None, sized, self.trim_edges is not None, bool(self.cuts)]
        fine = sum(ways) == 1 and not half and placed in {(False, False), (sized, sized)}
        names = ("x", "y", "width", "height", "aspect", "trim_edges", "top", "right", "bottom", "left")
        found = ", ".join(name for name in names if getattr(self, name) is not None) or "none of them"
        expected = "width and height (with x and y, or a position), aspect, trim_edges, or top, right, bottom and left"
        require(holds=fine, expected=expected, found=found)
        return self

    def words(self) -> str:
        """Describe this step."""
        if self.trim_edges is not None:
            return f"cut {self.trim_edges} {self.unit} off every side"
        if self.cuts:
            return f"cut {', '.join(f'{number(cut)} {self.unit} off the {side}' for side, cut in self.cuts.items())}"
        where = f"from {place(self.position)}" if self.x is None else f"at x {self.x}, y {self.y}"
        what = self.aspect if self.aspect is not None else f"{self.width} × {self.height} {self.unit}"
        return f"crop to {what} {where}"


class AutoCrop(Operation):
    """Crop to what matters in the picture."""

    group: ClassVar = "size"
    examples: ClassVar = ("auto crop", "crop to face")

    op: Literal["autocrop"] = "autocrop"
    aspect: Aspect | None = Field(default=None, description="Aspect ratio of the part; none: 1:1 of the shorter side.")
    focus: Literal["attention", "entropy", "face"] = Field(
        default="attention",
        description="What matters: what draws the eye, what is rich in detail, or faces. Without a face service, "
        "face means attention, and the result says so.",
    )

    def words(self) -> str:
        """Describe this step."""
        what = {"attention": "what draws the eye", "entropy": "the richest part", "face": "the face"}[self.focus]
        return f"crop to {what}" + (f" at {self.aspect}" if self.aspect else "")


class Trim(Operation):
    """Remove plain borders of one colour."""

    group: ClassVar = "size"
    examples: ClassVar = ("trim", "trim the borders")

    op: Literal["trim"] = "trim"
    threshold: int = Field(default=10, ge=1, le=255, description="How much a pixel differs from the border, 1-255.")

    def words(self) -> str:
        """Describe this step."""
        return "trim plain borders"


class Border(Operation):
    """Put a border of one colour around the picture."""

    group: ClassVar = "size"
    examples: ClassVar = ("add 10px black border", "add white border", "put a red frame around it")

    op: Literal["border"] = "border"
    width: int | None = Field(
        default=None, ge=1, le=500, description="Width of the border, px, instead of width_percent."
    )
    width_percent: float | None = Field(
        default=None, ge=0.1, le=50, description="The same, % of the shorter side; none of both: 1.25 %, 10 px of 800."
    )
    color: Colour = Field(default="#000000", description="Colour of the border.")

    @model_validator(mode="after")
    def _one_width(self) -> Self:
        fine = self.width is None or self.width_percent is None
        require(holds=fine, expected="width or width_percent", found="both")
        return self

    def words(self) -> str:
        """Describe this step."""
        plain = self.width is None and self.width_percent is None
        wide = "" if plain else f" of {length(self.width, self.width_percent)}"
        return f"add a border{wide} in {spoken(self.color)}"


class Extend(Operation):
    """Extend the canvas on single sides."""

    group: ClassVar = "size"
    examples: ClassVar = ("extend the bottom by 100px", "add 50px white to the top")

    op: Literal["extend"] = "extend"
    top: int = Field(default=0, ge=0, le=5_000, description="Above, px.")
    right: int = Field(default=0, ge=0, le=5_000, description="To the right, px.")
    bottom: int = Field(default=0, ge=0, le=5_000, description="Below, px.")
    left: int = Field(default=0, ge=0, le=5_000, description="To the left, px.")
    color: Colour = Field(default="#000000", description="Colour of what is added.")

    @model_validator(mode="after")
    def _extends(self) -> Self:
        total = self.top + self.right + self.bottom + self.left
        require(holds=total > 0, expected="top, right, bottom or left of at least 1 px", found="none of them")
        return self

    def words(self) -> str:
        """Describe this step."""
        sides = (("top", self.top), ("right", self.right), ("bottom", self.bottom), ("left", self.left))
        return f"extend {', '.join(f'{name} by {px} px' for name, px in sides if px)} in {spoken(self.color)}"


class Pad(Operation):
    """Pad the picture to an aspect ratio or a size, without cutting or resizing it."""

    group: ClassVar = "size"
    examples: ClassVar = ("pad to square", "pad to 16:9 with white", "pad to 1200x1200")

    op: Literal["pad"] = "pad"
    aspect: Aspect | None = Field(default=None, description="Smallest frame of this aspect ratio around the picture.")
    width: Side | None = Field(default=None, description="Width of the frame, px; never less than the picture's.")
    height: Side | None = Field(default=None, description="Height of the frame, px; never less than the picture's.")
    background: Colour | None = Field(
        default=None, description="Colour of the padding; none: transparent where the format can, else white."
    )

    @model_validator(mode="after")
    def _one_way_to_say_the_frame(self) -> Self:
        both = self.width is not None and self.height is not None
        neither = self.width is None and self.height is None
        fine = both if self.aspect is None else neither
        found = f"aspect {self.aspect}, width {self.width}, height {self.height}"
        require(holds=fine, expected="aspect, or else width and height", found=found)
        return self

    def words(self) -> str:
        """Describe this step."""
        frame = self.aspect or f"{self.width} × {self.height} px"
        return f"pad to {frame}" + (f" with {spoken(self.background)}" if self.background else "")


class Round(Operation):
    """Round the corners, or cut a circle; what is cut is transparent where the format can, else white."""

    group: ClassVar = "size"
    examples: ClassVar = ("round the corners", "round corners by 30px", "make it a circle")

    op: Literal["round"] = "round"
    radius: Annotated[int, Field(ge=1, le=5_000)] | Literal["circle"] | None = Field(
        default=None,
        description='Radius of the corners, or "circle"; none: 2.5 % of the shorter side, 20 px of 800.',
        json_schema_extra={"allowed": 'a whole number from 1 to 5000, or "circle"'},
    )
    unit: Unit = Field(default="px", description="Unit of the radius; %: of the shorter side.")

    def words(self) -> str:
        """Describe this step."""
        if self.radius is None:
            return "round the corners"
        return "cut a circle" if self.radius == "circle" else f"round the corners by {self.radius} {self.unit}"
