"""Define the soak's plain data: what it did, what it found, and what violates a promise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from testkit.simulated_user import ProgressEvent


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation:
    """A promise that was not kept. *subject*: the key, session or process that it is about."""

    subject: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.subject}: expected {self.expected}, found {self.found}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """An original to upload. *width*, *height*: upright, px. *code*: the verdict that it must get, "" for none."""

    kind: str
    suffix: str
    data: bytes = field(repr=False)
    width: int = 0
    height: int = 0
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Put:
    """A version of an original that S3 has accepted; records name the content by *version_id*."""

    version_id: str
    sha256: str
    size: int
    width: int
    height: int
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoLine:
    """All that was done to one key, in order. *deleted*: whether its deletion came last."""

    key: str
    photo_id: str
    puts: tuple[Put, ...]
    deleted: bool

    @property
    def last(self) -> Put:
        """The newest version."""
        return self.puts[-1]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRendition:
    """A decoded picture. *size*: px, None when it cannot be decoded; *stored_bytes*: its length."""

    size: tuple[int, int] | None
    stored_bytes: int
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True, slots=True)
class Gallery:
    """All that is stored of photos. *originals*: SHA-256 by key and version; *renditions*: by key.

    *items*: the renditions that the item of each original names; *leases*: photos whose lease was not released.
    """

    records: Mapping[str, Mapping[str, Any]]
    originals: Mapping[tuple[str, str], str]
    renditions: Mapping[str, StoredRendition]
    items: Mapping[str, frozenset[str]]
    leases: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionLine:
    """One edit session as its user saw it.

    *images*: the error code that each picture must get by id, "" for a result. *repeats*: the sessions that further
    requests with the same idempotency key were given. *cancelled*: whether the API said so.
    """

    session_id: str
    user: str
    images: Mapping[str, str]
    events: tuple[ProgressEvent, ...]
    cancelled: bool = False
    repeats: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionSeen:
    """The same session when all is over: read once more. *results*: what the CDN shows, by picture."""

    status: str
    counters: Mapping[str, int]
    events: tuple[ProgressEvent, ...]
    results: Mapping[str, StoredRendition]
