"""Write the photo record after an upload; decide again when another worker was faster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from processor.aws.photos import PhotoRecord, PhotoRecords
from processor.errors import PhotoError, RecordMissing, StoreUnavailable
from processor.keys import ObjectKey
from processor.manifest import Manifest
from processor.upload import transitions
from processor.upload.outcome import Result, UploadOutcome, refused
from processor.upload.rendering import UploadJob, timestamp
from processor.upload.transitions import State

WRITE_ATTEMPTS: Final = 8
SUPERSEDED: Final = UploadOutcome(result=Result.SUPERSEDED, detail="The record holds a newer state.")
UNCHANGED: Final = UploadOutcome(result=Result.UNCHANGED)
Decision = Callable[[PhotoRecord | None], Mapping[str, Any] | UploadOutcome]


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoRecordWriter:
    """Writes photo records. *missing_record*: create a missing record, or require the backend's."""

    photos: PhotoRecords
    missing_record: Literal["create", "require"]
    cdn_host: str
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def rendered(self, job: UploadJob, manifest: Manifest) -> UploadOutcome:
        """Record a complete rendering."""
        version, address = manifest.finished.version, job.held.address

        def decide(record: PhotoRecord | None) -> Mapping[str, Any] | UploadOutcome:
            if job.state.superseded_by(record):
                return SUPERSEDED
            if job.state.shown_by(record, version=version):
                return UNCHANGED
            return transitions.rendered(record, job.state, manifest, address=address, cdn_host=self.cdn_host)

        return self.settle(job.state.name, job.record, decide) or UploadOutcome(
            result=Result.RENDERED, manifest=manifest
        )

    def failed(self, job: UploadJob, error: PhotoError) -> UploadOutcome:
        """Record a verdict, once."""
        verdict = refused(error)

        def decide(record: PhotoRecord | None) -> Mapping[str, Any] | UploadOutcome:
            if job.state.superseded_by(record):
                return SUPERSEDED
            if job.state.shown_by(record):
                return UNCHANGED
            if job.state.refused_in(record, error.code):
                return verdict
            return transitions.failed(record, job.state, error, attempts=job.event.attempts, at=timestamp(self.now()))

        return self.settle(job.state.name, job.record, decide) or verdict

    def deleted(self, state: State, seen: PhotoRecord | None) -> UploadOutcome:
        """Record that the original is gone."""
        done = UploadOutcome(result=Result.DELETED)

        def decide(record: PhotoRecord | None) -> Mapping[str, Any] | UploadOutcome:
            if state.older_than(record):
                return SUPERSEDED
            if self.needs_no_tombstone(record, state):
                return done
            return transitions.tombstone(record, state, at=timestamp(self.now()))

        return self.settle(state.name, seen, decide) or done

    def needs_no_tombstone(self, record: PhotoRecord | None, state: State) -> bool:
        """Return whether no record is required, it belongs to another original, or it is a tombstone already."""
        if record is None:
            return self.missing_record == "require"
        others = record.original_key not in {None, state.name.key}
        return others or (record.status == transitions.DELETED and record.sequencer == state.sequencer)

    def settle(self, name: ObjectKey, seen: PhotoRecord | None, decide: Decision) -> UploadOutcome | None:
        """Write the fields that *decide(record)* returns; return None then, or the UploadOutcome that it returns."""
        record = seen
        for _ in range(WRITE_ATTEMPTS):
            answer = decide(record)
            if isinstance(answer, UploadOutcome):
                return answer
            if self.photos.write(name.photo_id, answer, seen=record):
                return None
            record = self.photos.read(name.photo_id)
            if record is None and self.missing_record == "require":
                raise RecordMissing(f"record {name.photo_id}: expected it to stay, it was removed meanwhile.")
        raise StoreUnavailable(
            f"record {name.photo_id}: expected to write it in {WRITE_ATTEMPTS} attempts, lost every race."
        )
