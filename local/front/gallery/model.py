"""Define the inputs of the gallery's API, the states and orders of photos, and the JSON form of a record."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Annotated, Any, Final, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from local.front.errors import Refusal

MAX_BYTES: Final = 5 * 2**30  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html: one PUT
DEFAULT_GALLERY: Final = "gallery"
DEFAULT_TYPE: Final = "application/octet-stream"
MAX_EXTENSION_CHARS: Final = 16
DELETED: Final = "deleted"  # the status of a tombstone
PAGE_SIZE: Final = 50
DIGITS: Final = 12
LAST: Final = "~"  # sorts after every date
INTERRUPTED: Final = "interrupted"  # pending, and its file never came
Record = Mapping[str, Any]
State = Literal["ready", "waiting", "interrupted", "failed"]
Sort = Literal["added", "taken", "taken-oldest", "name"]
ContentType = Annotated[str, Field(max_length=127, pattern=r"^[\w.+-]+/[\w.+-]+$")]
Gallery = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^/\x00-\x1f][^\x00-\x1f]*$")]


class NewPhoto(BaseModel):
    """A photo about to be uploaded. *size*: bytes.

    *added_at* and *place*: when its batch was added, and its place there. The files of a batch keep their order by
    them: the first counts as the newest.
    """

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=255)
    size: int = Field(ge=1, le=MAX_BYTES)
    type: ContentType = DEFAULT_TYPE
    gallery: Gallery = DEFAULT_GALLERY
    added_at: datetime | None = None
    place: int = Field(default=0, ge=0, le=1_000_000)

    def key(self, photo_id: str) -> str:
        """Return the key of the original: it holds the id, so that users' file names never become part of a URL."""
        extension = PurePosixPath(self.name).suffix.lower()
        plain = extension[1:].isascii() and extension[1:].isalnum() and len(extension) <= MAX_EXTENSION_CHARS
        return f"{self.gallery.strip('/')}/{photo_id}{extension if plain else ''}"


class Renewal(BaseModel):
    """A new upload address for a photo whose file never came."""

    model_config = ConfigDict(extra="forbid")
    type: ContentType = DEFAULT_TYPE


class FocalPoint(BaseModel):
    """The point that `cover` keeps near the middle: shares of the upright picture, from its left and its top."""

    model_config = ConfigDict(extra="forbid")
    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)


class Listing(BaseModel):
    """Filter, order and page of a list. *cursor*: end of the previous page."""

    model_config = ConfigDict(extra="forbid")
    gallery: Gallery | None = None
    search: str = Field(default="", max_length=200)
    state: State | None = None
    sort: Sort = "added"
    limit: int = Field(default=PAGE_SIZE, ge=1, le=500)
    cursor: str | None = Field(default=None, max_length=4096)


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """An order of photos: by *key*, then by id; *descending*: the highest first."""

    key: Callable[[Record], str]
    descending: bool

    def of(self, record: Record) -> tuple[str, str]:
        """Return the place of a record."""
        return self.key(record), str(record["id"])

    def after(self, record: Record, last: tuple[str, str]) -> bool:
        """Return whether *record* comes after the place *last*."""
        return self.of(record) < last if self.descending else self.of(record) > last


def name_order(record: Record) -> str:
    """Order by name, numbers by their value: IMG_2 before IMG_10."""
    name = str(record.get("filename") or record["id"]).lower()
    return re.sub(r"[0-9]+", lambda found: found[0].zfill(DIGITS), name)


ORDERS: Final[Mapping[Sort, Order]] = {
    "added": Order(key=lambda record: str(record.get("created_at", "")), descending=True),
    "taken": Order(key=lambda record: str(record.get("taken_at") or ""), descending=True),
    "taken-oldest": Order(key=lambda record: str(record.get("taken_at") or LAST), descending=False),
    "name": Order(key=name_order, descending=False),
}


def state_of(record: Record) -> State:
    """Return the state of a listed record; a photo that is rendered again stays ready."""
    if record.get("status") == "failed":
        return "failed"
    if record.get("small_url") or record.get("thumbnail_url"):
        return "ready"
    return "interrupted" if record.get(INTERRUPTED) else "waiting"


def mentions(record: Record, words: str) -> bool:
    """Return whether a record has all of *words* in its name, dates, camera or error code."""
    camera: Record = record.get("camera") or {}
    error: Record = record.get("error") or {}
    fields = [record.get("filename") or record["id"], record.get("taken_at"), record.get("created_at")]
    fields += [camera.get("make"), camera.get("model"), camera.get("lens"), error.get("code")]
    text = " ".join(str(one) for one in fields if one).lower()
    return all(word in text for word in words.lower().split())


class Cursor(BaseModel):
    """The place of the last photo of a page."""

    key: str
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
    def after(cls, place: tuple[str, str]) -> str:
        """Write the cursor that points behind *place*."""
        key, photo_id = place
        return base64.urlsafe_b64encode(cls(key=key, id=photo_id).model_dump_json().encode()).decode()


def to_json(value: Any) -> Any:
    """Turn a value of DynamoDB into JSON: whole numbers stay whole."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {key: to_json(one) for key, one in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list | tuple | set):
        return [to_json(one) for one in cast("list[Any]", value)]
    return value
