"""Outcomes of one event. All of them are final: the event is acknowledged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from processor.errors import PhotoError
from processor.keys import Skip
from processor.manifest import Manifest


class Result(StrEnum):
    """Kinds of outcome. The value is a dimension of metrics."""

    RENDERED = "rendered"
    UNCHANGED = "unchanged"
    SUPERSEDED = "superseded"
    SOURCE_GONE = "source_gone"
    SKIPPED = "skipped"
    FAILED = "failed"
    DELETED = "deleted"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadOutcome:
    """One outcome: *code* is the skip reason or the verdict, *detail* a sentence for the log."""

    result: Result
    code: str = ""
    detail: str = ""
    manifest: Manifest | None = None

    @property
    def permanent_failure(self) -> bool:
        """Return whether a person should look at this: a retry would end the same way."""
        return self.result in {Result.FAILED, Result.REFUSED}


def skipped(reason: Skip) -> UploadOutcome:
    """Build the outcome of an object that is not a photo."""
    return UploadOutcome(result=Result.SKIPPED, code=reason.value, detail=reason.sentence)


def refused(error: PhotoError) -> UploadOutcome:
    """Build the outcome of a photo that cannot be rendered."""
    return UploadOutcome(result=Result.FAILED, code=error.code, detail=str(error))
