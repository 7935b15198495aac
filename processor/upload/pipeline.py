"""Apply one event of the originals bucket: make renditions, a manifest and a photo record, or remove them.

    skip? ─▶ record ahead of us? ─▶ claim the stem ─▶ read the original ─▶ render
          ─▶ write the renditions ─▶ complete the manifest ─▶ update the record

Events come at least once, late and out of order. Three conditional writes keep that harmless: the
record takes no older state, a stem belongs to one original, and older pixels never replace newer
ones. Everything before the record's update may be repeated; the loser of a race cleans up.
PhotoError is a verdict on the photo and is recorded; TransientError leaves the event to a retry.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from processor.aws.manifests import Planned
from processor.aws.photos import PhotoRecord
from processor.budget import Budget
from processor.errors import PhotoError, RecordMissing
from processor.events import ObjectChange, ObjectEvent, Overtaken, SourceGone
from processor.keys import ObjectKey
from processor.manifest import Manifest
from processor.upload.cleanup import Cleanup
from processor.upload.outcome import Result, UploadOutcome, skipped
from processor.upload.receipt import planned_objects
from processor.upload.record import SUPERSEDED, UNCHANGED, PhotoRecordWriter
from processor.upload.rendering import OriginalRenderer, UploadJob
from processor.upload.transitions import State, has_renditions


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadPipeline:
    """Applies events, one at a time; safe to share between threads."""

    maker: OriginalRenderer
    desk: PhotoRecordWriter
    withdrawals: Cleanup

    def process(self, event: ObjectEvent, budget: Budget) -> UploadOutcome:
        """Apply *event*; raise TransientError when it must be delivered again. Any other exception is a defect."""
        name, originals = ObjectKey(event.key), self.maker.originals
        if event.bucket != originals.bucket:
            found = f"expected an object of {originals.bucket}, received one of {event.bucket}"
            return UploadOutcome(result=Result.REFUSED, code="WRONG_BUCKET", detail=found)
        # The size in a removal event means nothing.
        if reason := name.skip(event.size if event.change is ObjectChange.CREATED else None):
            return skipped(reason)
        budget.require(f"{event.change.value} {event.key}")
        if event.change is ObjectChange.CREATED:
            return self.create(name, event, budget)
        if originals.current(event.key) is None:
            return self.remove(name, event)
        # A version was deleted and an object is still there: an old version expired, the newest was deleted and the one
        # before is current again, or a new upload was faster. The current content is the photo.
        return self.create(name, event, budget)

    def create(self, name: ObjectKey, event: ObjectEvent, budget: Budget) -> UploadOutcome:
        """Render the original, unless its record is already there or ahead."""
        record = self.desk.photos.read(name.photo_id)
        state = self.state(name, event, record)
        if state.superseded_by(record):
            return self.left_behind(state, record)
        if self.is_current(state, record):
            return UNCHANGED
        if record is None and self.desk.missing_record == "require":
            return self.await_record(name)
        try:
            held = self.withdrawals.manifests.claim(name, state.sequencer, self.planned(name), newest=state.newest)
        except Overtaken as newer:
            return UploadOutcome(result=Result.SUPERSEDED, detail=str(newer))
        if state.newest:
            # The content may have been replaced since the listing or the removal that caused the event.
            event = replace(event, version_id=None, etag=None)
        state = replace(state, sequencer=held.manifest.sequencer)
        return self.finish(UploadJob(event=event, state=state, record=record, held=held, budget=budget))

    def is_current(self, state: State, record: PhotoRecord | None) -> bool:
        """Return whether *record* already shows this state or, for an event without a version, the current content."""
        if record is None or not state.newest:
            return state.shown_by(record)
        return state.rendered_in(record) and state.content_shown_by(
            record, self.maker.originals.current(state.name.key)
        )

    def finish(self, job: UploadJob) -> UploadOutcome:
        """Make the renditions and record the outcome."""
        try:
            made = self.maker.make(job)
        except SourceGone as gone:
            made = UploadOutcome(result=Result.SOURCE_GONE, detail=str(gone))
        except Overtaken as newer:
            # A concurrent delete may own the claim: remove renditions that were uploaded after its scan.
            self.left_behind(job.state, self.desk.photos.read(job.state.name.photo_id))
            made = UploadOutcome(result=Result.SUPERSEDED, detail=str(newer))
        except PhotoError as verdict:
            made = self.desk.failed(job, verdict)
        if isinstance(made, Manifest):
            return self.commit(job, made)
        if not has_renditions(job.record, job.state.name):
            self.withdrawals.give_back(job.held)
        return made

    def commit(self, job: UploadJob, manifest: Manifest) -> UploadOutcome:
        """Update the record, then remove renditions that it no longer names."""
        outcome = self.desk.rendered(job, manifest)
        if outcome.result is Result.SUPERSEDED:
            return self.left_behind(job.state, self.desk.photos.read(job.state.name.photo_id))
        kept = {one.key for one in manifest.finished.renditions}
        for key in set(manifest.objects) - kept:
            self.withdrawals.objects.delete(key, up_to=manifest.sequencer)
        return outcome

    def remove(self, name: ObjectKey, event: ObjectEvent) -> UploadOutcome:
        """Write the tombstone first, so that a worker that is still rendering reads it; then remove everything."""
        record = self.desk.photos.read(name.photo_id)
        state = self.state(name, event, record)
        outcome = self.desk.deleted(state, record)
        if outcome.result is Result.DELETED:
            self.clear(name, state.sequencer)
        return outcome

    def left_behind(self, state: State, record: PhotoRecord | None) -> UploadOutcome:
        """End a state that the record has passed; remove its files when the record shows none of them."""
        if record is not None and not has_renditions(record, state.name):
            self.clear(state.name, record.sequencer)
        return SUPERSEDED

    def clear(self, name: ObjectKey, sequencer: str) -> None:
        """Remove everything of *name* up to *sequencer*, unless a newer upload holds the claim."""
        with suppress(Overtaken):
            self.withdrawals.clear(name, sequencer, self.planned(name))

    def await_record(self, name: ObjectKey) -> UploadOutcome:
        """Raise RecordMissing until the backend has written the record, unless the original is gone."""
        if self.maker.originals.current(name.key):
            raise RecordMissing(f"record {name.photo_id}: expected the backend to have written it, found none yet.")
        return UploadOutcome(result=Result.SOURCE_GONE, detail=f"{name.key} has neither a record nor an object")

    def state(self, name: ObjectKey, event: ObjectEvent, record: PhotoRecord | None) -> State:
        """Build the state that *event* brings; without a sequencer it takes the record's."""
        joined = record.sequencer if record else ""
        return State(
            name=name,
            sequencer=event.sequencer or joined,
            recipe=self.maker.recipe_hash,
            newest=event.change is ObjectChange.REMOVED or not event.sequencer,
        )

    def planned(self, name: ObjectKey) -> Planned:
        """Return a function that lists the keys that rendering *name* can write under a stem."""
        return lambda stem: planned_objects(self.maker.recipe, name.gallery, stem)
