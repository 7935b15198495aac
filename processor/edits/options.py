"""Define the options of a request, which hold for all pictures of a session."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, get_args

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic.alias_generators import to_camel

from processor.edits.operations.base import Side, with_whole_numbers
from processor.edits.operations.file import FORMAT_SYNONYMS, Format, FormatName, Metadata, PictureFormat, Quality
from processor.edits.plan import Plan

QUALITY_RANGE: Final = (1, 100)
# Generated clients refuse values that the schema does not list.
OutputFormat = Annotated[
    FormatName, WithJsonSchema({"type": "string", "enum": [*get_args(PictureFormat), *FORMAT_SYNONYMS]})
]


class EditOptions(BaseModel):
    """Wishes for every result. In JSON the names are in camelCase; unknown ones are refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        validate_by_name=True,
        serialize_by_alias=True,
    )

    output_format: OutputFormat | None = Field(
        default=None,
        description="Format of the results, before any format of the operation; jpg and tif are jpeg and tiff. Absent: "
        "what the operation says, else the source's, else jpeg where a browser cannot show that.",
    )
    quality: int | None = Field(
        default=None, ge=QUALITY_RANGE[0], le=QUALITY_RANGE[1], description="Quality of lossy results."
    )
    max_width: Side | None = Field(default=None, description="Largest width of a result, px.")
    max_height: Side | None = Field(default=None, description="Largest height of a result, px.")
    preserve_metadata: bool = Field(
        default=False, description="Keep artist and copyright; places and serial numbers never are."
    )

    @model_validator(mode="before")
    @classmethod
    def _whole_numbers(cls, written: Any) -> Any:
        return with_whole_numbers(written)

    def words(self, plan: Plan) -> str:
        """Return the plan in words, and what these options change in it."""
        won = overruled(plan, self.output_format, self.quality, keep_credit=self.preserve_metadata)
        return " ".join([plan.explanation, *won, *self._bounds()])

    def _bounds(self) -> Iterator[str]:
        for name, side, px in (("maxWidth", "wide", self.max_width), ("maxHeight", "high", self.max_height)):
            if px is not None:
                yield f"At most {px} px {side}, by the option {name}."


def overruled(
    plan: Plan, output_format: PictureFormat | None, quality: int | None, *, keep_credit: bool
) -> tuple[str, ...]:
    """Return a sentence for each step of *plan* that an option of the request wins over."""
    formats = [step for step in plan.steps if isinstance(step, Format)]
    qualities = [step.value for step in plan.steps if isinstance(step, Quality) and step.value is not None]
    metadata = [step.keep for step in plan.steps if isinstance(step, Metadata)]
    won: list[str] = []
    if output_format and formats and formats[-1].to != output_format:
        won.append(f"Saved as {output_format.upper()}, not {formats[-1].to.upper()}, by the option outputFormat.")
    if quality and qualities and qualities[-1] != quality:
        won.append(f"Saved with quality {quality}, not {qualities[-1]}, by the option quality.")
    if quality and formats and formats[-1].lossless:
        won.append(f"Saved with quality {quality}, not lossless, by the option quality.")
    if keep_credit and metadata and metadata[-1] == "nothing":
        won.append("Artist and copyright are kept, by the option preserveMetadata.")
    return tuple(won)
