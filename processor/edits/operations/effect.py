"""Define effects: operations on a pixel and its neighbours."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from processor.edits.operations.base import Intensity, Operation, length, number, require


class Blur(Operation):
    """Blur the picture."""

    group: ClassVar = "effect"
    examples: ClassVar = ("blur the image", "blur slightly", "soften", "blur by 10")

    op: Literal["blur"] = "blur"
    sigma: float | None = Field(
        default=None, ge=0.3, le=100, description="Standard deviation of the Gaussian, px, instead of sigma_percent."
    )
    sigma_percent: float | None = Field(
        default=None,
        ge=0.05,
        le=10,
        description="The same, % of the shorter side; none of both: 0.625 %, 5 px of 800.",
    )

    @model_validator(mode="after")
    def _one_sigma(self) -> Self:
        fine = self.sigma is None or self.sigma_percent is None
        require(holds=fine, expected="sigma or sigma_percent", found="both")
        return self

    def words(self) -> str:
        """Describe this step."""
        plain = self.sigma is None and self.sigma_percent is None
        return "blur" if plain else f"blur by {length(self.sigma, self.sigma_percent)}"


class Sharpen(Operation):
    """Sharpen the picture."""

    group: ClassVar = "effect"
    examples: ClassVar = ("sharpen the image", "make it sharper")

    op: Literal["sharpen"] = "sharpen"
    sigma: float = Field(default=1, ge=0.3, le=10, description="Size of the detail that is sharpened, px.")

    def words(self) -> str:
        """Describe this step."""
        return "sharpen" if self.sigma == 1 else f"sharpen by {number(self.sigma)} px"


class Effect(Operation):
    """An effect of more or less strength."""

    group: ClassVar = "effect"
    imperative: ClassVar[str]

    op: Any  # each kind's own literal; named here too, so that it stays the first field
    intensity: Intensity = Field(default=0.5, description="Strength.")

    def words(self) -> str:
        """Describe this step."""
        return f"{self.imperative} at {number(self.intensity)}"


class Denoise(Effect):
    """Remove noise, keeping edges."""

    examples: ClassVar = ("denoise", "reduce noise")
    imperative: ClassVar = "remove noise"

    op: Literal["denoise"] = "denoise"


class Emboss(Effect):
    """Make the picture look pressed into paper."""

    examples: ClassVar = ("emboss",)
    imperative: ClassVar = "emboss"

    op: Literal["emboss"] = "emboss"


class Edge(Effect):
    """Show the edges."""

    examples: ClassVar = ("detect edges", "edge detection")
    imperative: ClassVar = "show the edges"

    op: Literal["edge"] = "edge"


class Posterize(Effect):
    """Reduce the picture to few tones, or to few colours."""

    examples: ClassVar = ("posterize", "posterize to 4 levels", "reduce to 16 colors")
    imperative: ClassVar = "posterise"

    op: Literal["posterize"] = "posterize"
    intensity: Intensity = Field(default=0.5, description="Strength: 0 keeps most tones, 1 the fewest.")
    levels: int | None = Field(default=None, ge=2, le=64, description="Tones of each channel, instead of a strength.")
    colors: int | None = Field(
        default=None, ge=2, le=256, description="At most so many colours in the whole picture, instead of a strength."
    )

    @model_validator(mode="after")
    def _one_way_to_say_how_few(self) -> Self:
        fine = self.levels is None or self.colors is None
        require(holds=fine, expected="levels or colors", found=f"levels {self.levels} and colors {self.colors}")
        return self

    def words(self) -> str:
        """Describe this step."""
        if self.colors is not None:
            return f"reduce to at most {self.colors} colours"
        return super().words() if self.levels is None else f"posterise to {self.levels} tones a channel"


class Solarize(Effect):
    """Invert the bright tones."""

    examples: ClassVar = ("solarize",)
    imperative: ClassVar = "solarise"

    op: Literal["solarize"] = "solarize"
    intensity: Intensity = Field(default=0.5, description="Strength: the higher, the more tones are inverted.")


class Pixelate(Effect):
    """Show the picture in large blocks."""

    examples: ClassVar = ("pixelate",)
    imperative: ClassVar = "pixelate"

    op: Literal["pixelate"] = "pixelate"
    intensity: Intensity = Field(default=0.5, description="Strength: the higher, the larger the blocks.")


class Vignette(Effect):
    """Darken the corners."""

    examples: ClassVar = ("add a vignette", "vignette")
    imperative: ClassVar = "darken the corners"

    op: Literal["vignette"] = "vignette"
