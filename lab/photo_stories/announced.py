"""Judge what records announce: each outcome once, and in the end the one that is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from processor.aws.photos import EVENT, PhotoRecord
from processor.upload.record import DELETED, is_tombstone

TOLD: Final = ("status", "version", "error_code", "original_key")


def misannounced(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Name what is wrong with the announcement that one write has left. {}: there is none."""
    if before.get("turn") == after.get("turn"):
        if before != after:
            yield f"an announcement changed without its turn: {before}, {after}"
    elif int(after["number"]) != int(before.get("number", 0)) + 1:
        yield f"expected the number after {before.get('number')}, found {after['number']}"
    elif all(before.get(name) == after[name] for name in TOLD):
        yield f"an outcome was announced twice: {after}"


def outcome_in(record: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return status, version or error code, and original that a record shows; None where there is nothing to tell."""
    if is_tombstone(PhotoRecord(id="", item=record)):
        return (DELETED,)
    if record.get("status") == DELETED:  # by the backend, which knows
        return None
    if record.get("receipt"):
        return "active", record["receipt"]["version"], record["original_key"]
    return ("failed", record["error"]["code"], record["original_key"]) if record.get("error") else None


def last_told(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the same of the last announcement."""
    told: Mapping[str, Any] = record.get(EVENT) or {}
    parts = {"active": "version", "failed": "error_code"}
    status = str(told.get("status"))
    return (status, str(told[parts[status]]), str(told["original_key"])) if status in parts else (status,)
