"""The upload story: one event of the originals bucket becomes renditions, a manifest and a photo record.

    skip? ─▶ record ahead of us? ─▶ claim the stem ─▶ read the original ─▶ render
          ─▶ write the renditions ─▶ complete the manifest ─▶ update the record

Events come at least once, late and out of order. Three conditional writes keep that harmless: the
record takes no older state, a stem belongs to one original, and older pixels never replace newer
ones. Everything before the record's update may be repeated; whoever loses a race cleans up.
PhotoError is the photo's verdict and is recorded; TransientError leaves everything to a retry.
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
        """Apply *event*; TransientError when it must come again, any other exception is a defect."""
        name, originals = ObjectKey(event.key), self.maker.originals
        if event.bucket != originals.bucket:
            found = f"expected an object of {originals.bucket}, received one of {event.bucket}"
            return UploadOutcome(result=Result.REFUSED, code="WRONG_BUCKET", detail=found)
        # A removal's size, where one is named, is that of nothing.
        if reason := name.skip(event.size if event.change is ObjectChange.CREATED else None):
            return skipped(reason)
        budget.require(f"{event.change.value} {event.key}")
        if event.change is ObjectChange.CREATED:
            return self.create(name, event, budget)
        if originals.current(event.key) is None:
            return self.remove(name, event)
        # A version went and an object is still there: an old version expired, the newest was deleted for good and
        # uncovered the one before, or a new upload was faster. Whatever is there now is the photo.
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
            # What the event names may have been replaced since the listing or the removal that it comes from.
            event = replace(event, version_id=None, etag=None)
        state = replace(state, sequencer=held.manifest.sequencer)
        return self.finish(UploadJob(event=event, state=state, record=record, held=held, budget=budget))

    def is_current(self, state: State, record: PhotoRecord | None) -> bool:
        """Tell whether *record* already shows this state, or, where the event names none, what is there now."""
        if record is None or not state.newest:
            return state.shown_by(record)
        return state.rendered_in(record) and state.content_shown_by(
            record, self.maker.originals.current(state.name.key)
        )

    def finish(self, job: UploadJob) -> UploadOutcome:
        """Make the renditions and file the result, whatever it is."""
        try:
            made = self.maker.make(job)
        except SourceGone as gone:
            made = UploadOutcome(result=Result.SOURCE_GONE, detail=str(gone))
        except Overtaken as newer:
            # By a deletion, it may be, that has removed what it found and whose claim is about to go: what came since
            # is nobody's.
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
        """Tell the record, then remove what it no longer mentions."""
        outcome = self.desk.rendered(job, manifest)
        if outcome.result is Result.SUPERSEDED:
            return self.left_behind(job.state, self.desk.photos.read(job.state.name.photo_id))
        kept = {one.key for one in manifest.finished.renditions}
        for key in set(manifest.objects) - kept:
            self.withdrawals.objects.delete(key, up_to=manifest.sequencer)
        return outcome

    def remove(self, name: ObjectKey, event: ObjectEvent) -> UploadOutcome:
        """Bury the record first, so that whoever is still rendering learns of it; then remove everything."""
        record = self.desk.photos.read(name.photo_id)
        state = self.state(name, event, record)
        outcome = self.desk.deleted(state, record)
        if outcome.result is Result.DELETED:
            self.clear(name, state.sequencer)
        return outcome

    def left_behind(self, state: State, record: PhotoRecord | None) -> UploadOutcome:
        """Leave a state that the record has passed; when that shows nothing of the original, nothing may remain."""
        if record is not None and not has_renditions(record, state.name):
            self.clear(state.name, record.sequencer)
        return SUPERSEDED

    def clear(self, name: ObjectKey, sequencer: str) -> None:
        """Remove everything of *name* up to *sequencer*, unless a newer upload is at work."""
        with suppress(Overtaken):
            self.withdrawals.clear(name, sequencer, self.planned(name))

    def await_record(self, name: ObjectKey) -> UploadOutcome:
        """Wait for the backend's record, unless there is no longer anything to wait for."""
        if self.maker.originals.current(name.key):
            raise RecordMissing(f"record {name.photo_id}: expected the backend to have written it, found none yet.")
        return UploadOutcome(result=Result.SOURCE_GONE, detail=f"{name.key} has neither a record nor an object")

    def state(self, name: ObjectKey, event: ObjectEvent, record: PhotoRecord | None) -> State:
        """Place *event* in the order of its original's states; without a sequencer it joins the record's."""
        joined = record.sequencer if record else ""
        return State(
            name=name,
            sequencer=event.sequencer or joined,
            recipe=self.maker.recipe_hash,
            newest=event.change is ObjectChange.REMOVED or not event.sequencer,
        )

    def planned(self, name: ObjectKey) -> Planned:
        """List what rendering *name* can write under a stem."""
        return lambda stem: planned_objects(self.maker.recipe, name.gallery, stem)
