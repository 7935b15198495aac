"""Decide whether a backfill sends an original. Pure: an object as listed, its item, the recipe."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from processor.aws.objects import Listed
from processor.aws.originals import utc
from processor.keys import ObjectKey
from processor.original import OriginalItem


class Reason(StrEnum):
    """Reason to send an original (the first four), or not to. Plans and options use the value."""

    MISSING = "missing"
    FAILED = "failed"
    RECIPE_CHANGED = "recipe-changed"
    ARCHIVED = "archived"
    NO_RECORD = "no record"
    CURRENT = "current"


SENDABLE: Final = (Reason.MISSING, Reason.RECIPE_CHANGED, Reason.FAILED, Reason.ARCHIVED)
# A failed photo fails again unless a decoder was upgraded, an archived one unless it was restored: both are sent on
# request only.
BY_ITSELF: Final = frozenset({Reason.MISSING, Reason.RECIPE_CHANGED})
WANTED: Final[dict[str, frozenset[Reason]]] = {
    **{reason.value: frozenset({reason}) for reason in SENDABLE},
    "all": frozenset(SENDABLE) - {Reason.ARCHIVED},
}


def reason_of(listed: Listed, item: OriginalItem | None, recipe: str) -> Reason | str:
    """Return the reason, or the kind of an object that is no photo. An *item* of another version counts as none."""
    if skip := ObjectKey(listed.key).skip(listed.size):
        return skip.value
    current = item if item is not None and (item.etag, item.modified) == (listed.etag, utc(listed.modified)) else None
    if current and current.failure is None and current.recipe == recipe:
        return Reason.CURRENT
    if listed.archived:
        return Reason.ARCHIVED
    if current is None:
        return Reason.MISSING
    if current.failure is not None and (current.photo is None or current.recipe == recipe):
        return Reason.FAILED
    # What another recipe has made may show more than this one, also beside a verdict.
    return Reason.RECIPE_CHANGED


def error_at(item: OriginalItem | None) -> str | None:
    """Return the time of the verdict in *item*; None without one."""
    return item.failure.at if item is not None and item.failure is not None else None
