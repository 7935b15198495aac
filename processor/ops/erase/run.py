"""Erase a gallery or a user, and look again until nothing is left.

    find ─▶ stop running edits ─▶ photos, under their leases ─▶ other renditions ─▶ edits ─▶ find again

What a worker wrote meanwhile (the end of an edit, the item of a late event) is found by the second look and removed by
another round. Every step may be repeated: what is gone is no error.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

from processor.aws.cdn import tags_of
from processor.aws.galleries import PROFILE
from processor.aws.versions import StoredVersion
from processor.errors import DarkroomError, LeaseHeld
from processor.keys import path_of
from processor.ops.erase.edits import EditRemoval
from processor.ops.erase.find import GalleryFinder, UserFinder
from processor.ops.erase.photos import ErasedPhoto, PhotoEraser
from processor.ops.erase.scope import GalleryScope, UserScope
from processor.ops.erase.stores import THREADS, ErasedStores
from processor.ops.erase.traces import PhotoJob, Traces

# Photos whose copies one invalidation removes; their leases are held until then.
CHUNK: Final = 100
# Longer than any invocation of a function: a lease ends by itself.
HELD_S: Final = 960.0
HELD_AGAIN_S: Final = 5.0
# Events of the removal itself, which write an item for a moment, are done within two minutes.
ROUNDS: Final = 24
SETTLE_S: Final = 5.0
CLAIM_S: Final = 3600


@dataclass(kw_only=True, slots=True)
class Erasure:
    """One erasure. *removed*: how much of each kind; *failed*: what could not be removed, with the reason.

    *sleep*, *clock*: s.
    """

    stores: ErasedStores
    scope: GalleryScope | UserScope
    sleep: Callable[[float], None]
    clock: Callable[[], float]
    removed: Counter[str] = field(default_factory=Counter[str])
    failed: dict[str, str] = field(default_factory=dict[str, str])

    def find(self, known: Traces | None = None) -> Traces:
        """List all that is stored. *known*: what was found before, to be looked for by name too."""
        if isinstance(self.scope, GalleryScope):
            return GalleryFinder(stores=self.stores, scope=self.scope).find(known)
        return UserFinder(stores=self.stores, scope=self.scope).find(known)

    def run(self, found: Traces) -> Traces:
        """Remove what was *found*; return what is left."""
        left, counts = found, found.counts()
        for _ in range(ROUNDS):
            self.failed.clear()
            self.remove(left)
            if found.running:
                self.sleep(SETTLE_S)
            left, before = self.find(found), counts
            counts = left.counts()
            refused = self.failed and counts == before
            if refused or not any(counts.values()):
                break
            self.sleep(SETTLE_S)
        return left

    def remove(self, found: Traces) -> None:
        """Remove what was *found*; an error concerns one photo, and the others go."""
        edits = EditRemoval(stores=self.stores)
        edits.stop(found)
        for one in found.uploads:
            self.stores.originals.abort(one)
            self.removed["unfinished uploads"] += 1
        self.erase_photos(found.jobs())
        self.remove_unclaimed(found.keys)
        # After the photos, so that no worker renders one of them by another profile.
        for gallery in sorted(one for one, key in found.rows if key == PROFILE):
            self.removed["items of originals"] += self.stores.row_removal.delete(id=gallery, key=PROFILE)
        self.removed.update(edits.remove(found))

    def erase_photos(self, jobs: Sequence[PhotoJob]) -> None:
        """Erase photos; those that a worker has come again until its lease must have ended."""
        waiting, until = list(jobs), self.clock() + HELD_S
        while waiting:
            held = [one for chunk in chunks(waiting) for one in self.erase_chunk(chunk)]
            if held and self.clock() > until:
                self.failed |= {one.photo_id: "its lease stays held: another worker renders it." for one in held}
                return
            if held:
                self.sleep(HELD_AGAIN_S)
            waiting = held

    def erase_chunk(self, jobs: Sequence[PhotoJob]) -> list[PhotoJob]:
        """Erase some photos, invalidate them at the CDN, release their leases; return those whose lease is held."""
        eraser = PhotoEraser(stores=self.stores, scope=self.scope)
        done, held = list[ErasedPhoto](), list[PhotoJob]()

        def erase(job: PhotoJob) -> None:
            try:
                done.append(eraser.erase(job))
            except LeaseHeld:
                held.append(job)
            except DarkroomError as error:
                self.failed[job.photo_id] = str(error)

        try:
            # After an error, Ctrl-C included, its end waits for the photos at work: their leases are left too.
            with ThreadPoolExecutor(THREADS) as threads:
                list(threads.map(erase, jobs))
            self.stores.cdn.forget(tags_of([tags for one in done for tags in one.tags]), reference=uuid4().hex)
        except BaseException:
            eraser.leave([one.lease for one in done])
            raise
        eraser.release(done)
        for one in done:
            self.removed.update(one.removed)
        return held

    def remove_unclaimed(self, keys: set[str]) -> None:
        """Remove what still lies below the gallery's name: renditions that no original owns.

        Each below a stem that no upload can claim meanwhile; a stem that is claimed belongs to an upload of just now,
        whose photo the next round erases.
        """
        if not isinstance(self.scope, GalleryScope):
            return
        there = Traces(keys=set(keys))
        GalleryFinder(stores=self.stores, scope=self.scope).find_renditions(there)
        files = defaultdict[str, list[StoredVersion]](list)
        for one in there.renditions:
            files[path_of(one.key)].append(one)
        for path in sorted(files):
            owner = f"erase/{uuid4().hex}"
            if self.stores.table.claim(path, owner, seconds=CLAIM_S):
                for version in files[path]:
                    self.stores.renditions.delete(version)
                    self.removed["renditions"] += 1
                self.stores.table.free(path, owner)


def chunks(jobs: Sequence[PhotoJob]) -> Iterator[Sequence[PhotoJob]]:
    """Split *jobs*."""
    return (jobs[start : start + CHUNK] for start in range(0, len(jobs), CHUNK))
