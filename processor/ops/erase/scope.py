"""Say what belongs to a gallery, or to a user: originals, photo records, edit sessions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, cast
from urllib.parse import unquote, urlsplit

from processor.aws.photos import PhotoRecord, text
from processor.edits.names import RESULTS, user_tag
from processor.errors import UsageError
from processor.keys import KEY_BYTES, RENDITIONS, RESERVED
from processor.ops.erase.traces import keys_of
from processor.settings.values import origin_of

PHOTO: Final = "photo://"


class ErasureScope(Protocol):
    """Bounds of an erasure. *name*: what a person types to confirm."""

    @property
    def kind(self) -> str:
        """``gallery`` or ``user``."""
        ...

    @property
    def name(self) -> str:
        """The gallery, or the id of the user."""
        ...

    def takes_key(self, key: str) -> bool:
        """Return whether an original of a photo that is found goes."""
        ...

    def takes_record(self, record: PhotoRecord) -> bool:
        """Return whether a photo record goes."""
        ...


@dataclass(frozen=True, slots=True)
class GalleryScope:
    """All originals below the gallery *name*, nested galleries included."""

    name: str
    kind: str = field(default="gallery", init=False)

    def __post_init__(self) -> None:
        """Refuse what is no gallery."""
        if not self.name or len(self.name.encode()) >= KEY_BYTES:
            raise UsageError(
                f"--gallery: found {self.name[:80]!r}, expected the part of the keys before the last slash"
            )
        if self.prefix.startswith(RESERVED):
            raise UsageError(
                f"--gallery: found {self.name!r}, expected a gallery; originals never lie below this prefix"
            )

    @property
    def prefix(self) -> str:
        """The start of the keys of its originals."""
        return f"{self.name}/"

    @property
    def renditions(self) -> str:
        """The start of the keys of its renditions, unless `safe_path` renames its folders."""
        return f"{RENDITIONS}{self.prefix}"

    def takes_key(self, key: str) -> bool:
        """Return whether *key* lies below the gallery."""
        return key.startswith(self.prefix)

    def takes_record(self, record: PhotoRecord) -> bool:
        """Return whether *record* shows an original of the gallery; without an original, whether it names the gallery.

        The gallery in a record is the backend's word of the day of the upload: the photo may have moved since.
        """
        if key := record.original_key or next(iter(sorted(keys_of(record))), None):
            return self.takes_key(key)
        gallery = text(record.item.get("gallery_id"))
        return gallery is not None and f"{gallery.strip('/')}/".startswith(self.prefix)


@dataclass(frozen=True, slots=True)
class UserScope:
    """All photos whose record has the ``user_id`` *name*, and all edits of this user."""

    name: str
    kind: str = field(default="user", init=False)

    def __post_init__(self) -> None:
        """Refuse an empty id, which adopted records may have."""
        if not self.name.strip():
            raise UsageError(f"--user: found {self.name!r}, expected the id of a user, the `sub` of the tokens")

    @property
    def tag(self) -> str:
        """The cache tag of the user's results."""
        return user_tag(self.name)

    def takes_key(self, key: str) -> bool:
        """Return True: all originals of a user's photo go, in whatever gallery."""
        del key
        return True

    def takes_record(self, record: PhotoRecord) -> bool:
        """Return whether the user owns the photo."""
        return record.item.get("user_id") == self.name


@dataclass(frozen=True, kw_only=True, slots=True)
class References:
    """Recognise references to pictures of a gallery in an edit: ``photo://`` ids, addresses of our CDN."""

    cdn_host: str
    renditions: str
    photo_ids: frozenset[str]

    def lead_there(self, item: Mapping[str, Any], sessions: Mapping[str, str]) -> bool:
        """Return whether a session edits a picture of the gallery, or a result of one of *sessions*."""
        return any(self.leads_there(one, sessions) for one in texts((item.get("images"), item.get("plan"))))

    def leads_there(self, reference: str, sessions: Mapping[str, str]) -> bool:
        """Return whether one reference does."""
        if reference.lower().startswith(PHOTO):
            name = reference[len(PHOTO) :]
            return name in self.photo_ids or name.lower() in self.photo_ids
        key = self.key_of(reference)
        if key.startswith(RESULTS):
            return key.removeprefix(RESULTS).partition("/")[0] in sessions
        return key.startswith(self.renditions)

    def key_of(self, reference: str) -> str:
        """Return the key of an address of our CDN, "" for any other text."""
        try:
            parts = urlsplit(reference)
        except ValueError:
            return ""
        ours = f"{parts.scheme}://{parts.netloc}".lower() == origin_of(self.cdn_host)
        return unquote(parts.path.removeprefix("/")) if ours else ""


def texts(value: object) -> Iterator[str]:
    """Yield every text in *value*, also in JSON that is stored as text."""
    if isinstance(value, str):
        yield value
        if value.startswith("{"):
            yield from texts(json_tree(value))
    elif isinstance(value, Mapping):
        yield from texts(tuple(cast("Mapping[str, object]", value).values()))
    elif isinstance(value, (list, tuple)):
        for one in cast("list[object]", value):
            yield from texts(one)


def json_tree(value: str) -> object:
    """Read JSON; None for any other text."""
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None
