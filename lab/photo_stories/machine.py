"""Tell random stories of photos over stores in memory, with the real upload pipeline, and judge how they end.

A story changes originals, delivers events late, twice and in any order, writes to records as a backend does, changes
the recipe and the profiles of galleries, and breaks the pipeline at any call. When all events are delivered, the state
must be that of a calm world: one that has seen nothing but the originals that are left, each of them once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lab.photo_stories.announced import last_told, misannounced, outcome_in
from lab.photo_stories.comparison import differences, essence, own_status
from processor.aws.originals_table import LEASE
from processor.aws.photos import EVENT, PhotoRecord
from processor.errors import LeaseHeld, StoreUnavailable
from processor.events import ObjectChange, ObjectEvent
from processor.keys import ObjectKey
from processor.recipe import Recipe, Size
from processor.upload import rendering
from processor.upload.record import DELETED, OURS, is_tombstone, status_before
from testkit.events import ORIGINALS
from testkit.memory_stores import World

UUID: Final = "3f2a1b4c-0d9e-4a77-8c11-2b5d6e7f8a90"
# A photo of three originals in two galleries, two photos that want the same stem, and a file that is no photo.
PAIR_AND_MOVED: Final = (f"g1/{UUID}.CR2", f"g1/{UUID}.jpg", f"g2/{UUID}.jpg")
TWINS: Final = ("w/IMG_1.CR2", "w/IMG_1.JPG")
SIDECAR: Final = f"g1/{UUID}.xmp"
KEYS: Final = (*PAIR_AND_MOVED, *TWINS, SIDECAR)
PHOTOS: Final = (UUID, *TWINS)
GOOD: Final = (b"one", b"two", b"three")
CONTENTS: Final = (*GOOD, b"broken", b"")
RECIPES: Final = (
    Recipe(sizes={"small": Size(width=8, height=8)}),
    Recipe(sizes={"small": Size(width=8, height=8), "huge": Size(width=900, height=900)}),
    Recipe(sizes={"small": Size(width=8, height=8)}, key_style="opaque"),
)
PROFILES: Final = {"proof": RECIPES[0], "delivered": RECIPES[1]}
VERSIONED: Final = re.compile(r"\.[0-9a-f]{12}\.jpg")
STATUSES: Final = ("pending", "processing", "approved", "deleted")
CHANGES: Final = ("put", "delete", "undo")
ENDS: Final = ("refused", "answer lost", "killed before", "killed after")
galleries, profiles = st.sampled_from(("g1", "g2", "w")), st.sampled_from(("", *PROFILES))
keys, photos, contents = st.sampled_from(KEYS), st.sampled_from(PHOTOS), st.sampled_from(CONTENTS)
chosen = st.integers(min_value=0, max_value=20)


class InlineExecutor:
    """Runs tasks one after the other, so that a story can be told again."""

    def __init__(self, *_: int) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    map = staticmethod(map)


# The path of a stem with a code (processor/keys.py).
OPAQUE_CLAIM: Final = re.compile(r"\S.*-[0-9a-f]{24} is claimed by ")


@dataclass(kw_only=True)
class Strike:
    """Lets *happen* happen at the call number *at* of a delivery, once. *name*: of that call, "" before it."""

    at: int
    happen: Callable[[], object]
    calls: int = 0
    name: str = ""

    def __call__(self, name: str) -> None:
        """Count one call."""
        self.calls += 1
        if self.calls - 1 == self.at:
            self.name = name
            self.happen()


@dataclass(kw_only=True)
class Backend:
    """Remembers what the backend has written, by photo: its own fields, and the last status."""

    fields: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    statuses: dict[str, str] = field(default_factory=dict[str, str])


class PhotoStories(RuleBasedStateMachine):
    """Stories of a few photos. *pending*: events to deliver; *told*: those that were delivered, and may come again."""

    def __init__(self) -> None:
        super().__init__()
        self.inline = patch.object(rendering, "ThreadPoolExecutor", InlineExecutor)
        self.inline.start()
        self.world, self.recipe, self.backend = World(events=True, profiles=PROFILES), 0, Backend()
        self.pending: list[ObjectEvent] = []
        self.told: list[ObjectEvent] = []
        self.cached: dict[str, set[bytes]] = {}
        self.addresses: dict[str, set[str]] = {}
        self.forgotten = 0
        self.streamed = 0

    # Originals

    @rule(key=keys, content=contents)
    def put(self, key: str, content: bytes) -> None:
        """Upload or overwrite."""
        self.pending.append(self.world.put(key, content))

    @rule(key=keys, content=contents)
    def replace(self, key: str, content: bytes) -> None:
        """Upload, and see it done: what comes next finds a photo."""
        self.put(key, content)
        self.attempt(len(self.pending) - 1)

    @precondition(lambda self: self.there)
    @rule(at=chosen)
    def delete(self, at: int) -> None:
        """Delete an original that is there."""
        self.change(self.there[at % len(self.there)], "delete")

    @precondition(lambda self: self.world.versions)
    @rule(at=chosen)
    def undo(self, at: int) -> None:
        """Delete the newest version of an original, or its newest marker, for good."""
        known = list(self.world.versions)
        self.change(known[at % len(known)], "undo")

    @precondition(lambda self: self.there)
    @rule(at=chosen, to=keys, moved=st.booleans())
    def copy(self, at: int, to: str, moved: bool) -> None:  # noqa: FBT001 - a strategy's value
        """Copy an original to another key, or move it there."""
        key = self.there[at % len(self.there)]
        if key != to and (found := self.world.current(key)):
            self.put(to, found[1])
            if moved:
                self.change(key, "delete")

    @property
    def there(self) -> list[str]:
        """The originals that exist."""
        return [key for key in self.world.versions if self.world.current(key)]

    def change(self, key: str, how: str, content: bytes = b"") -> None:
        """Change one original, if it can be changed so."""
        if how == "put":
            self.put(key, content)
        elif how == "delete" and self.world.current(key):
            self.pending.append(self.world.delete(key))
        elif how == "undo" and self.world.versions.get(key):
            self.pending.append(self.world.undo(key))

    # Events

    @precondition(lambda self: self.pending)
    @rule(at=chosen)
    def deliver(self, at: int) -> None:
        """Deliver any of the pending events."""
        self.attempt(at)

    @rule(key=keys, content=contents, call=st.integers(min_value=1, max_value=12), end=st.sampled_from(ENDS))
    def break_off(self, key: str, content: bytes, call: int, end: str) -> None:
        """Upload, and refuse a call of its delivery, lose its answer, or kill the worker before or after it."""

        def happen() -> None:
            raise KeyboardInterrupt if end.startswith("killed") else StoreUnavailable("503")

        hook = "on_call" if end in {"refused", "killed before"} else "on_answer"
        self.put(key, content)
        self.attempt(-1, **{hook: Strike(at=call, happen=happen)})

    @precondition(lambda self: self.pending)
    @rule(at=chosen, call=chosen, how=st.sampled_from(CHANGES), content=contents)
    def interfere(self, at: int, call: int, how: str, content: bytes) -> None:
        """Change an original during its delivery."""
        key = self.pending[at % len(self.pending)].key
        strike = Strike(at=call, happen=lambda: self.change(key, how, content))
        if self.attempt(at, on_call=strike) and strike.name.startswith(("render", "s3:PutObject")):
            # The worker looks again before it ends: nothing of the old version is public now.
            found = self.world.current(key)
            left = {stored[0] for stored in self.of(key).values()} - ({found[1]} if found else set())
            refuse([f"{key}: {left} is public, {found} is there"] if left else [])

    @precondition(lambda self: self.pending)
    @rule(at=chosen, call=chosen, how=st.sampled_from((None, *CHANGES)), content=contents)
    def deliver_two(self, at: int, call: int, how: str | None, content: bytes) -> None:
        """Let a second worker begin and end within a delivery, perhaps with an event of a change of that moment."""
        key = self.pending[at % len(self.pending)].key

        def happen() -> None:
            if how:
                self.change(key, how, content)
            self.attempt(-1 if how else at)

        self.attempt(at, on_call=Strike(at=call, happen=happen))

    @precondition(lambda self: self.told)
    @rule(at=chosen)
    def come_again(self, at: int) -> None:
        """Deliver an event once more, however late: a duplicate, or a redriven dead letter."""
        self.pending.append(self.told[at % len(self.told)])

    @precondition(lambda self: any(key == LEASE for _, key in self.world.table))
    @rule()
    def lapse(self) -> None:
        """Let the leases of killed workers end."""
        self.world.lapse()

    def attempt(self, at: int, **hooks: Callable[[str], None]) -> ObjectEvent | None:
        """Deliver an event; return it if it has ended well. One that failed stays pending."""
        if not self.pending:
            return None
        world, event = self.world, self.pending.pop(at % len(self.pending))
        before = world.on_call, world.on_answer
        quiet: Callable[[str], None] = lambda _: None  # noqa: E731
        world.on_call, world.on_answer = hooks.get("on_call", quiet), hooks.get("on_answer", quiet)
        try:
            world.process(event, RECIPES[self.recipe])
        except (LeaseHeld, StoreUnavailable, KeyboardInterrupt):
            self.pending.append(event)
            return None
        finally:
            world.on_call, world.on_answer = before
        self.told.append(event)
        return event

    # The backend, and the operators

    @rule(photo_id=photos, status=st.sampled_from((None, *STATUSES)), number=chosen)
    def write_fields(self, photo_id: str, status: str | None, number: int) -> None:
        """Write fields of the backend's own, and a status; one of ours that comes late is repaired."""
        own = {"title": f"title {number}", "video_url": f"https://video/{number}", "video_bytes": number}
        before = self.world.records.get(photo_id, {})
        self.backend.fields[photo_id] = own
        self.world.records[photo_id] = {"id": photo_id, **before, **own, **({"status": status} if status else {})}
        record = PhotoRecord(id=photo_id, item=self.world.records[photo_id])
        if status and status != before.get("status"):
            # A photo that is deleted already cannot be deleted by the backend: its record would be the same.
            self.backend.statuses[photo_id] = (status_before(record) or "active") if is_tombstone(record) else status
        if status or not before:
            self.repair(photo_id)

    @rule(photo_id=photos, whole=st.booleans())
    def forget(self, photo_id: str, whole: bool) -> None:  # noqa: FBT001 - a strategy's value
        """Delete the record, or write it as a whole without what we wrote."""
        for known in (self.backend.statuses, self.backend.fields, self.world.records):
            known.pop(photo_id, None)
        if whole:
            self.write_fields(photo_id, "pending", 0)
        else:
            self.repair(photo_id)

    def repair(self, photo_id: str) -> None:
        """Send all originals of a photo, as the reconciler does for a record that differs."""
        there = [key for key in self.world.versions if ObjectKey(key).photo_id == photo_id]
        self.pending += [hint_for(key) for key in there]

    @rule(number=st.sampled_from(range(len(RECIPES))))
    def deploy(self, number: int) -> None:
        """Deploy another recipe, and send everything through the backfill lane."""
        if number != self.recipe:
            self.recipe = number
            self.pending += [hint_for(key) for key in self.world.versions]

    @rule(gallery=galleries, profile=profiles)
    def choose(self, gallery: str, profile: str) -> None:
        """Choose a profile for a gallery, then plan a backfill: send what its items say to be due."""
        world = self.world
        world.chosen[gallery] = profile
        recipe = world.pipeline(RECIPES[self.recipe]).converger.recipes.profiles.orders[profile].hash
        for key in self.there:
            row = world.table.get((ObjectKey(key).photo_id, key))
            if ObjectKey(key).gallery == gallery and (row is None or row.get("recipe") != recipe):
                self.pending.append(hint_for(key))

    @precondition(lambda self: self.there)
    @rule(at=chosen, call=chosen, first=profiles, second=profiles | st.none())
    def choose_meanwhile(self, at: int, call: int, first: str, second: str | None) -> None:
        """Choose a profile, and another one while an original is rendered by the first; None: the one of before."""
        key = self.there[at % len(self.there)]
        gallery = ObjectKey(key).gallery
        before = self.world.chosen.get(gallery, "")
        self.world.chosen[gallery] = first
        self.pending.append(hint_for(key))
        strike = Strike(at=call, happen=lambda: self.choose(gallery, before if second is None else second))
        self.attempt(-1, on_call=strike)
        if not strike.name:
            self.choose(gallery, first)

    # Judgement

    @invariant()
    def fields_of_the_backend_stay(self) -> None:
        """Nothing that the backend wrote has changed."""
        records = self.world.records
        refuse(
            f"{photo_id}: {own} has changed"
            for photo_id, own in self.backend.fields.items()
            if not own.items() <= records.get(photo_id, {}).items()
        )

    @invariant()
    def each_outcome_is_announced_once(self) -> None:
        """Each write of a record tells a new outcome, by the next number, or leaves what was told as it is."""
        for before, after in self.world.stream[self.streamed :]:
            refuse(misannounced(before.get(EVENT) or {}, after.get(EVENT) or {}))
        self.streamed = len(self.world.stream)

    @invariant()
    def view(self) -> None:
        """Let the CDN cache everything that is public now, after it has forgotten what it was told to forget."""
        world = self.world
        for tag in world.invalidated[self.forgotten :]:
            self.cached.pop(tag, None)
            self.addresses.pop(tag, None)
        self.forgotten = len(world.invalidated)
        for key, (data, stamp) in world.renditions.items():
            tag = stamp.cache_tag.partition(",")[0]
            self.cached.setdefault(tag, set()).add(data)
            self.addresses.setdefault(tag, set()).add(key)

    @rule()
    def rest(self) -> None:
        """Deliver everything that is left; then the state must be the calm one, whatever came before."""
        self.world.lapse()
        for _ in range(len(self.pending)):
            self.attempt(0)
        refuse(f"{event} can never be delivered" for event in self.pending)
        self.view()
        self.judge()

    def teardown(self) -> None:
        """Let every story end at rest, and all of its events come once more."""
        try:
            self.rest()
            before = essence(self.world, exact=True)
            for event in self.told:
                self.world.process(event, RECIPES[self.recipe])
            if before != essence(self.world, exact=True):
                refuse(["an event that came again has changed something"])
        finally:
            self.inline.stop()

    def judge(self) -> None:
        """Compare with the calm world, and look at what that cannot show."""
        world, calm = self.world, self.calm()
        refuse(one for one in world.violations() if not self.is_out_of_reach(one))
        refuse(differences(calm, world))
        refuse(
            f"{photo_id} is {own_status(world, photo_id)}, expected {expected}"
            for photo_id in world.records
            if own_status(world, photo_id) != (expected := self.status_of(photo_id, own_status(calm, photo_id)))
        )
        refuse(
            f"{photo_id} has announced {told}, expected {expected}"
            for photo_id, row in world.records.items()
            if (expected := outcome_in(row)) and expected != (told := last_told(row))
        )
        refuse(
            f"{photo_id} shows {shown}, expected {newest}"
            for photo_id, row in world.records.items()
            if (newest := self.newest(photo_id)) and newest != (shown := row.get("original_key"))
        )
        for key in world.versions:
            found = world.current(key)
            kept = self.cached.get(ObjectKey(key).photo_tag, set()) - ({found[1]} if found else set())
            refuse([f"{key}: the CDN still serves {kept}"] if kept else [])
            # Another recipe leaves copies at plain addresses, another profile none at all.
            dead = self.addresses.get(ObjectKey(key).photo_tag, set()) - world.renditions.keys()
            if not world.chosen.get(ObjectKey(key).gallery):
                dead = {one for one in dead if VERSIONED.search(one)}
            refuse([f"{key}: the CDN still serves {dead}"] if dead else [])

    def is_out_of_reach(self, violation: str) -> bool:
        """Return whether it is the claim of a worker that died before the keys became readable again (ADR 39)."""
        return RECIPES[self.recipe].key_style == "readable" and OPAQUE_CLAIM.match(violation) is not None

    def newest(self, photo_id: str) -> str | None:
        """Return the original that the record must show: the newest that can be rendered, else the newest."""
        there = [(key, self.world.current(key)) for key in self.world.versions if key != SIDECAR]
        return max(
            ((one[1] in GOOD, one[2], key) for key, one in there if one and ObjectKey(key).photo_id == photo_id),
            default=(False, "", None),
        )[2]

    def status_of(self, photo_id: str, follows: Any) -> Any:
        """Return the status that a record must have: what *follows* from its originals, or what the backend wrote."""
        theirs = self.backend.statuses.get(photo_id)
        moved_on = theirs not in OURS and follows != DELETED
        return theirs if follows is None or moved_on else follows

    def calm(self) -> World:
        """Make a world that has seen the originals that are left, and the backend's fields, and nothing else."""
        rows = {one: {"id": one, **self.backend.fields.get(one, {})} for one in self.world.records}
        calm = World(
            versions={key: list(versions) for key, versions in self.world.versions.items()},
            records=rows,
            profiles=PROFILES,
            chosen=dict(self.world.chosen),
        )
        for key in sorted(calm.versions):
            calm.process(hint_for(key), RECIPES[self.recipe])
        return calm

    def of(self, key: str) -> Mapping[str, Any]:
        """Return the renditions that are tagged with an original."""
        tag = ObjectKey(key).cache_tags()
        return {one: stored for one, stored in self.world.renditions.items() if stored[1].cache_tag == tag}


def refuse(wrong: Iterable[str]) -> None:
    """Fail with what is wrong."""
    if found := list(wrong):
        raise AssertionError("\n".join(found))


def hint_for(key: str) -> ObjectEvent:
    """Ask for a look at *key*."""
    return ObjectEvent(change=ObjectChange.CREATED, bucket=ORIGINALS, key=key)
