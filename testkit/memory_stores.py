"""Keep the stores of the upload pipeline in memory, so that a story can be told thousands of times.

Each method of a store is one call of AWS. *on_call* of the world is called before each, with its name, and may let
something else happen, or raise; *on_answer* after it, so that an answer can be lost. The stores are those of
``processor/aws`` with their calls replaced: tests/aws/test_memory_stores.py compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

from processor.aws.attributes import from_item, to_item
from processor.aws.cdn import PurgeQueue
from processor.aws.galleries import Galleries
from processor.aws.originals import Originals
from processor.aws.originals_table import CLOCKS_MS, LEASE, STEM, Lease, OriginalsTable
from processor.aws.photos import WATCHED, PhotoRecord, PhotoRecords
from processor.aws.renditions import RenditionObjects, Stamp
from processor.budget import Budget
from processor.errors import LeaseHeld, PhotoError, Verdict
from processor.events import ObjectChange, ObjectEvent, OriginalChanged
from processor.imaging.model import CameraFacts, EmbeddedFacts, Receipt, Rendering, RenderInputs, Rendition
from processor.keys import ObjectKey, path_of
from processor.original import CurrentOriginal, OriginalItem
from processor.recipe import DEFAULT_PROFILE, Recipe
from processor.source import Source
from processor.upload.assembly import UploadStores, assembled
from processor.upload.outcome import UploadOutcome
from processor.upload.pipeline import UploadPipeline
from processor.upload.record import differing, record_fields
from testkit.events import ORIGINALS

CDN_HOST = "cdn.example.com"
NO_CLIENT = cast("Any", None)
Version = tuple[str, bytes, str]
"""Version id, content, time of the last change."""


def nothing(_: str) -> None:
    """Let the call pass."""


@dataclass(kw_only=True)
class World:
    """Everything that there is. *versions*: per key, the last is current, None is a delete marker.

    *chosen*: the profile of each gallery that has chosen one.
    """

    missing_record: Literal["create", "require"] = "create"
    recipe: Recipe = field(default_factory=Recipe)
    profiles: dict[str, Recipe] = field(default_factory=dict[str, Recipe])
    chosen: dict[str, str] = field(default_factory=dict[str, str])
    versions: dict[str, list[Version | None]] = field(default_factory=dict[str, list[Version | None]])
    renditions: dict[str, tuple[bytes, Stamp]] = field(default_factory=dict[str, tuple[bytes, Stamp]])
    table: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict[tuple[str, str], dict[str, Any]])
    records: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    invalidated: list[str] = field(default_factory=list[str])
    calls: list[str] = field(default_factory=list[str])
    on_call: Callable[[str], None] = nothing
    on_answer: Callable[[str], None] = nothing
    clock: float = 1_764_000_000.0
    changes: int = 0
    ticks: int = 0

    def now(self) -> datetime:
        """Return the time; no two moments are the same."""
        self.ticks += 1
        return datetime(2025, 11, 21, tzinfo=UTC) + timedelta(milliseconds=self.ticks)

    def put(self, key: str, content: bytes = b"a photo") -> ObjectEvent:
        """Upload an original; return the event of S3."""
        self.changes += 1
        at = f"2025-11-21T{self.changes // 3600:02}:{self.changes // 60 % 60:02}:{self.changes % 60:02}Z"
        self.versions.setdefault(key, []).append((f"v{self.changes}", content, at))
        return ObjectEvent(change=ObjectChange.CREATED, bucket=ORIGINALS, key=key)

    def delete(self, key: str) -> ObjectEvent:
        """Put a delete marker; return the event of S3."""
        self.versions.setdefault(key, []).append(None)
        return ObjectEvent(change=ObjectChange.REMOVED, bucket=ORIGINALS, key=key)

    def undo(self, key: str) -> ObjectEvent:
        """Delete the newest version, or the newest delete marker, for good; return the event of S3."""
        self.versions[key].pop()
        return ObjectEvent(change=ObjectChange.REMOVED, bucket=ORIGINALS, key=key)

    def current(self, key: str) -> Version | None:
        """Return the current version of *key*."""
        return (self.versions.get(key) or [None])[-1]

    def lapse(self) -> None:
        """Let time pass until every lease that was not released has ended."""
        self.clock += 1000.0

    def process(self, event: ObjectEvent, recipe: Recipe | None = None) -> UploadOutcome:
        """Apply an event, by the release with *recipe*."""
        return self.pipeline(recipe).process(event, Budget(seconds_left=lambda: 300.0, memory_mib=1769))

    def pipeline(self, recipe: Recipe | None = None) -> UploadPipeline:
        """Build the pipeline over these stores."""
        stores = UploadStores(
            originals=MemoryOriginals(world=self, s3=NO_CLIENT, bucket=ORIGINALS),
            table=MemoryOriginalsTable(world=self, dynamodb=NO_CLIENT, table="originals", now=lambda: self.clock),
            galleries=MemoryGalleries(world=self, dynamodb=NO_CLIENT, table="originals"),
            renditions=MemoryRenditions(world=self, s3=NO_CLIENT, bucket="renditions"),
            purges=MemoryPurges(world=self, client=lambda: NO_CLIENT, url="purges"),
            photos=MemoryRecords(world=self, dynamodb=NO_CLIENT, table="photos"),
        )
        renderer, used = MemoryRenderer(world=self), recipe or self.recipe
        recipes = {DEFAULT_PROFILE: used, **self.profiles}
        return assembled(
            stores, renderer, recipes=recipes, missing_record=self.missing_record, cdn_host=CDN_HOST, now=self.now
        )

    def violations(self) -> list[str]:
        """Name what is not as it must be at rest: when every message is done and every lease released."""
        items = {key: OriginalItem.from_tree(tree) for (_, key), tree in self.table.items() if key not in {LEASE, STEM}}
        return [
            *(f"lease of {one} was never released" for one, key in self.table if key == LEASE),
            *(f"{key}: {found}" for key in self.versions for found in self.against_item(key, items.get(key))),
            *(f"{key} is public for no original" for key in self.renditions.keys() - named_by(items.values())),
            *(
                f"{path} is claimed by {row['owner']}, which is gone"
                for (path, key), row in self.table.items()
                if key == STEM and self.current(row["owner"]) is None
            ),
            *(
                f"{one}: its record should have {drift}"
                for one in sorted({name.photo_id for name in map(ObjectKey, self.versions)})
                if (drift := self.drift(one, items))
            ),
        ]

    def against_item(self, key: str, item: OriginalItem | None) -> Iterator[str]:
        """Name what an original's item and renditions differ in from its current version."""
        found, skip = self.current(key), ObjectKey(key).skip(None)
        if skip or (item is None and found is None):
            return
        if item is None:
            yield "an original without an item"
        elif found is None:
            if item.gone_at is None or item.photo:
                yield "an item of an original that is gone"
        elif found[0] != item.version:
            yield f"expected the item of {found[0]}, found {item.version}"
        elif item.failure is None:
            stored = [self.renditions.get(one) for one in item.objects]
            if not stored or any(one is None or (one[0], one[1].source_version) != found[1::-1] for one in stored):
                yield f"expected renditions of {found[0]}"

    def drift(self, photo_id: str, items: Mapping[str, OriginalItem]) -> Mapping[str, Any]:
        """Return what the record lacks to be the function of its items."""
        there = [one for one in items.values() if one.name.photo_id == photo_id]
        names = [ObjectKey(key) for key in self.versions if ObjectKey(key).photo_id == photo_id]
        found = next((one for name in names for one in name.record_ids if one in self.records), None)
        record = PhotoRecord(id=found, item=self.records[found]) if found else None
        if record is None and self.missing_record == "require":
            return {}
        return differing(record, record_fields(record, there, cdn_host=CDN_HOST))

    @contextmanager
    def call(self, name: str) -> Generator[None]:
        """Do one call of AWS."""
        self.calls.append(name)
        self.on_call(name)
        yield
        self.on_answer(name)


