"""Put the photos of one archive into its ZIP, from where the last invocation ended.

After every part of the upload, the state says which files the stored parts hold. The next invocation writes the bytes
behind the last part once more.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from zlib import crc32

from pydantic import BaseModel, ConfigDict

from processor.archiving.selection import ListedFile, PhotoList
from processor.archiving.zip_file import Entry, PartWriter, bytes_in, directory
from processor.aws.archive_files import ArchiveFiles
from processor.aws.archives import ArchiveWork
from processor.aws.objects import ObjectStreams, OpenObject, StateObject, StateText
from processor.budget import Budget
from processor.edits.archive import Archive
from processor.errors import EditCode, EditError

STOP_S: Final = 10.0
"""With less time left for work, no file is begun: to store a part takes seconds."""
REPORT_S: Final = 2.0
IN_MEMORY_BYTES: Final = 64 << 20
LARGEST_BYTES: Final = 5 << 30
READ_AHEAD: Final = 3
MOST_RESTARTS: Final = 3
LEFT_OUT: Final = "left-out.txt"


class LeftOut(BaseModel):
    """A file that is not in the ZIP, for a *reason*."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int
    name: str
    reason: str


class ArchiveState(BaseModel):
    """State that one invocation leaves to the next. *parts*: ETags; *entries*: also of a file that is stored in part.

    *upload_id*: "" before the upload is begun.
    """

    model_config = ConfigDict(extra="forbid")

    upload_id: str = ""
    restarts: int = 0
    parts: list[str] = []
    entries: list[Entry] = []
    left_out: list[LeftOut] = []

    def rewind(self, sizes: Callable[[int], int]) -> Entry | None:
        """Forget what no stored part holds; return the entry that is stored in part."""
        stored = bytes_in(len(self.parts), sizes)
        self.entries = [one for one in self.entries if one.offset < stored]
        following = self.entries[-1].index + 1 if self.entries else 0
        self.left_out = [one for one in self.left_out if one.index < following]
        return self.entries[-1] if self.entries and self.entries[-1].end > stored else None


class PartsOutdated(Exception):
    """A file that is stored in part is another one now, or the upload is: the ZIP is begun anew.

    ``Making.run`` catches it.
    """


class ArchiveStopped(Exception):
    """The archive has ended meanwhile: it was cancelled, or erased. ``ArchivePipeline`` catches it."""


