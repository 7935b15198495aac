"""Define the options of a request, which hold for all pictures of a session."""

from __future__ import annotations

from typing import Annotated, Any, Final, get_args

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic.alias_generators import to_camel

from processor.edits.operations.base import Side, with_whole_numbers
from processor.edits.operations.file import FORMAT_SYNONYMS, FormatName, PictureFormat

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
