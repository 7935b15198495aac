"""Define what all operations share, and the values that several of them take."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from processor.edits.colours import hexadecimal

Anchor = Literal["center", "north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest"]
Group = Literal["size", "turn", "light", "effect", "overlay", "file"]

# Above, not every whole number is a float (IEEE 754).
MAX_EXACT: Final = 2**53
SYNONYMS: Final[Mapping[str, Anchor]] = {
    "centre": "center",
    "middle": "center",
    "top": "north",
    "top-right": "northeast",
    "right": "east",
    "bottom-right": "southeast",
    "bottom": "south",
    "bottom-left": "southwest",
    "left": "west",
    "top-left": "northwest",
}


def anchor_name(value: object) -> object:
    """Take "top left", "Top-Left" and "centre" for what they mean; leave everything else to be refused."""
    if not isinstance(value, str):
        return value
    name = "-".join(value.lower().split())
    return SYNONYMS.get(name, name)


def upper_case(value: str) -> str:
    """Write a colour one way."""
    return value.upper()


Position = Annotated[Anchor, BeforeValidator(anchor_name)]
Colour = Annotated[
    str,
    BeforeValidator(hexadecimal),
    Field(
        pattern="^#[0-9A-Fa-f]{6}$",
        json_schema_extra={"allowed": "a colour: #RRGGBB, #RGB or a CSS name"},
    ),
    AfterValidator(upper_case),
]
Aspect = Annotated[
    str,
    Field(
        pattern=r"^[1-9][0-9]{0,3}(\.[0-9]{1,3})?:[1-9][0-9]{0,3}(\.[0-9]{1,3})?$",
        json_schema_extra={"allowed": 'an aspect ratio, width:height, as "16:9"'},
    ),
]
Side = Annotated[int, Field(ge=1, le=10_000)]
Opacity = Annotated[float, Field(ge=0, le=1)]
Intensity = Annotated[float, Field(ge=0, le=1)]


class Operation(BaseModel):
    """One operation of the vocabulary with its parameters: frozen, exact, unknown parameters refused.

    The docstring of a kind is what people read about it; *examples* are commands that compile to it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    group: ClassVar[Group]
    examples: ClassVar[tuple[str, ...]]

    @abstractmethod
    def words(self) -> str:
        """Describe what this step does, as one imperative without a full stop."""

    def written(self) -> dict[str, Any]:
        """Return the step as a person would write it: no defaults, whole numbers without a fraction."""
        said = self.model_dump(mode="json", exclude_unset=True, exclude_none=True)
        return {"op": self.operation_name()} | with_whole_numbers(said)

    @classmethod
    def operation_name(cls) -> str:
        """Return the name that plans call it by."""
        name: str = cls.model_fields["op"].default
        return name


def with_whole_numbers(written: Any) -> Any:
    """Write the whole numbers among the values of a JSON object without a fraction: JSON's 2.0 is an integer.

    https://json-schema.org/draft/2020-12/json-schema-core#section-4.2.2
    """
    if not isinstance(written, dict):
        return written
    values = cast("dict[str, Any]", written)
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_EXACT else value
        for name, value in values.items()
    }


def length(px: float | None, percent: float | None) -> str:
    """Write a length that is given in px, or else as a share of the picture's shorter side."""
    return f"{number(px)} px" if px is not None else f"{number(percent or 0)} % of the shorter side"


def place(anchor: Anchor | None) -> str:
    """Return where an anchor is: "the top left", "the centre"."""
    said = {"center": "centre", "northeast": "top right", "northwest": "top left"}
    said |= {"southeast": "bottom right", "southwest": "bottom left"}
    said |= {"north": "top", "east": "right", "south": "bottom", "west": "left"}
    return f"the {said[anchor or 'center']}"


def number(value: float) -> str:
    """Write a number without a needless ``.0``."""
    return f"{value:g}"


def require(*, holds: bool, expected: str, found: str) -> None:
    """Raise ValueError, in the wording of all parameter errors, unless the parameters go together."""
    if not holds:
        raise ValueError(f"expected {expected}, received {found}")
