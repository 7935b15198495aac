"""Outcomes of one event. All of them are final: the event is acknowledged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from processor.keys import Skip
from processor.original import OriginalItem


class Result(StrEnum):
    """Kinds of outcome. The value is a dimension of metrics."""

    RENDERED = "rendered"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"
    DELETED = "deleted"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadOutcome:
    """One outcome: *code* is the skip reason or the verdict, *detail* a sentence for the log.

    *unseen*: the original is gone, and had no item before.
    """

    result: Result
    code: str = ""
    detail: str = ""
    item: OriginalItem | None = None
    unseen: bool = False

    @property
    def permanent_failure(self) -> bool:
        """Return whether a person should look at this: a retry would end the same way."""
        return self.result in {Result.FAILED, Result.REFUSED}


def skipped(reason: Skip) -> UploadOutcome:
    """Build the outcome of an object that is not a photo."""
    return UploadOutcome(result=Result.SKIPPED, code=reason.value, detail=reason.sentence)
