"""Decide whether a backfill sends an original. Pure: an object as listed, its item, the recipe."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from processor.aws.objects import Listed
from processor.aws.originals import utc
from processor.keys import ObjectKey
from processor.original import OriginalItem


class Reason(StrEnum):
    """Reason to send an original (the first three), or not to. Plans and options use the value."""

    MISSING = "missing"
    FAILED = "failed"
    RECIPE_CHANGED = "recipe-changed"
    CURRENT = "current"


SENDABLE: Final = (Reason.MISSING, Reason.RECIPE_CHANGED, Reason.FAILED)
# A failed photo fails again unless a decoder was upgraded, so failed ones are sent on request only.
BY_ITSELF: Final = frozenset({Reason.MISSING, Reason.RECIPE_CHANGED})
WANTED: Final[dict[str, frozenset[Reason]]] = {
    **{reason.value: frozenset({reason}) for reason in SENDABLE},
    "all": frozenset(SENDABLE),
}


def reason_of(listed: Listed, item: OriginalItem | None, recipe: str) -> Reason | str:
    """Return the reason, or the kind of an object that is no photo. An *item* of another version counts as none."""
    if skip := ObjectKey(listed.key).skip(listed.size):
        return skip.value
    if item is None or (item.etag, item.modified) != (listed.etag, utc(listed.modified)):
        return Reason.MISSING
    if item.failure is not None:
        return Reason.FAILED
    return Reason.CURRENT if item.recipe == recipe else Reason.RECIPE_CHANGED


def error_at(item: OriginalItem | None) -> str | None:
    """Return the time of the verdict in *item*; None without one."""
    return item.failure.at if item is not None and item.failure is not None else None
