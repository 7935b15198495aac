"""Make one size of a photo when it is first asked for: from a stored rendition, never from the original (ADR 43).

    path ─▶ allowed size? ─▶ claimed stem? ─▶ lease ─▶ item names a larger rendition? ─▶ make, store, item, record

The lease is what uploads and deletions hold too, so nothing else changes the photo meanwhile. A process that dies
leaves the lease behind, with the original's key in it: the next holder then removes what no item names.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from processor.aws.originals_table import Lease, OriginalsTable
from processor.aws.photos import PhotoRecord
from processor.aws.renditions import RenditionFiles, Stamp
from processor.budget import Budget
from processor.errors import DarkroomError, LeaseHeld
from processor.imaging.geometry import Box, Rung, rung_for, scaled
from processor.imaging.model import CONTENT_TYPES, RenderInputs, Rendition
from processor.keys import KEY_BYTES, ObjectKey, is_rendition, path_of, stem_path
from processor.original import OriginalItem, Photo, StoredRendition
from processor.recipe import Focus, OutputFormat, Recipe, Size
from processor.source import Source
from processor.upload.recipes import focus_of
from processor.upload.record import PhotoRecordWriter
from processor.upload.rendering import PhotoRenderer

FORMATS: Final[Mapping[str, OutputFormat]] = {"jpg": "jpeg", "webp": "webp", "avif": "avif"}
WAIT_S: Final = 0.5
ATTEMPTS: Final = 10


class Why(StrEnum):
    """Reason for which there is no rendition. The value is a dimension of metrics."""

    NOT_LISTED = "not-listed"
    """The settings have no such size or format, or the key is not one of a rendition."""
    NO_PHOTO = "no-photo"
    NO_SOURCE = "no-source"
    """No stored rendition is large enough: the backfill makes it from the original."""
    BUSY = "busy"
    """Another invocation works on the photo, or has died while it did: ask again soon."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A rendition. *made*: by this request."""

    data: bytes
    content_type: str
    cache_tag: str
    made: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """A rendition that is asked for, by its *key*."""

    key: str
    path: str
    size: str
    format: OutputFormat


