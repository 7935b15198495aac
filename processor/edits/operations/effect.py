"""Effects: operations on a pixel and its neighbours."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from processor.edits.operations.base import Intensity, Operation, number


class Blur(Operation):
    """Blur the picture."""

    group: ClassVar = "effect"
    examples: ClassVar = ("blur the image", "blur slightly", "soften", "blur by 10")

    op: Literal["blur"] = "blur"
    sigma: float = Field(default=5, ge=0.3, le=100, description="Standard deviation of the Gaussian, px.")

    def words(self) -> str:
        """Say it."""
        return f"blur by {number(self.sigma)} px"


class Sharpen(Operation):
    """Sharpen the picture."""

    group: ClassVar = "effect"
    examples: ClassVar = ("sharpen the image", "make it sharper")

    op: Literal["sharpen"] = "sharpen"
    sigma: float = Field(default=1, ge=0.3, le=10, description="Size of the detail that is sharpened, px.")

    def words(self) -> str:
        """Say it."""
        return "sharpen" if self.sigma == 1 else f"sharpen by {number(self.sigma)} px"


class Denoise(Operation):
    """Remove noise, keeping edges."""

    group: ClassVar = "effect"
    examples: ClassVar = ("denoise", "reduce noise")

    op: Literal["denoise"] = "denoise"
    intensity: Intensity = Field(default=0.5, description="Strength.")

    def words(self) -> str:
        """Say it."""
        return f"remove noise at {number(self.intensity)}"


class Emboss(Operation):
    """Make the picture look pressed into paper."""

    group: ClassVar = "effect"
    examples: ClassVar = ("emboss",)

    op: Literal["emboss"] = "emboss"
    intensity: Intensity = Field(default=0.5, description="Strength.")

    def words(self) -> str:
        """Say it."""
        return f"emboss at {number(self.intensity)}"


class Edge(Operation):
    """Show the edges."""

    group: ClassVar = "effect"
    examples: ClassVar = ("detect edges", "edge detection")

    op: Literal["edge"] = "edge"
    intensity: Intensity = Field(default=0.5, description="Strength.")

    def words(self) -> str:
        """Say it."""
        return f"show the edges at {number(self.intensity)}"


class Posterize(Operation):
    """Reduce the picture to few tones."""

    group: ClassVar = "effect"
    examples: ClassVar = ("posterize",)

    op: Literal["posterize"] = "posterize"
    intensity: Intensity = Field(default=0.5, description="Strength: 0 keeps most tones, 1 the fewest.")

    def words(self) -> str:
        """Say it."""
        return f"posterise at {number(self.intensity)}"


class Solarize(Operation):
    """Invert the bright tones."""

    group: ClassVar = "effect"
    examples: ClassVar = ("solarize",)

    op: Literal["solarize"] = "solarize"
    intensity: Intensity = Field(default=0.5, description="Strength: the higher, the more tones are inverted.")

    def words(self) -> str:
        """Say it."""
        return f"solarise at {number(self.intensity)}"


class Pixelate(Operation):
    """Show the picture in large blocks."""

    group: ClassVar = "effect"
    examples: ClassVar = ("pixelate",)

    op: Literal["pixelate"] = "pixelate"
    intensity: Intensity = Field(default=0.5, description="Strength: the higher, the larger the blocks.")

    def words(self) -> str:
        """Say it."""
        return f"pixelate at {number(self.intensity)}"


class Vignette(Operation):
    """Darken the corners."""

    group: ClassVar = "effect"
    examples: ClassVar = ("add a vignette", "vignette")

    op: Literal["vignette"] = "vignette"
    intensity: Intensity = Field(default=0.5, description="Strength.")

    def words(self) -> str:
        """Say it."""
        return f"darken the corners at {number(self.intensity)}"
