"""Name the last outcome of a photo in its record, so that the table's stream carries each outcome once (ADR 40).

The attribute is written together with what it tells about. Its `turn` changes with each outcome and with nothing else,
and a filter of EventBridge Pipes, which compares with constants only, passes exactly the writes in which it changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal
from urllib.parse import quote

from processor.aws.photos import EVENT, PhotoRecord, tree
from processor.original import OriginalItem

Status = Literal["active", "failed", "deleted"]
DELETED: Final = "deleted"
TURNS: Final = ("even", "odd")


def announcement(
    photo_id: str, record: PhotoRecord | None, fields: Mapping[str, Any], items: Sequence[OriginalItem]
) -> dict[str, Any]:
    """Return the attribute that announces the outcome in *fields*, our attributes of the record; {} without one.

    Unchanged, the attribute stays as it is in *record*. All of its values are texts without quotes or backslashes:
    those that may hold any character are percent-encoded, since a pipe puts them into JSON as they are.
    """
    if "original_key" not in fields or is_withdrawn(record, fields):
        return {}
    last = tree(record.item.get(EVENT)) if record else None
    told = outcome(record, fields, items, last or {})
    if last and is_same(last, told):
        return {EVENT: dict(last)}
    number = number_of(last) + 1
    encoded = as_path(photo_id)
    return {
        EVENT: {
            "id": f"{encoded}:{number}:{told['status']}:{told['version']}",
            "type": f"photo.{told['status']}",
            "turn": TURNS[number % 2],
            "number": str(number),
            "photo_id": encoded,
            **told,
        }
    }


def is_withdrawn(record: PhotoRecord | None, fields: Mapping[str, Any]) -> bool:
    """Return whether the backend has deleted the photo: it knows, and what is rendered since is not shown."""
    return record is not None and record.status == DELETED and "status" not in fields


def is_same(last: Mapping[str, Any], told: Mapping[str, str]) -> bool:
    """Return whether an outcome was announced already. A photo that has moved has new addresses, so it is another."""
    names = ("status", "version") if told["status"] == DELETED else ("status", "version", "error_code", "original_key")
    return all(last.get(name) == told[name] for name in names)


def outcome(
    record: PhotoRecord | None, fields: Mapping[str, Any], items: Sequence[OriginalItem], last: Mapping[str, Any]
) -> dict[str, str]:
    """Describe what the record shows: status, version, error code, and the original by key, gallery and stem."""
    status = status_in(fields)
    item = next(one for one in items if one.key == fields["original_key"])
    return {
        "status": status,
        "version": version_of(status, item, record, last),
        "error_code": item.failure.code if status == "failed" and item.failure else "",
        "original_key": as_path(item.key),
        "gallery": as_path(item.name.gallery or ""),
        "stem": as_path(str(fields.get("stem") or "")) if status == "active" else "",
    }


def status_in(fields: Mapping[str, Any]) -> Status:
    """Return the outcome that our attributes show, whatever status the backend has given the photo."""
    if fields.get("status") == DELETED:
        return DELETED
    return "failed" if fields.get("error") else "active"


def version_of(status: Status, item: OriginalItem, record: PhotoRecord | None, last: Mapping[str, Any]) -> str:
    """Return the `v` of the renditions, the version of the refused original, or the version that was deleted."""
    if status == "active":
        return item.photo.version if item.photo else ""
    if status == "failed":
        return as_path(item.version)
    return str(last.get("version") or (record.receipt.get("version") if record else "") or "")


def number_of(last: Mapping[str, Any] | None) -> int:
    """Return the number of the last outcome; 0 when there is none."""
    number = str((last or {}).get("number", ""))
    return int(number) if number.isdecimal() else 0


def as_path(value: str) -> str:
    """Percent-encode a text as a path of a URL (RFC 3986), its slashes kept."""
    return quote(value, safe="/")
