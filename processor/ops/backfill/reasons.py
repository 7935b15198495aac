"""Decide whether a backfill sends an original. Pure: an object as listed, its record, the recipe."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from processor.aws.objects import Listed
from processor.aws.photos import PhotoRecord
from processor.keys import ObjectKey
from processor.upload.transitions import DELETED


class Reason(StrEnum):
    """Reason to send an original (the first three), or not to. Plans and options use the value."""

    MISSING = "missing"
    FAILED = "failed"
    RECIPE_CHANGED = "recipe-changed"
    CURRENT = "current"
    SHARED = "record shows another original"


SENDABLE: Final = (Reason.MISSING, Reason.RECIPE_CHANGED, Reason.FAILED)
# A failed photo fails again unless a decoder was upgraded, so failed ones are sent on request only.
BY_ITSELF: Final = frozenset({Reason.MISSING, Reason.RECIPE_CHANGED})
WANTED: Final[dict[str, frozenset[Reason]]] = {
    **{reason.value: frozenset({reason}) for reason in SENDABLE},
    "all": frozenset(SENDABLE),
}
WAITING: Final = frozenset({None, "pending", "processing", DELETED})


def reason_of(listed: Listed, record: PhotoRecord | None, recipe: str) -> Reason | str:
    """Return the reason, or the kind of an object that is not a photo."""
    if skip := ObjectKey(listed.key).skip(listed.size):
        return skip.value
    if record is None:
        return Reason.MISSING
    if record.original_key not in {None, listed.key}:
        # Two originals with the same id would overwrite the record of each other for ever.
        return Reason.SHARED
    if record.error is not None:
        return Reason.FAILED
    if record.status in WAITING or not record.receipt:
        return Reason.MISSING
    return Reason.CURRENT if record.receipt.get("recipe") == recipe else Reason.RECIPE_CHANGED


def error_at(record: PhotoRecord | None) -> str | None:
    """Return the time of the error in *record*; None without an error."""
    return str(record.error.get("at")) if record is not None and record.error is not None else None
