"""Bring one photo up to what S3 holds now: an event is a hint, what is there is the truth.

    acquire ─▶ look ─▶ converge ─▶ project ─▶ release

An event may come late, twice, out of order or never: it only names a key to look at (ADR 26). A lease that was never
released names keys in doubt; the next holder does them first, as if nothing were known of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from processor.aws.originals_table import Lease, OriginalsTable
from processor.budget import Budget
from processor.errors import RecordMissing
from processor.events import ObjectEvent
from processor.keys import ObjectKey, Skip
from processor.upload.converge import Converger
from processor.upload.outcome import Result, UploadOutcome, skipped
from processor.upload.record import PhotoRecordWriter, stranger

NEVER_ORIGINALS: Final = frozenset({Skip.FOLDER, Skip.RESERVED})


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadPipeline:
    """Applies events, one at a time; safe to share between threads."""

    table: OriginalsTable
    converger: Converger
    records: PhotoRecordWriter

    def process(self, event: ObjectEvent, budget: Budget) -> UploadOutcome:
        """Bring renditions, item and record of the photo of *event* up to what S3 holds now.

        Raise LeaseHeld while another invocation works on the photo, TransientError when the event must be delivered
        again. Any other exception is a defect.
        """
        if refused := self.refuse(event):
            return refused
        budget.require(f"{event.change.value} {event.key}")
        name = ObjectKey(event.key)
        with self.table.hold(name.photo_id, event.key, seconds=budget.seconds_left()) as lease:
            # Keys that a dead holder left first, the own one last.
            outcomes = {key: self.converge(key, lease, event, budget) for key in lease.keys}
            unseen = {key for key, outcome in outcomes.items() if outcome.unseen}
            self.project(name, lease, event, budget, unseen)
        return outcomes[event.key]

    def converge(self, key: str, lease: Lease, event: ObjectEvent, budget: Budget) -> UploadOutcome:
        """Bring the renditions and the item of one original up to its current version."""
        doubtful = key in lease.doubtful or (event.again and key == event.key)
        outcome = self.converger.converge(key, doubtful=doubtful, attempts=event.attempts, budget=budget)
        lease.work.discard(key)
        return outcome

    def project(self, name: ObjectKey, lease: Lease, event: ObjectEvent, budget: Budget, unseen: set[str]) -> None:
        """Bring the record up to the items of the originals of a photo. *unseen*: originals that had none before."""
        record, items = self.records.photos.find(name), self.table.items_of(name.photo_id)
        if key := stranger(record, name, items):
            # It shows an original without an item, as every record does after the upgrade: look at that one too.
            self.converge(key, lease, event, budget)
            items = self.table.items_of(name.photo_id)
        if record:
            # The record shows another original: a late event of one that left no item must not change it.
            passing = [one for one in items if one.key in unseen and record.original_key not in {None, one.key}]
            self.table.forget(passing)
            items = [one for one in items if one not in passing]
        self.records.show(name, items, record)
        if record is None:
            # Nothing showed those that are gone: a late event of an erased photo leaves no trace (ADR 42).
            self.table.forget(items)

    def refuse(self, event: ObjectEvent) -> UploadOutcome | None:
        """Return the outcome of an event that is not ours to apply; None for one that is.

        A file that is no photo is ours only if a record was made for exactly it. Raise RecordMissing while `require`
        waits for the backend's record.
        """
        name, bucket = ObjectKey(event.key), self.converger.originals.bucket
        if event.bucket != bucket:
            found = f"expected an object of {bucket}, received one of {event.bucket}"
            return UploadOutcome(result=Result.REFUSED, code="WRONG_BUCKET", detail=found)
        if (reason := name.skip(None)) and (reason in NEVER_ORIGINALS or not self.records.is_for(name)):
            return skipped(reason)
        if self.records.waits_for(name) and self.converger.originals.look(name.key):
            raise RecordMissing(f"record {name.photo_id}: expected the backend to have written it, found none yet.")
        return None