@dataclass(frozen=True, kw_only=True, slots=True)
class SizesOnDemand:
    """Makes sizes that are not stored yet. *sleep(seconds)* waits for a photo that another invocation works on."""

    recipe: Recipe
    table: OriginalsTable
    files: RenditionFiles
    records: PhotoRecordWriter
    renderer: PhotoRenderer
    sleep: Callable[[float], None] = time.sleep

    def find(self, key: str, budget: Budget) -> Found | Why:
        """Return the rendition *key*, made and stored if it was not there, or the reason for which there is none.

        A name that is not listed reads nothing; a listed one without a photo reads one item. Raise TransientError when
        a store fails.
        """
        wanted = self.wanted(key)
        if wanted is None:
            return Why.NOT_LISTED
        owner = self.table.owner(wanted.path)
        item = self.table.item(owner) if owner else None
        if item is None or (photo := shows(item, wanted)) is None:
            return Why.NO_PHOTO
        if self.source_of(photo, wanted.size) is None:
            return Why.NO_SOURCE
        for attempt in range(ATTEMPTS):
            if attempt:
                self.sleep(WAIT_S)
            with suppress(LeaseHeld):
                return self.hold_and_make(wanted, item.name, budget)
        return Why.BUSY

    def hold_and_make(self, wanted: Wanted, original: ObjectKey, budget: Budget) -> Found | Why:
        """Make the size under the photo's lease; LeaseHeld while another invocation has it."""
        budget.require(f"making {wanted.key}")
        lease = self.table.acquire(original.photo_id, original.key, seconds=budget.seconds_left())
        if lease.doubtful:
            # Only a worker of the uploads lane settles what a dead holder began; the keys stay in the lease for it.
            self.table.abandon(lease)
            return Why.BUSY
        lease.work.clear()  # nothing is stored yet
        try:
            found = self.under_lease(wanted, lease, budget)
        except Exception:
            with suppress(DarkroomError):  # then it ends by itself
                self.table.abandon(lease)
            raise
        self.table.release(lease)
        return found

    def wanted(self, key: str) -> Wanted | None:
        """Parse *key*; None unless the settings list its size and format.

        Where a size hides a part of the photo none is made: a stored rendition may show more, or have a mark already.
        """
        if self.recipe.hides or not is_rendition(key) or len(key.encode(errors="surrogatepass")) > KEY_BYTES:
            return None
        path = path_of(key)
        size, _, extension = key[len(path) + 1 :].partition(".")
        # Another profile's renditions have a version before the extension; only its recipe makes them.
        output = FORMATS.get(extension)
        if output is None or size not in self.recipe.sizes or output not in self.recipe.formats_of(size):
            return None
        return Wanted(key, path, size, output)

    def under_lease(self, wanted: Wanted, lease: Lease, budget: Budget) -> Found | Why:
        """Look again, now that nothing else changes the photo; then make the size, unless it was made meanwhile."""
        item = self.table.item(lease.key)
        if item is None or (photo := shows(item, wanted)) is None:
            return Why.NO_PHOTO
        tag = item.name.cache_tags()
        if wanted.key in item.objects and (stored := self.files.read(wanted.key)):
            return Found(data=stored.data, content_type=CONTENT_TYPES[wanted.format], cache_tag=tag, made=False)
        made = self.made_from(item, photo, wanted.size, budget)
        if not made:
            return Why.NO_SOURCE
        lease.work.add(item.key)  # from here on, files may be stored that no item names
        self.store(item, photo, made)
        [data] = [one.data for one in made if one.format == wanted.format]
        return Found(data=data, content_type=CONTENT_TYPES[wanted.format], cache_tag=tag, made=True)

    def made_from(self, item: OriginalItem, photo: Photo, name: str, budget: Budget) -> tuple[Rendition, ...]:
        """Render the size *name* in all its formats from the next larger rendition; none without one to start from.

        The box is computed from the original, so that the picture has the size that a backfill gives it.
        """
        rung = self.rung(photo, name)
        larger = self.source_of(photo, name)
        file = self.files.read(item.key_of(larger)) if larger else None
        if file is None or file.version != photo.version:
            return ()
        asked = self.recipe.sizes[name]
        exact = Size(
            width=rung.crop.width, height=rung.crop.height, fit="cover", quality=asked.quality, formats=asked.formats
        )
        recipe = self.recipe.model_copy(update={"sizes": {name: exact}})
        with Source.from_bytes(file.data) as source:
            return self.renderer.render(
                source,
                recipe,
                file_name="rendition.jpg",
                inputs=RenderInputs(focus=self.focus(item, asked)),
                seconds_left=budget.usable_s(),
            ).renditions

    def focus(self, item: OriginalItem, asked: Size) -> Focus | None:
        """Return the focal point in the photo's record, where the size is cut."""
        record = self.records.photos.find(item.name) if asked.fit == "cover" else None
        return focus_of(record)[0] if record else None

    def rung(self, photo: Photo, name: str) -> Rung:
        """Compute the size *name* from the original's dimensions."""
        return rung_for(name, self.recipe.sizes[name], Box(photo.width, photo.height))

    def source_of(self, photo: Photo, name: str) -> StoredRendition | None:
        """Choose the stored rendition that the size *name* is made from."""
        return next_larger(photo, self.rung(photo, name).frame)

    def store(self, item: OriginalItem, photo: Photo, made: tuple[Rendition, ...]) -> None:
        """Write the renditions, the item that names them, and the record. The item keeps the hash of its recipe."""
        stamp = Stamp(
            cache_tag=item.name.cache_tags(), source_version=item.version, recipe=item.recipe, version=photo.version
        )
        named = {(one.size, one.format): one for one in photo.renditions}
        for one in made:
            described = StoredRendition(
                size=one.size, format=one.format, width=one.width, height=one.height, bytes=len(one.data)
            )
            self.files.put(item.key_of(described), one.data, CONTENT_TYPES[one.format], stamp)
            named[one.size, one.format] = described
        self.table.put(replace(item, photo=replace(photo, renditions=tuple(named.values()))))
        record = self.records.photos.find(item.name)
        if host := cdn_host_of(record):
            replace(self.records, cdn_host=host).show(item.name, self.table.items_of(item.name.photo_id), record)


def cdn_host_of(record: PhotoRecord | None) -> str | None:
    """Return the host in the URLs of *record*; None where it shows no rendition, and so none is to be added."""
    urls = (record.item.get(f"{size}_url") for size in record.sizes) if record else ()
    return next((urlsplit(url).netloc for url in urls if isinstance(url, str)), None)


def shows(item: OriginalItem, wanted: Wanted) -> Photo | None:
    """Return the photo of *item*, if its renditions are the plain sizes of the wanted stem."""
    same = item.stem and not item.profile and stem_path(item.name.gallery, item.stem) == wanted.path
    return item.photo if same and item.gone_at is None else None


def next_larger(photo: Photo, frame: Box) -> StoredRendition | None:
    """Return the smallest stored JPEG that holds *frame* and is not cropped, larger than *frame* if there is one."""
    original = Box(photo.width, photo.height)
    boxes = [(Box(one.width, one.height), one) for one in photo.renditions if one.format == "jpeg"]
    usable = [(box, one) for box, one in boxes if box.holds(frame) and is_whole(box, original)]
    return min(usable, key=lambda pair: (pair[0] == frame, pair[0].width), default=(None, None))[1]


def is_whole(box: Box, original: Box) -> bool:
    """Return whether *box* is *original* scaled, not cropped: one side follows from the other."""
    return box.height == scaled(original.height, box.width, original.width) or box.width == scaled(
        original.width, box.height, original.height
    )