class TimeIsOver(Exception):
    """Another invocation goes on. ``Making.run`` catches it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """A file that was read. *data* None: it is too large to be held, and is read again when it is written."""

    size: int
    crc: int
    etag: str
    modified: datetime
    data: bytes | None


@dataclass(kw_only=True, slots=True)
class Making:
    """One archive at work. *sizes*: of the parts, bytes. *seen*: the state as it is stored.

    *reported*: time of the last report, by *clock*, s.
    """

    archive: Archive
    photos: PhotoList
    archives: ArchiveWork
    files: ArchiveFiles
    streams: ObjectStreams
    state: ArchiveState
    stored: StateObject
    seen: StateText
    sizes: Callable[[int], int]
    clock: Callable[[], float] = time.monotonic
    reported: float = 0.0
    writer: PartWriter = field(init=False)

    def __post_init__(self) -> None:
        """Prepare writing."""
        self.writer = PartWriter(store=self.store, parts=self.state.parts, sizes=self.sizes)

    @property
    def photo_count(self) -> int:
        """Return the number of photos in the ZIP."""
        return sum(1 for one in self.state.entries if one.index < len(self.photos.files))

    def run(self, budget: Budget) -> bool:
        """Write what is missing, and complete the upload; return False when another invocation must go on.

        Raise ArchiveStopped when the archive has ended meanwhile, EditError when it cannot be made.
        """
        try:
            self.write_all(budget)
            return self.complete()
        except TimeIsOver:
            return False
        except PartsOutdated:
            self.restart()
            return False

    def write_all(self, budget: Budget) -> None:
        """Write all files that no stored part holds."""
        half = self.state.rewind(self.sizes)
        self.report()
        if half:
            self.writer.position = half.offset
            self.write(half, None, budget)
        elif self.state.entries:
            self.writer.position = self.state.entries[-1].end
        first = self.state.entries[-1].index + 1 if self.state.entries else 0
        with closing(self.read_ahead(first)) as files:
            for index, listed, found in files:
                if budget.usable_s() < STOP_S:
                    raise TimeIsOver
                if self.clock() > self.reported + REPORT_S:
                    self.report()
                if isinstance(found, Loaded):
                    entry = self.entry(index, listed.name, found)
                    self.state.entries.append(entry)
                    self.write(entry, found.data, budget)
                else:
                    self.state.left_out.append(LeftOut(index=index, name=listed.name, reason=found))

    def read_ahead(self, first: int) -> Generator[tuple[int, ListedFile, Loaded | str]]:
        """Read the files from the place *first* on, some of them at the same time."""
        waiting = deque[tuple[int, ListedFile, Future[Loaded | str]]]()
        with ThreadPoolExecutor(READ_AHEAD) as threads:
            try:
                for index in range(first, len(self.photos.files)):
                    listed = self.photos.files[index]
                    waiting.append((index, listed, threads.submit(self.load, listed)))
                    if len(waiting) > READ_AHEAD:
                        place, one, found = waiting.popleft()
                        yield place, one, found.result()
                while waiting:
                    place, one, found = waiting.popleft()
                    yield place, one, found.result()
            finally:
                threads.shutdown(wait=True, cancel_futures=True)

    def load(self, listed: ListedFile) -> Loaded | str:
        """Read a file, or at least its CRC; return the reason when it is left out."""
        if listed.missing:
            return listed.missing
        try:
            with self.streams.open(listed.key) as found:
                if found is None:
                    return "It was deleted or replaced meanwhile."
                if found.size > LARGEST_BYTES:
                    return f"It is too large: expected at most {LARGEST_BYTES:,} bytes, found {found.size:,}."
                if found.size > IN_MEMORY_BYTES:
                    crc = 0
                    for chunk in found.chunks:
                        crc = crc32(chunk, crc)
                    return loaded(found, crc, None)
                data = b"".join(found.chunks)
                return loaded(found, crc32(data), data)
        except EditError as error:
            return error.public

    def entry(self, index: int, name: str, found: Loaded) -> Entry:
        """Describe a file that is written next."""
        return Entry(
            index=index,
            name=name,
            offset=self.writer.position,
            size=found.size,
            crc=found.crc,
            modified=found.modified,
            etag=found.etag,
        )

    def write(self, entry: Entry, data: bytes | None, budget: Budget) -> None:
        """Write one file. *data* None: read it again; raise PartsOutdated when it is no longer the same."""
        self.put(entry.header)
        if data is not None:
            self.put(data)
            return
        with self.streams.open(self.photos.files[entry.index].key, etag=entry.etag) as found:
            if found is None:
                raise PartsOutdated
            for chunk in found.chunks:
                self.put(chunk)
                if budget.usable_s() <= 0:
                    raise TimeIsOver

    def put(self, data: bytes) -> None:
        """Write bytes; after each part, store the state and report."""
        if self.writer.write(data):
            self.save()
            self.report()

    def store(self, number: int, data: bytes) -> str:
        """Store one part."""
        etag = self.files.put(self.archive.id, self.state.upload_id, number, data)
        if etag is None:
            raise PartsOutdated
        return etag

    def save(self) -> None:
        """Replace the stored state."""
        self.seen = self.stored.write(self.state.model_dump_json().encode(), seen=self.seen)

    def report(self) -> None:
        """Record the progress; raise ArchiveStopped when the archive has ended."""
        total = len(self.photos.files)
        if not self.archives.advance(
            self.archive.id, files=self.photo_count, total=total, left_out=len(self.state.left_out)
        ):
            raise ArchiveStopped
        self.reported = self.clock()

    def complete(self) -> bool:
        """Write what stands at the end, and put the parts together; return True."""
        if not self.state.entries:
            first = self.state.left_out[0]
            raise EditError(
                EditCode.SOURCE_FAILED, f"None of the photos can be read. The first, {first.name!r}: {first.reason}"
            )
        entries = [*self.state.entries, *([self.note()] if self.state.left_out else [])]
        self.writer.write(directory(entries, self.writer.position))
        self.writer.close()
        self.report()
        if not self.files.complete(self.archive.id, self.state.upload_id, self.writer.parts):
            raise PartsOutdated
        return True

    def note(self) -> Entry:
        """Write a file that says what was left out, and why."""
        text = "".join(f"{one.name}: {one.reason}\n" for one in self.state.left_out).encode()
        found = Loaded(size=len(text), crc=crc32(text), etag="", modified=datetime.now(UTC), data=text)
        entry = self.entry(len(self.photos.files), LEFT_OUT, found)
        self.writer.write(entry.header + text)
        return entry

    def abort(self) -> None:
        """Remove the parts that are stored."""
        self.files.abort(self.archive.id, self.state.upload_id)

    def restart(self) -> None:
        """Forget the ZIP as it is: the next invocation begins anew."""
        self.abort()
        if self.state.restarts >= MOST_RESTARTS:
            raise EditError(
                EditCode.SOURCE_FAILED, "The photos changed again and again. Start the archive when they rest."
            )
        self.state = ArchiveState(restarts=self.state.restarts + 1)
        self.save()


def loaded(found: OpenObject, crc: int, data: bytes | None) -> Loaded:
    """Describe a file that was read."""
    return Loaded(size=found.size, crc=crc, etag=found.etag, modified=found.modified, data=data)
