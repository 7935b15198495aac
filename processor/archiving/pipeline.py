"""Make an archive, in as many invocations as it takes; what is stored goes on from where the last one ended.

    acquire ─▶ list the photos, once ─▶ for each: read, put into the ZIP ─▶ directory ─▶ complete the upload ─▶ finish

After every part of the upload, the state says which files the stored parts hold. An invocation whose time is over sends
a message to the next; the message of one that died is delivered again. Both write the bytes behind the last part once
more. Two at a time cannot spoil a file: one waits for the other's lease, the state is replaced only as it was read,
and S3 puts together only the parts that the state names.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from processor.archiving.making import ArchiveState, ArchiveStopped, Making
from processor.archiving.selection import PhotoList, Selection
from processor.archiving.zip_file import part_bytes
from processor.aws.archive_files import ArchiveFiles
from processor.aws.archives import ArchiveWork
from processor.aws.objects import ObjectStreams
from processor.aws.queues import Queue
from processor.budget import Budget
from processor.editing.pipeline import MAX_DELIVERIES
from processor.edits.archive import Archive, ArchiveEnding, ArchiveId, ArchiveOutcome, ArchiveStatus
from processor.edits.job import ArchiveJob
from processor.edits.session import LONGEST_S, ImageFailure
from processor.errors import EditCode, EditError, StoreUnavailable

WAIT_S: Final = 60
"""A message that finds the archive held comes again after this time."""
DAY_S: Final = 24 * 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchivePipeline:
    """Makes archives, one at a time. *days*: how long a finished file is there. *now_s*: s since 1970."""

    archives: ArchiveWork
    files: ArchiveFiles
    selection: Selection
    streams: Callable[[str], ObjectStreams]
    queue: Queue
    days: int
    sizes: Callable[[int], int] = part_bytes
    now_s: Callable[[], float] = time.time

    def process(self, job: ArchiveJob, budget: Budget, *, attempts: int = 1) -> ArchiveOutcome:
        """Go on with an archive; raise TransientError when the queue must deliver the job again."""
        budget.require(f"making the archive {job.archive_id}")
        archive_id = ArchiveId.read(job.archive_id)
        if archive_id is None:
            return ArchiveOutcome(ending=ArchiveEnding.SETTLED)
        if attempts >= MAX_DELIVERIES:
            return self.give_up(archive_id)
        # A message is delivered again when its worker has died: a living one keeps it hidden.
        held_until, archive = self.archives.acquire(archive_id, seconds=budget.seconds_left(), take_over=attempts > 1)
        if archive is None or archive.status is not ArchiveStatus.PROCESSING:
            return ArchiveOutcome(ending=ArchiveEnding.SETTLED)
        if not held_until:
            self.queue.send_later(job.body(), delay_s=WAIT_S)
            return ArchiveOutcome(ending=ArchiveEnding.WAITS)
        try:
            outcome = self.work_on(archive, budget)
        finally:
            with suppress(StoreUnavailable):  # the lease ends by itself
                self.archives.release(archive_id, held_until)
        if outcome.ending is ArchiveEnding.CONTINUED:
            self.queue.send([job.body()])
        return outcome

    def work_on(self, archive: Archive, budget: Budget) -> ArchiveOutcome:
        """Put as many photos into the ZIP as there is time for, and end the archive with the last one."""
        if there := self.files.size(archive.id):
            # The invocation before has completed the upload, and died before it could say so.
            return self.finish(archive.id, archive.files, archive.left_out, there)
        making = None
        try:
            making = self.begun(archive, self.listed(archive))
            if self.now_s() > archive.created_at / 1000 + LONGEST_S:
                raise too_slow()
            if not making.run(budget):
                return ArchiveOutcome(ending=ArchiveEnding.CONTINUED, files=making.photo_count)
        except EditError as error:
            if making:
                making.abort()
            return self.fail(archive.id, ImageFailure(code=error.code, message=error.public), str(error))
        except ArchiveStopped:
            if making:
                making.abort()
            return ArchiveOutcome(ending=ArchiveEnding.SETTLED)
        return self.finish(archive.id, making.photo_count, len(making.state.left_out), making.writer.position)

    def finish(self, archive_id: ArchiveId, files: int, left_out: int, size_bytes: int) -> ArchiveOutcome:
        """End an archive whose file is there."""
        expires_at = int(self.now_s()) + self.days * DAY_S
        if not self.archives.finish(archive_id, size_bytes=size_bytes, expires_at=expires_at):
            return ArchiveOutcome(ending=ArchiveEnding.SETTLED)
        return ArchiveOutcome(ending=ArchiveEnding.COMPLETE, files=files, left_out=left_out, size_bytes=size_bytes)

    def listed(self, archive: Archive) -> PhotoList:
        """List the photos, or read the list that an invocation before has made."""
        stored = self.files.photos(archive.id)
        seen = stored.read()
        if seen.etag:
            return PhotoList.model_validate_json(seen.text)
        photos = self.selection.files(archive)
        stored.write(photos.model_dump_json().encode(), seen=seen)
        return photos

    def begun(self, archive: Archive, photos: PhotoList) -> Making:
        """Read the state that an invocation before has left; begin the upload, if none has."""
        stored = self.files.state(archive.id)
        seen = stored.read()
        state = ArchiveState.model_validate_json(seen.text) if seen.etag else ArchiveState()
        if not state.upload_id:
            state.upload_id = self.files.start(archive.id, archive.order.file_name)
            seen = stored.write(state.model_dump_json().encode(), seen=seen)
        return Making(
            archive=archive,
            photos=photos,
            archives=self.archives,
            files=self.files,
            streams=self.streams(photos.bucket),
            state=state,
            stored=stored,
            seen=seen,
            sizes=self.sizes,
        )

    def fail(
        self,
        archive_id: ArchiveId,
        failure: ImageFailure,
        detail: str,
        ending: ArchiveEnding = ArchiveEnding.FAILED,
    ) -> ArchiveOutcome:
        """End an archive with an error."""
        if not self.archives.fail(archive_id, failure):
            return ArchiveOutcome(ending=ArchiveEnding.SETTLED)
        return ArchiveOutcome(ending=ending, code=failure.code, detail=detail)

    def give_up(self, archive_id: ArchiveId) -> ArchiveOutcome:
        """End an archive with an error after too many deliveries, so that its user does not wait any longer."""
        failure = ImageFailure(
            code=EditCode.INTERNAL_ERROR.value,
            message="The archive could not be made because of a fault on our side. Try again later.",
        )
        return self.fail(archive_id, failure, f"delivered {MAX_DELIVERIES} times", ArchiveEnding.GAVE_UP)


def too_slow() -> EditError:
    """Build the error of an archive that takes too long."""
    return EditError(
        EditCode.PROCESSING_TIMEOUT,
        f"The archive could not be made within {LONGEST_S // 3600} hours. Ask for a smaller size, or for fewer photos.",
    )
