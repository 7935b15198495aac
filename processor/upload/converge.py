"""Converge one original: make what is stored of it follow from its current version. The caller holds the lease.

    there is a version   render it, write the renditions, delete others, write the item
    there is none        delete the renditions, write the item: gone
    a verdict            delete renditions of other versions, write the item: the verdict

The item is written last, after a second look: what changed meanwhile is converged once more.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from processor.aws.cdn import PurgeQueue
from processor.aws.originals import Originals
from processor.aws.originals_table import OriginalsTable
from processor.aws.renditions import RenditionObjects, is_tagged
from processor.budget import Budget
from processor.errors import UNREADABLE, PhotoError, StoreUnavailable
from processor.events import OriginalChanged
from processor.keys import ObjectKey, Skip, StemStyle, path_of, rendition_key, stem_path
from processor.original import CurrentOriginal, Failure, OriginalItem
from processor.upload.outcome import Result, UploadOutcome, skipped
from processor.upload.recipes import PhotoRecipe, Recipes
from processor.upload.rendering import OriginalRenderer

# An original that changes more often while it is rendered is left to a retry.
LOOKS: Final = 5
UNCHANGED: Final = UploadOutcome(result=Result.UNCHANGED)


@dataclass(frozen=True, kw_only=True, slots=True)
class OriginalJob:
    """One original at work. *doubtful*: another worker may have left renditions that *item* does not name."""

    name: ObjectKey
    order: PhotoRecipe
    found: CurrentOriginal | None
    item: OriginalItem | None
    doubtful: bool
    attempts: int
    budget: Budget


@dataclass(frozen=True, kw_only=True, slots=True)
class Converger:
    """Converges originals."""

    originals: Originals
    table: OriginalsTable
    recipes: Recipes
    renderer: OriginalRenderer
    renditions: RenditionObjects
    purges: PurgeQueue
    stems: StemStyle = field(default_factory=StemStyle)

    def converge(self, key: str, *, doubtful: bool, attempts: int, budget: Budget) -> UploadOutcome:
        """Bring the renditions and the item of *key* up to its current version.

        Raise TransientError, also when the original does not stay as it is for long enough.
        """
        name = ObjectKey(key)
        for _ in range(LOOKS):
            found, item = self.originals.look(key), self.table.item(key)
            order = self.order_for(name, found)
            if item and not doubtful and item.says(found, order.hash):
                return UNCHANGED
            job = OriginalJob(
                name=name,
                order=order,
                found=found,
                item=item,
                doubtful=doubtful,
                attempts=attempts,
                budget=budget,
            )
            try:
                new, reason = self.make(job)
            except OriginalChanged:
                continue
            old = self.files_of(job)
            stale = self.tidy(job, new, old)
            doubtful = self.originals.look(key) != found  # then renditions may be stored that no item names
            if doubtful:
                continue
            self.settle(job, new, old, stale=stale)
            # After the item: a backfill that was planned meanwhile has seen the old item, or this sees the change.
            if self.order_for(name, found).hash == order.hash:
                outcome = UNCHANGED if new == item and reason is None else outcome_of(new, reason)
                return replace(outcome, unseen=item is None and new.gone_at is not None)
        raise StoreUnavailable(f"{key}: expected it to stay as it is for a moment, it changed {LOOKS} times.")

    def order_for(self, name: ObjectKey, found: CurrentOriginal | None) -> PhotoRecipe:
        """Return what *found* is to be rendered by; nothing is read for a file that is gone, or is no photo."""
        is_photo = found is not None and name.skip(found.size) is None
        return self.recipes.of(name) if is_photo else self.recipes.profiles.default

    def make(self, job: OriginalJob) -> tuple[OriginalItem, Skip | PhotoError | None]:
        """Write the renditions of the current version; return the item that is then true, and why there are none."""
        found, item = job.found, job.item
        if found is None:
            gone = OriginalItem(key=job.name.key, gone_at=self.renderer.time())
            return (item if item and item.gone_at else gone), None
        if reason := job.name.skip(found.size):
            return self.refused(job, found, reason.code, reason.sentence), reason
        try:
            return self.renderer.make(found, job.order, partial(self.claim, job), job.budget), None
        except PhotoError as verdict:
            if item and item.photo and may_stay(job, found) and verdict.verdict in UNREADABLE:
                return item, verdict  # archived since it was rendered
            return self.refused(job, found, verdict.code, verdict.public), verdict

    def refused(self, job: OriginalJob, found: CurrentOriginal, code: str, message: str) -> OriginalItem:
        """Return the item of a verdict; it keeps renditions of the same version, which another recipe has made."""
        item, recipe = job.item, job.order.hash
        same = item if may_stay(job, found) else None
        if same and same.failure and (same.failure.code, same.recipe) == (code, recipe):
            return same  # found before
        return OriginalItem(
            key=found.key,
            version=found.version,
            etag=found.etag,
            modified=found.modified,
            recipe=recipe,
            profile=same.profile if same and same.photo else "",
            stem=item.stem if item else "",
            photo=same.photo if same else None,
            receipt=same.receipt if same else None,
            failure=Failure(code=code, message=message, attempts=job.attempts, at=self.renderer.time()),
        )

    def claim(self, job: OriginalJob) -> str:
        """Return the stem of the original: the one that it has, else the first that no other original has.

        In another style it is another stem.
        """
        if job.item and job.item.stem and self.stems.keeps(job.name, job.item.stem):
            return job.item.stem
        name, size = job.name, next(iter(job.order.recipe.sizes))
        for stem in self.stems.candidates(name):
            # Renditions of another original without an item were made by a release before the originals table.
            tag = self.renditions.tag(rendition_key(name.gallery, stem, size, "jpg"))
            if (not tag or is_tagged(tag, name)) and self.table.claim(stem_path(name.gallery, stem), name.key):
                return stem
        raise StoreUnavailable(f"stem of {name.key}: expected a free one, found none.")

    def files_of(self, job: OriginalJob) -> frozenset[str]:
        """Return the renditions that earlier work has left: those of the item, in doubt all that are found."""
        old = frozenset(job.item.objects if job.item else ())
        # A release before the originals table may have rendered it.
        unseen = job.item is None and job.found is None
        if job.doubtful or unseen:
            old |= frozenset(self.renditions.owned_by(job.name, self.stems.every(job.name)))
        return old

    def tidy(self, job: OriginalJob, new: OriginalItem, old: frozenset[str]) -> bool:
        """Delete files of *old* that *new* does not name; return whether the CDN may hold copies of what is gone."""
        self.renditions.delete(sorted(old - set(new.objects)))
        # Another recipe has other addresses, and the copies at the former ones show the same photo; but a stem that was
        # left must not be seen there any longer, nor what shows more than before.
        moved = job.item is None or job.item.version != new.version or job.item.stem != new.stem
        replaced = moved or new.photo is None or shows_less(job, new)
        # In doubt, another version may have been public at the same addresses, and be gone again by now.
        return job.doubtful or (bool(old) and replaced)

    def settle(self, job: OriginalJob, new: OriginalItem, old: frozenset[str], *, stale: bool) -> None:
        """Queue cached copies for invalidation, write the item, and free the stems that the original has no longer."""
        if stale:
            # Before the item: until it is written, the next attempt knows that something may be cached.
            self.purges.send(job.name.cache_tags())
        if new != job.item:
            self.table.put(new)
        # After the item: as long as it names a stem, the files below are this original's.
        for path in self.left(job, new, old):
            self.table.free(path, job.name.key)

    def left(self, job: OriginalJob, new: OriginalItem, old: frozenset[str]) -> list[str]:
        """Return the paths of stems to free: all when it is gone or in doubt, the former one in another style."""
        gallery, former = job.name.gallery, job.item.stem if job.item else ""
        every = self.stems.every(job.name) if new.gone_at or job.doubtful else ()
        paths = {stem_path(gallery, stem) for stem in (*every, former) if stem} | {path_of(key) for key in old}
        return sorted(paths - ({stem_path(gallery, new.stem)} if new.stem else set[str]()))


def may_stay(job: OriginalJob, found: CurrentOriginal) -> bool:
    """Return whether what was made of *found* may stay public though it cannot be rendered any more.

    A clean photo may not when its gallery has chosen a profile that hides a part of it.
    """
    item, order = job.item, job.order
    if item is None or not item.is_of(found):
        return False
    return item.photo is None or item.profile == order.profile or not order.recipe.hides


def shows_less(job: OriginalJob, new: OriginalItem) -> bool:
    """Return whether another recipe may show less than before: then copies at the former addresses must go."""
    profiled = new.profile or job.order.recipe.hides or (job.item is not None and job.item.profile)
    return bool(profiled) and job.item is not None and job.item.recipe != new.recipe


def outcome_of(item: OriginalItem, reason: Skip | PhotoError | None) -> UploadOutcome:
    """Return the outcome of an original. *reason*: it was not rendered."""
    if isinstance(reason, Skip):
        return skipped(reason)
    if reason is not None:
        return UploadOutcome(result=Result.FAILED, code=reason.code, detail=str(reason))
    return UploadOutcome(result=Result.DELETED if item.gone_at else Result.RENDERED, item=item)
