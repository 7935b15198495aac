"""Models of the requests: strict types, unknown fields refused. ``sources`` checks what a type cannot express."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator
from pydantic.alias_generators import to_camel

from processor.edits.archive import ArchiveOrder
from processor.edits.command import MAX_COMMAND_CHARS
from processor.edits.operations.base import with_whole_numbers
from processor.edits.options import EditOptions
from processor.edits.plan import MAX_STEPS
from processor.errors import EditCode, EditError
from processor.recipe import SizeName

MAX_SLOTS: Final = 50
MAX_ARCHIVED: Final = 1000
NO_CONTROLS: Final = r"^[^\x00-\x1f\x7f]*$"
ADDRESSES: Final = "https://…, http://…, data:image/…;base64,…, upload://<slot> or photo://<photo id>"


class RequestModel(BaseModel):
    """A body or a part of one; camelCase in JSON."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, alias_generator=to_camel, validate_by_name=False
    )

    @model_validator(mode="before")
    @classmethod
    def _whole_numbers(cls, written: Any) -> Any:
        return with_whole_numbers(written)


class SourceImage(RequestModel):
    """One picture to edit."""

    id: str = Field(
        min_length=1, max_length=128, pattern=NO_CONTROLS, description="Your name for the picture in this session."
    )
    url: str = Field(min_length=1, description=f"Where it is: {ADDRESSES}.")
    name: str = Field(default="", max_length=255, pattern=NO_CONTROLS, description="File name of the result.")
    tags: list[Annotated[str, Field(max_length=64, pattern=NO_CONTROLS)]] = Field(
        default_factory=list, max_length=20, description='Given back with the result, besides "edited".'
    )


class CommandOperation(RequestModel):
    """An operation in words."""

    type: Literal["command"]
    command: str = Field(
        min_length=1, max_length=MAX_COMMAND_CHARS, description='What to do, in English: "resize to 800px".'
    )


class BulkOp(RequestModel):
    """One button of a page: an operation's name and its parameters."""

    type: str = Field(min_length=1, max_length=64, description="Operation.")
    params: dict[str, JsonValue] = Field(default_factory=dict, description="Parameters of the operation.")
    label: str = Field(default="", max_length=200, pattern=NO_CONTROLS, description="What the button says.")


class BulkOperation(RequestModel):
    """An operation of a button."""

    type: Literal["bulk"]
    bulk_op: BulkOp


class PlanOperation(RequestModel):
    """Steps of the vocabulary, applied in this order."""

    type: Literal["plan"]
    steps: list[dict[str, JsonValue]] = Field(min_length=1, max_length=MAX_STEPS, description="Steps, each with `op`.")


Operation = Annotated[CommandOperation | BulkOperation | PlanOperation, Field(discriminator="type")]

EXAMPLE: Final[dict[str, Any]] = {
    "images": [{"id": "a", "url": "https://www.example.com/photo.jpg", "name": "test.jpg", "tags": ["summer"]}],
    "operation": {"type": "command", "command": "resize to 800px and convert to webp"},
    "options": {"quality": 85},
}


class EditRequest(RequestModel):
    """Pictures, and what to do with each of them."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    images: list[SourceImage] = Field(min_length=1, description="Pictures; 50 unless the operator sets another limit.")
    operation: Operation
    options: EditOptions = Field(default_factory=EditOptions)


class ParseRequest(RequestModel):
    """A command to look at, without running it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"command": "resize to 800px"}]})

    command: str = Field(min_length=1, max_length=MAX_COMMAND_CHARS, description="What to do, in English.")


MAX_LONG = 2**63 - 1


class LocalFile(RequestModel):
    """A file that will be uploaded. What is said of it is held against it."""

    content_type: str | None = Field(
        default=None,
        max_length=100,
        pattern=r"^image/[A-Za-z0-9.+-]+$",
        description="Its type; leave it out when the browser knows none, as for RAW files.",
    )
    size: int = Field(ge=1, le=MAX_LONG, description="Its size, bytes.", json_schema_extra={"format": "int64"})


class UploadsRequest(RequestModel):
    """Files that need a slot each."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"files": [{"contentType": "image/heic", "size": 9}]}]})

    files: list[LocalFile] = Field(min_length=1, max_length=MAX_SLOTS, description="One slot is given for each.")


class ArchiveRequest(RequestModel):
    """Photos to download as one ZIP file: those of a gallery, or single ones."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"gallery": "weddings/smith", "size": "originals"}]})

    gallery: str = Field(
        default="",
        max_length=900,
        pattern=NO_CONTROLS,
        description="The caller's photos of this gallery, and of those below it.",
    )
    photos: list[Annotated[str, Field(min_length=1, max_length=1024)]] = Field(
        default_factory=list, max_length=MAX_ARCHIVED, description="Ids of photos of the caller, instead of a gallery."
    )
    size: SizeName = Field(description="A size of the stack, or `originals`.")

    @property
    def order(self) -> ArchiveOrder:
        """The order, checked; raise EditError(INVALID_INPUT) unless it names a gallery or photos."""
        gallery = self.gallery.strip("/")
        if bool(gallery) == bool(self.photos):
            raise EditError(
                EditCode.INVALID_INPUT,
                f"Invalid values for `gallery` and `photos`: expected one of the two, received "
                f"{'both' if gallery else 'neither'}.",
            )
        return ArchiveOrder(gallery=gallery, photos=tuple(dict.fromkeys(self.photos)), size=self.size)
