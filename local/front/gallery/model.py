"""Define the inputs of the gallery's API, and the JSON form of a record."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Annotated, Any, Final, cast

from pydantic import BaseModel, ConfigDict, Field

from local.front.errors import Refusal

MAX_BYTES: Final = 5 * 2**30  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html: one PUT
DEFAULT_GALLERY: Final = "gallery"
DEFAULT_TYPE: Final = "application/octet-stream"
MAX_EXTENSION_CHARS: Final = 16
DELETED: Final = "deleted"  # the status of a tombstone
PAGE_SIZE: Final = 50
Record = Mapping[str, Any]
Gallery = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^/\x00-\x1f][^\x00-\x1f]*$")]


class NewPhoto(BaseModel):
    """A photo about to be uploaded. *size*: bytes."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=255)
    size: int = Field(ge=1, le=MAX_BYTES)
    type: str = Field(default=DEFAULT_TYPE, max_length=127, pattern=r"^[\w.+-]+/[\w.+-]+$")
    gallery: Gallery = DEFAULT_GALLERY

    def key(self, photo_id: str) -> str:
        """Return the key of the original: it holds the id, so that users' file names never become part of a URL."""
        extension = PurePosixPath(self.name).suffix.lower()
        plain = extension[1:].isascii() and extension[1:].isalnum() and len(extension) <= MAX_EXTENSION_CHARS
        return f"{self.gallery.strip('/')}/{photo_id}{extension if plain else ''}"


class Listing(BaseModel):
    """Filter and page of a list. *cursor*: end of the previous page."""

    model_config = ConfigDict(extra="forbid")
    gallery: Gallery | None = None
    limit: int = Field(default=PAGE_SIZE, ge=1, le=500)
    cursor: str | None = Field(default=None, max_length=4096)


class Cursor(BaseModel):
    """The last photo of a page."""

    created_at: str
    id: str

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Read a cursor; raise Refusal for a text that no list returned."""
        try:
            return cls.model_validate_json(base64.urlsafe_b64decode(text.encode()))
        except (ValueError, binascii.Error):
            raise Refusal(
                400, "INVALID_INPUT", "Expected a cursor that a list returned, received another text."
            ) from None

    @classmethod
    def after(cls, record: Record) -> str:
        """Write the cursor that points behind *record*."""
        created_at, photo_id = age_order(record)
        return base64.urlsafe_b64encode(cls(created_at=created_at, id=photo_id).model_dump_json().encode()).decode()


def age_order(record: Record) -> tuple[str, str]:
    """Order records by age; those of one millisecond by their id."""
    return str(record.get("created_at", "")), str(record["id"])


def to_json(value: Any) -> Any:
    """Turn a value of DynamoDB into JSON: whole numbers stay whole."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {key: to_json(one) for key, one in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list | tuple | set):
        return [to_json(one) for one in cast("list[Any]", value)]
    return value