def named_by(items: Iterable[OriginalItem]) -> set[str]:
    """Return the keys of all renditions that *items* name."""
    return {key for item in items for key in item.objects}


def native_receipt(recipe: Recipe) -> Receipt:
    """Make the receipt of a photo that was rendered here without problems."""
    return Receipt(
        decoder="native",
        decoder_why="JPEG",
        sources=dict.fromkeys(recipe.sizes, "native"),
        colour="sRGB",
        orientation=1,
        detected_format="jpeg",
        extension_matches=True,
        isolated=False,
        engine={"libvips": "8.18.7"},
        steps_ms={"decode": 12.5},
        peak_memory_mib=120,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class MemoryRenderer:
    """Renders any content to files that repeat it; ``broken…`` is a corrupt photo."""

    world: World

    def render(
        self, source: Source, recipe: Recipe, *, file_name: str, inputs: RenderInputs, seconds_left: float | None = None
    ) -> Rendering:
        """Make one file per size and format."""
        del inputs, seconds_left
        content = bytes(source.view)
        with self.world.call(f"render {file_name}"):
            if content.startswith(b"broken"):
                raise PhotoError(Verdict.CORRUPT, "The photo is damaged.")
        return Rendering(
            format="jpeg",
            width=60,
            height=40,
            renditions=tuple(
                Rendition(size=size, format=output, width=6, height=4, data=content)
                for size in recipe.sizes
                for output in recipe.formats_of(size)
            ),
            camera=CameraFacts(make="Nikon", model="D750"),
            embedded=EmbeddedFacts(title="First dance", rating=5),
            taken_at="2025-06-14T15:02:11",
            placeholder="2fcNDwoXyHeIh3eIg3d3eHBnCA==",
            dominant_color="#102030",
            receipt=native_receipt(recipe),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class MemoryOriginals(Originals):
    """The originals bucket."""

    world: World

    def look(self, key: str) -> CurrentOriginal | None:
        """Return the current version."""
        with self.world.call(f"s3:HeadObject {key}"):
            found = self.world.current(key)
            if found is None:
                return None
            version, content, modified = found
            return CurrentOriginal(key=key, version=version, etag=f"e{version}", size=len(content), modified=modified)

    @contextmanager
    def open(self, found: CurrentOriginal) -> Generator[Iterator[bytes]]:
        """Open a version, which may be noncurrent."""
        with self.world.call(f"s3:GetObject {found.key}"):
            kept = [one for one in self.world.versions[found.key] if one and one[0] == found.version]
        if not kept:
            raise OriginalChanged(found.key)
        yield iter([kept[0][1]])


@dataclass(frozen=True, kw_only=True, slots=True)
class MemoryOriginalsTable(OriginalsTable):
    """The originals table; items are kept as DynamoDB returns them."""

    world: World

    def acquire(self, photo_id: str, key: str, *, seconds: float) -> Lease:
        """Take the lease if it is free, was abandoned or has ended."""
        lease, now = Lease(photo_id=photo_id, key=key), self.now() * 1000
        with self.world.call(f"dynamodb:UpdateItem {photo_id}"):
            before = self.world.table.get((photo_id, LEASE), {})
            if before and before["until"] >= now - CLOCKS_MS:
                raise LeaseHeld(photo_id)
            doubtful: frozenset[str] = before.get("work", frozenset())
            row = {"id": photo_id, "key": LEASE, "holder": lease.holder, "until": now + seconds * 1000}
            self.world.table[photo_id, LEASE] = row | {"work": doubtful | {key}}
        lease.doubtful, lease.work = doubtful, {*doubtful, key}
        return lease

    def abandon(self, lease: Lease) -> None:
        """End the lease, and leave the keys that are not finished in it."""
        with self.world.call(f"dynamodb:UpdateItem {lease.photo_id}"):
            row = self.world.table.get((lease.photo_id, LEASE))
            if row and row["holder"] == lease.holder:
                row |= {"until": 0, "work": frozenset(lease.work)}

    def item(self, key: str) -> OriginalItem | None:
        """Read the item of an original."""
        with self.world.call(f"dynamodb:GetItem {key}"):
            found = [tree for (_, name), tree in self.world.table.items() if name == key]
            return OriginalItem.from_tree(found[0]) if found else None

    def items_of(self, photo_id: str) -> list[OriginalItem]:
        """Read all originals of a photo."""
        with self.world.call(f"dynamodb:Query {photo_id}"):
            found = (tree for (one, key), tree in self.world.table.items() if one == photo_id and key != LEASE)
            return [OriginalItem.from_tree(tree) for tree in found]

    def put(self, item: OriginalItem) -> None:
        """Write the item of an original."""
        with self.world.call(f"dynamodb:PutItem {item.key}"):
            self.world.table[item.name.photo_id, item.key] = stored(item.to_tree())

    def claim(self, path: str, key: str, *, seconds: int | None = None) -> bool:
        """Claim a stem; nothing expires here."""
        del seconds
        with self.world.call(f"dynamodb:PutItem {path}"):
            return self.world.table.setdefault((path, STEM), {"owner": key})["owner"] == key

    def delete(self, item_id: str, key: str, attribute: str, value: str) -> None:
        """Delete an item if its *attribute* is *value*."""
        with self.world.call(f"dynamodb:DeleteItem {item_id}"):
            if self.world.table.get((item_id, key), {}).get(attribute) == value:
                del self.world.table[item_id, key]


@dataclass(frozen=True, kw_only=True, slots=True)
class MemoryGalleries(Galleries):
    """The galleries' items in the originals table."""

    world: World

    def profile(self, gallery: str) -> str:
        """Return the profile that a gallery has chosen."""
        with self.world.call(f"dynamodb:GetItem gallery {gallery}"):
            return self.world.chosen.get(gallery, DEFAULT_PROFILE)


@dataclass(frozen=True, kw_only=True, slots=True)
class MemoryRenditions(RenditionObjects):
    """The renditions bucket."""

    world: World

    def put(self, key: str, data: bytes, content_type: str, stamp: Stamp) -> None:
        """Store a rendition."""
        del content_type
        with self.world.call(f"s3:PutObject {key}"):
            self.world.renditions[key] = data, stamp

    def delete(self, keys: Any) -> None:
        """Delete renditions."""
        for key in keys:
            with self.world.call(f"s3:DeleteObject {key}"):
                self.world.renditions.pop(key, None)

    def tag(self, key: str) -> str | None:
        """Return the cache tag of a rendition."""
        with self.world.call(f"s3:HeadObject {key}"):
            found = self.world.renditions.get(key)
            return found[1].cache_tag if found else None

    def below(self, path: str) -> Iterator[str]:
        """List the renditions of one stem."""
        with self.world.call(f"s3:ListObjectsV2 {path}"):
            return iter([key for key in sorted(self.world.renditions) if path_of(key) == path])


@dataclass(frozen=True, kw_only=True, slots=True)
class MemoryRecords(PhotoRecords):
    """The photos table."""

    world: World

    def read(self, photo_id: str) -> PhotoRecord | None:
        """Read a record."""
        with self.world.call(f"dynamodb:GetItem {photo_id}"):
            item = self.world.records.get(photo_id)
            return PhotoRecord(id=photo_id, item=dict(item)) if item is not None else None

    def write(self, photo_id: str, fields: Mapping[str, Any], *, seen: PhotoRecord | None) -> bool:
        """Set fields of the record that was seen."""
        with self.world.call(f"dynamodb:UpdateItem {photo_id}"):
            now = self.world.records.get(photo_id)
            if (now is None) != (seen is None):
                return False
            if now and seen and any(now.get(name) != seen.item.get(name) for name in WATCHED):
                return False
            changed = (now or {"id": photo_id}) | stored(fields)
            self.world.records[photo_id] = {name: value for name, value in changed.items() if value is not None}
            return True


@dataclass(frozen=True, kw_only=True, slots=True)
class MemoryPurges(PurgeQueue):
    """The purge queue, and the CDN behind it."""

    world: World

    def send(self, cache_tags: str) -> None:
        """Invalidate a photo."""
        with self.world.call("sqs:SendMessage purges"):
            self.world.invalidated.append(cache_tags.partition(",")[0])


def stored(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a tree as DynamoDB returns what was written."""
    return from_item(to_item(tree))


def copied(world: World) -> World:
    """Return a world of its own with the same content."""
    return replace(
        world,
        versions={key: list(versions) for key, versions in world.versions.items()},
        renditions=dict(world.renditions),
        table={key: dict(row) for key, row in world.table.items()},
        records={key: dict(row) for key, row in world.records.items()},
        chosen=dict(world.chosen),
        invalidated=list(world.invalidated),
        calls=[],
    )
