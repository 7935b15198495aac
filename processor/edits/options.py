"""Define the options of a request, which hold for all pictures of a session."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from processor.edits.operations.base import Side
from processor.edits.operations.file import FormatName

QUALITY_RANGE: Final = (1, 100)


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

    output_format: FormatName | None = Field(
        default=None, description="Format of the results; absent: what the operation says, else the source's."
    )
    quality: int | None = Field(
        default=None, ge=QUALITY_RANGE[0], le=QUALITY_RANGE[1], description="Quality of lossy results."
    )
    max_width: Side | None = Field(default=None, description="Largest width of a result, px.")
    max_height: Side | None = Field(default=None, description="Largest height of a result, px.")
    preserve_metadata: bool = Field(
        default=False, description="Keep artist and copyright; places and serial numbers never are."
    )
