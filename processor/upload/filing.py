"""The end of the upload story: what the photo record is told, decided anew whenever somebody else was faster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from processor.aws.photos import PhotoRecord, PhotoRecords
from processor.errors import PhotoError, RecordMissing, StoreUnavailable
from processor.keys import ObjectKey
from processor.manifest import Manifest
from processor.upload import ledger
from processor.upload.ledger import State
from processor.upload.making import Job, timestamp
from processor.upload.outcomes import Outcome, Result, failed

ATTEMPTS: Final = 8
SUPERSEDED: Final = Outcome(result=Result.SUPERSEDED, detail="The record holds a newer state.")
UNCHANGED: Final = Outcome(result=Result.UNCHANGED)
Decision = Callable[[PhotoRecord | None], Mapping[str, Any] | Outcome]


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordDesk:
    """Writes photo records. *missing_record*: whether a record that the backend has not written yet is made here."""

    photos: PhotoRecords
    missing_record: Literal["create", "require"]
    cdn_host: str
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def rendered(self, job: Job, manifest: Manifest) -> Outcome:
        """Record a complete rendering."""
        version, address = manifest.finished.version, job.held.address

        def decide(record: PhotoRecord | None) -> Mapping[str, Any] | Outcome:
            if job.state.superseded_by(record):
                return SUPERSEDED
            if job.state.shown_by(record, version=version):
                return UNCHANGED
            return ledger.rendered(record, job.state, manifest, address=address, cdn_host=self.cdn_host)

        return self.settle(job.state.name, job.record, decide) or Outcome(result=Result.RENDERED, manifest=manifest)

    def failed(self, job: Job, error: PhotoError) -> Outcome:
        """Record a verdict, once."""
        verdict = failed(error)

        def decide(record: PhotoRecord | None) -> Mapping[str, Any] | Outcome:
            if job.state.superseded_by(record):
                return SUPERSEDED
            if job.state.shown_by(record):
                return UNCHANGED
            if job.state.refused_in(record, error.code):
                return verdict
            return ledger.failed(record, job.state, error, attempts=job.event.attempts, at=timestamp(self.now()))

        return self.settle(job.state.name, job.record, decide) or verdict

    def deleted(self, state: State, seen: PhotoRecord | None) -> Outcome:
        """Record that the original is gone."""
        done = Outcome(result=Result.DELETED)

        def decide(record: PhotoRecord | None) -> Mapping[str, Any] | Outcome:
            if state.older_than(record):
                return SUPERSEDED
            if self.nothing_to_bury(record, state):
                return done
            return ledger.tombstone(record, state, at=timestamp(self.now()))

        return self.settle(state.name, seen, decide) or done

    def nothing_to_bury(self, record: PhotoRecord | None, state: State) -> bool:
        """Tell whether the backend wants no record, another original's is there, or the tombstone stands."""
        if record is None:
            return self.missing_record == "require"
        others = record.original_key not in {None, state.name.key}
        return others or (record.status == ledger.DELETED and record.sequencer == state.sequencer)

    def settle(self, name: ObjectKey, seen: PhotoRecord | None, decide: Decision) -> Outcome | None:
        """Write what *decide* says of the record; None when written, else the Outcome that makes it needless."""
        record = seen
        for _ in range(ATTEMPTS):
            answer = decide(record)
            if isinstance(answer, Outcome):
                return answer
            if self.photos.write(name.photo_id, answer, seen=record):
                return None
            record = self.photos.read(name.photo_id)
            if record is None and self.missing_record == "require":
                raise RecordMissing(f"record {name.photo_id}: expected it to stay, it was removed meanwhile.")
        raise StoreUnavailable(f"record {name.photo_id}: expected to write it in {ATTEMPTS} attempts, lost every race.")
