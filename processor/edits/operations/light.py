"""Define operations on tone and colour."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, model_validator

from processor.edits.colours import spoken
from processor.edits.operations.base import Colour, Operation, number, require

Factor = Annotated[float, Field(ge=0, le=10)]


class Grayscale(Operation):
    """Make the picture black and white."""

    group: ClassVar = "light"
    examples: ClassVar = ("make it black and white", "convert to grayscale")

    op: Literal["grayscale"] = "grayscale"

    def words(self) -> str:
        """Describe this step."""
        return "make it black and white"


class Sepia(Operation):
    """Give the picture the brown tone of old prints."""

    group: ClassVar = "light"
    examples: ClassVar = ("apply sepia tone", "make it look vintage")

    op: Literal["sepia"] = "sepia"
    amount: float = Field(default=80, ge=0, le=100, description="Strength, %.")

    def words(self) -> str:
        """Describe this step."""
        return f"apply sepia at {number(self.amount)} %"


class Negate(Operation):
    """Invert the colours."""

    group: ClassVar = "light"
    examples: ClassVar = ("invert colors", "negative")

    op: Literal["negate"] = "negate"

    def words(self) -> str:
        """Describe this step."""
        return "invert the colours"


class Normalize(Operation):
    """Stretch the tones over the whole range from black to white."""

    group: ClassVar = "light"
    examples: ClassVar = ("normalize", "auto levels")

    op: Literal["normalize"] = "normalize"

    def words(self) -> str:
        """Describe this step."""
        return "stretch the tones to the full range"


class Equalize(Operation):
    """Spread the tones evenly (histogram equalisation)."""

    group: ClassVar = "light"
    examples: ClassVar = ("equalize", "equalize the histogram")

    op: Literal["equalize"] = "equalize"

    def words(self) -> str:
        """Describe this step."""
        return "equalise the histogram"


class Modulate(Operation):
    """Change brightness, saturation or hue."""

    group: ClassVar = "light"
    examples: ClassVar = ("make it brighter", "increase saturation by 50%", "hue shift", "make it darker")

    op: Literal["modulate"] = "modulate"
    brightness: Factor = Field(default=1, description="Factor; 1 changes nothing.")
    saturation: Factor = Field(default=1, description="Factor; 0 leaves no colour, 1 changes nothing.")
    hue: float = Field(default=0, ge=-360, le=360, description="Turn of the colour wheel, degrees.")

    @model_validator(mode="after")
    def _modulates(self) -> Self:
        given = self.model_fields_set & {"brightness", "saturation", "hue"}
        require(holds=bool(given), expected="brightness, saturation or hue", found="none of them")
        return self

    def words(self) -> str:
        """Describe this step."""
        changes = [
            by_share(self.brightness, more="brighten", less="darken"),
            by_share(self.saturation, more="raise the saturation", less="lower the saturation"),
            f"turn the hue by {number(self.hue)}°" if self.hue else "",
        ]
        return " and ".join(filter(None, changes)) or "leave brightness, saturation and hue as they are"


class Contrast(Operation):
    """Raise or lower the contrast."""

    group: ClassVar = "light"
    examples: ClassVar = ("increase contrast", "less contrast", "contrast -30")

    op: Literal["contrast"] = "contrast"
    amount: float = Field(
        default=20, ge=-100, le=100, description="From -100 (flat grey) over 0 to 100 (twice as hard)."
    )

    def words(self) -> str:
        """Describe this step."""
        return f"{'raise' if self.amount >= 0 else 'lower'} the contrast by {number(abs(self.amount))}"


class Gamma(Operation):
    """Apply a gamma curve: above 1 brightens the middle tones."""

    group: ClassVar = "light"
    examples: ClassVar = ("gamma 1.8", "apply gamma correction")

    op: Literal["gamma"] = "gamma"
    value: float = Field(default=2.2, ge=0.1, le=5, description="Exponent; 1 changes nothing.")

    def words(self) -> str:
        """Describe this step."""
        return f"apply gamma {number(self.value)}"


# The colours that the language takes for these words (language/parsers/light.py).
WARMTHS: Final = {
    "#FFE4CA": "slightly warmer",
    "#FFC896": "warmer",
    "#FFAC62": "much warmer",
    "#CAE4FF": "slightly cooler",
    "#96C8FF": "cooler",
    "#62ACFF": "much cooler",
}


def by_share(factor: float, *, more: str, less: str) -> str:
    """Say a factor as a change in percent; nothing for 1."""
    if factor == 1:
        return ""
    return f"{more if factor > 1 else less} by {number(round(100 * abs(factor - 1), 2))} %"


class Tint(Operation):
    """Colour the picture, keeping its lightness."""

    group: ClassVar = "light"
    examples: ClassVar = ("make it warmer", "cooler", "tint it blue")

    op: Literal["tint"] = "tint"
    color: Colour = Field(description="Colour of the tint; warm: #FFC896, cool: #96C8FF.")

    def words(self) -> str:
        """Describe this step."""
        return f"make it {WARMTHS[self.color]}" if self.color in WARMTHS else f"tint with {spoken(self.color)}"


class Enhance(Operation):
    """Improve tone, colour and sharpness together."""

    group: ClassVar = "light"
    examples: ClassVar = ("enhance", "auto enhance", "improve the image", "enhance it slightly")

    op: Literal["enhance"] = "enhance"
    level: Literal["light", "moderate", "aggressive"] = Field(default="moderate", description="How much.")

    def words(self) -> str:
        """Describe this step."""
        return {"light": "enhance lightly", "moderate": "enhance", "aggressive": "enhance strongly"}[self.level]
