"""One photo, several originals: moves, pairs, sidecars, deletions at any moment, and the backend meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import permutations

import pytest

from processor.aws.originals_table import STEM
from processor.errors import LeaseHeld, RecordMissing, StoreUnavailable
from processor.keys import ObjectKey, Skip, path_of
from processor.recipe import Recipe, Size
from processor.upload.outcome import Result
from testkit.memory_stores import World

U = "3f2a1b4c-0d9e-4a77-8c11-2b5d6e7f8a90"
G1, G2 = f"g1/{U}.jpg", f"g2/{U}.jpg"
RAW, JPEG = f"w/{U}.CR2", f"w/{U}.jpg"
A, B = "w/IMG_1.CR2", "w/IMG_1.JPG"


@pytest.fixture
def world() -> Iterator[World]:
    """Give empty stores; in the end nothing may be left that is not as it must be."""
    world = World()
    yield world
    assert [] == world.violations()


def once(name: str, happening: Callable[[], object]) -> Callable[[str], None]:
    """Let something else happen before the first call whose name begins with *name*."""
    waiting = [happening]

    def on_call(call: str) -> None:
        if waiting and call.startswith(name):
            waiting.pop()()

    return on_call


def shown(world: World, photo_id: str = U) -> tuple[object, object]:
    """Return the status of a record and the original that it shows."""
    record = world.records[photo_id]
    return record["status"], record["original_key"]


def size(name: str, world: World, photo_id: str = U) -> str:
    """Return the path of a size's rendition as the record has it."""
    url = str(world.records[photo_id][f"{name}_url"])
    return url.removeprefix("https://cdn.example.com/").partition("?")[0]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_photo_that_is_moved_is_shown_where_it_is_now(world: World, order: tuple[int, int]) -> None:
    """A1: copy to g2, delete g1. The deletion is quick and often comes first."""
    world.process(world.put(G1))
    events = world.put(G2), world.delete(G1)

    for index in order:
        world.process(events[index])

    assert ("active", G2) == shown(world)
    for event in (*events, *events):
        assert Result.UNCHANGED == world.process(event).result


def test_a_deletion_that_comes_while_the_copy_is_rendered_waits_for_it(world: World) -> None:
    """A1: both are the same photo, and one worker at a time works on it."""
    world.process(world.put(G1))
    copy, deletion = world.put(G2), world.delete(G1)
    held: list[object] = []

    def delete() -> None:
        with pytest.raises(LeaseHeld) as refusal:
            world.process(deletion)
        held.append(refusal.value)

    world.on_call = once("render", delete)
    world.process(copy)
    world.process(deletion)

    assert 1 == len(held)
    assert ("active", G2) == shown(world)


def test_a_jpeg_that_is_replaced_by_a_heic_of_the_same_id_is_shown(world: World) -> None:
    """A1: another extension is another key."""
    jpeg, heic = f"w/{U}.jpg", f"w/{U}.heic"
    world.process(world.put(jpeg))

    for event in (world.delete(jpeg), world.put(heic)):
        world.process(event)

    assert ("active", heic) == shown(world)


@pytest.mark.parametrize("gone", [RAW, JPEG])
def test_when_one_of_a_pair_goes_the_record_shows_the_other(world: World, gone: str) -> None:
    """A2: RAW and JPEG under one id; a tombstone only when none is left."""
    for key in (RAW, JPEG):
        world.process(world.put(key))
    assert ("active", JPEG) == shown(world), "the one that changed last"

    world.process(world.delete(gone))

    left = RAW if gone == JPEG else JPEG
    assert ("active", left) == shown(world)
    assert {world.renditions[size("small", world)][0]} == {b"a photo"}
    world.process(world.delete(left))
    assert ("deleted", left) == shown(world)


def test_a_duplicate_of_the_first_event_changes_nothing(world: World) -> None:
    """A3: each original keeps its renditions, whichever the record shows."""
    first, second = world.put(G1), world.put(G2)
    for event in (first, second):
        world.process(event)
    before = dict(world.renditions)

    assert Result.UNCHANGED == world.process(first).result

    assert (before, []) == (world.renditions, world.invalidated)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_every_order_of_two_uploads_and_two_deletions_leaves_nothing_public(order: tuple[int, ...]) -> None:
    """A4: late deletions, before or after anything of the other key."""
    world = World()
    for key in (G1, G2):
        world.process(world.put(key))
    events = [world.put(G1), world.put(G2), world.delete(G1), world.delete(G2)]

    for index in order:
        world.process(events[index])

    assert ([], {}) == (world.violations(), world.renditions)
    assert "deleted" == world.records[U]["status"]


def test_a_job_over_both_originals_of_a_photo_changes_nothing(world: World) -> None:
    """A5: three times, in both orders; nothing is rendered again."""
    events = [world.put(G1), world.put(G2)]
    for event in events:
        world.process(event)
    world.calls.clear()

    results = {world.process(event).result for event in (*events, *reversed(events), *events)}

    assert {Result.UNCHANGED} == results
    assert not [call for call in world.calls if call.startswith(("render", "s3:PutObject"))]
    assert ("active", G2) == shown(world)


@pytest.mark.parametrize("row", [None, {"id": A, "status": "pending", "title": "late confirm"}])
def test_a_create_of_a_deleted_original_only_cleans_up(world: World, row: dict[str, object] | None) -> None:
    """B1: the tombstone is gone, and an event of weeks ago is redriven; its version can still be read."""
    created = world.put(A)
    world.process(created)
    world.process(world.delete(A))
    world.table.clear()  # its item has expired too
    world.records = {A: row} if row else {}

    assert Result.DELETED == world.process(created).result

    assert {} == world.renditions
    assert ("deleted" if row else None) == world.records.get(A, {}).get("status")


def test_a_create_of_an_old_version_renders_the_current_one(world: World) -> None:
    """B1: an event only says where to look."""
    old = world.put(A, b"old")
    world.put(A, b"new")

    world.process(old)

    assert {b"new"} == {data for data, _ in world.renditions.values()}


@pytest.mark.parametrize(("content", "status"), [(b"broken", "failed"), (b"a photo", "active")])
@pytest.mark.parametrize("late", ["pending", "processing"])
def test_a_status_that_the_backend_sets_late_heals(world: World, content: bytes, status: str, late: str) -> None:
    """B2: the client confirms its upload after the photo has ended; the next event of any kind repairs it."""
    event = world.put(A, content)
    world.process(event)
    before = dict(world.records[A])
    world.records[A]["status"] = late

    world.process(event)

    assert (status, before) == (world.records[A]["status"], world.records[A])


def test_fields_of_the_backend_stay(world: World) -> None:
    """B3: also those that end like ours, when sizes go and when the photo goes."""
    own = {"original_url": "https://app/o", "original_bytes": 123, "original_width": 1, "original_height": 2}
    own |= {"video_url": "https://v", "video_bytes": 5, "avatar_url": "https://a", "title": "x", "width_note": "w"}
    world.records[A] = {"id": A, "status": "pending", **own}

    event = world.put(A)
    world.process(event)
    world.process(event, Recipe(sizes={"small": Size(width=8, height=8)}))
    assert {"small_url", "small_thumb_url"} == {name for name in world.records[A] if name.endswith("_url")} - own.keys()
    world.process(world.delete(A))

    assert own.items() <= world.records[A].items()
    assert {"id", "status", "original_key", "deleted_at"} == world.records[A].keys() - own.keys()


def test_what_the_backend_wrote_under_our_names_stays_until_we_render(world: World) -> None:
    """B3, B5: a width that a client declared, a camera and an error as texts."""
    declared = {"width": 100, "camera": "Nikon D750", "format": "jpg"}
    world.records[A] = {"id": A, "status": "pending", "error": "upload timed out", **declared}

    world.process(world.put(A, b"broken"))

    assert declared.items() <= world.records[A].items()
    assert "CORRUPT" == world.records[A]["error"]["code"]


@pytest.mark.parametrize("quick", [True, False])
def test_a_broken_file_over_a_photo_leaves_nothing_of_the_photo(world: World, quick: bool) -> None:  # noqa: FBT001
    """C1: deleted, and a broken file uploaded at the same key: what was shown before is gone, in both orders."""
    world.process(world.put(A, b"secret"))
    deletion, upload = world.delete(A), world.put(A, b"broken")

    for event in (upload, deletion) if quick else (deletion, upload):
        world.process(event)

    assert ({}, "failed") == (world.renditions, world.records[A]["status"])
    assert not [name for name in world.records[A] if name.endswith("_url")]
    assert world.invalidated


@pytest.mark.parametrize("change", ["delete", "overwrite", "delete and upload"])
def test_copies_of_the_cdn_go_with_what_they_show(world: World, change: str) -> None:
    """C2: also when a deletion and a new upload are seen as one change."""
    world.process(world.put(A, b"secret"))
    events = [world.delete(A)] if "delete" in change else []
    events += [] if change == "delete" else [world.put(A, b"new")]

    for event in events:
        world.process(event)

    assert 1 == len(world.invalidated)


def test_an_invalidation_that_fails_is_made_up_for(world: World) -> None:
    """C2: even when a new upload comes before the deletion is tried again."""
    world.process(world.put(A, b"secret"))
    deletion = world.delete(A)

    def throttled() -> None:
        raise StoreUnavailable("sqs:SendMessage: throttled")

    world.on_call = once("sqs:SendMessage", throttled)
    with pytest.raises(StoreUnavailable):
        world.process(deletion)
    assert [] == world.invalidated

    world.process(world.put(A, b"new"))
    world.process(deletion)

    assert world.invalidated


def test_another_recipe_invalidates_nothing(world: World) -> None:
    """C8: its addresses are new; a backfill of a gallery must not cost an invalidation each."""
    event = world.put(A)
    world.process(event)

    assert Result.RENDERED == world.process(event, Recipe(formats=("jpeg", "webp"))).result

    assert [] == world.invalidated


@pytest.mark.parametrize("died", ["render", "s3:PutObject", "dynamodb:PutItem w/IMG_1.CR2", "dynamodb:Query"])
def test_a_deletion_after_a_death_removes_what_no_item_names(world: World, died: str) -> None:
    """C4, C6: whatever recipe the dead worker had."""
    other = Recipe(sizes={**Recipe().sizes, "huge": Size(width=9000, height=9000)})
    event = world.put(A)
    world.on_answer = once(died, kill)
    with pytest.raises(KeyboardInterrupt):
        world.process(event, other)
    world.on_answer = lambda _: None
    deletion = world.delete(A)
    with pytest.raises(LeaseHeld):
        world.process(deletion)

    world.lapse()
    world.process(deletion)

    assert {} == world.renditions


def test_a_version_taken_back_after_a_death_is_purged(world: World) -> None:
    """It was public for a while, at the addresses of the version before it."""
    world.process(world.put(A, b"one"))
    replacement = world.put(A, b"two")
    world.on_answer = once("s3:PutObject", kill)
    with pytest.raises(KeyboardInterrupt):
        world.process(replacement)
    world.on_answer = lambda _: None
    world.invalidated.clear()

    world.lapse()
    world.process(world.undo(A))

    assert [ObjectKey(A).photo_tag] == world.invalidated


def test_a_deletion_that_a_new_upload_overtakes_is_purged(world: World) -> None:
    """The deletion removed what a dead worker had made public; the upload that came meanwhile has no renditions."""
    event = world.put(A)
    world.on_answer = once("s3:PutObject", kill)
    with pytest.raises(KeyboardInterrupt):
        world.process(event)
    world.on_answer = once("s3:DeleteObject", lambda: world.put(A, b"broken"))
    deletion = world.delete(A)

    world.lapse()
    world.process(deletion)

    assert ({}, [ObjectKey(A).photo_tag]) == (world.renditions, world.invalidated)


def kill() -> None:
    """End the process: nothing of ours catches this."""
    raise KeyboardInterrupt


def test_the_second_of_two_originals_with_one_stem_has_one_set_of_renditions(world: World) -> None:
    """C5: also when the first goes while the second is worked on, and then a worker dies."""
    world.process(world.put(A))
    second = world.put(B)
    world.on_call = once("render", lambda: world.process(world.delete(A)))
    world.on_answer = once("s3:PutObject", kill)
    with pytest.raises(KeyboardInterrupt):
        world.process(second)
    world.on_answer = lambda _: None

    world.lapse()
    world.process(second)

    assert 4 == len(world.renditions)
    world.process(world.delete(B))
    assert {} == world.renditions


def test_a_stem_is_free_again_when_its_original_goes(world: World) -> None:
    """D1: also after an upload that was deleted while it was rendered."""
    event = world.put(A)
    world.on_call = once("render", lambda: world.delete(A))
    world.process(event)

    world.process(world.put(B))

    assert "IMG_1" == world.records[B]["stem"]


def test_a_broken_sibling_leaves_the_renditions_of_the_other_alone(world: World) -> None:
    """D2: a verdict belongs to its key."""
    good, broken = world.put(A, b"good"), world.put(B, b"broken")
    for event in (broken, good, broken):
        world.process(event)

    assert ("active", "failed") == (world.records[A]["status"], world.records[B]["status"])


@pytest.mark.parametrize("spelled", [U, U.upper(), U[:8].upper() + U[8:]])
@pytest.mark.parametrize("recorded", [U, U.upper()])
def test_ids_are_found_in_capitals_and_in_small_letters(world: World, spelled: str, recorded: str) -> None:
    """D4: iOS writes UUIDs in capitals, backends often in small letters; there is one record."""
    world.records[recorded] = {"id": recorded, "status": "pending"}

    world.process(world.put(f"w/{spelled}.jpg"))

    assert {recorded: "active"} == {key: row["status"] for key, row in world.records.items()}


def test_a_soft_delete_of_the_backend_stays(world: World) -> None:
    """C9: the original is still there; everything but the status follows it."""
    event = world.put(A)
    world.process(event)
    world.records[A]["status"] = "deleted"

    for again in (event, world.put(A, b"new")):
        world.process(again)

    assert ("deleted", "v2") == (world.records[A]["status"], world.records[A]["source_version"])


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("status", ["approved", "deleted"])
def test_a_move_keeps_the_status_of_the_backend(world: World, order: tuple[int, int], status: str) -> None:
    """C9: also when the deletion comes first, and leaves a tombstone for a moment."""
    world.process(world.put(G1))
    world.records[U]["status"] = status
    events = world.put(G2), world.delete(G1)

    for index in order:
        world.process(events[index])

    assert (status, G2) == shown(world)
    assert not {"status_before", "deleted_at"} & world.records[U].keys()


def test_a_photo_that_comes_back_after_our_tombstone_is_active(world: World) -> None:
    """A tombstone of ours ends with the next upload, and with a deletion that is undone."""
    world.process(world.put(A))
    world.process(world.delete(A))
    world.process(world.undo(A))
    assert ("active", A) == shown(world, A)

    world.process(world.delete(A))
    world.process(world.put(A, b"new"))

    assert ("active", A) == shown(world, A)
    assert "deleted_at" not in world.records[A]


@pytest.mark.parametrize("sidecar", [f"w/{U}.xmp", f"w/{U}.AAE", f"w/{U}_DSC1.jpg.xmp", f"w/{U}.MOV"])
def test_a_sidecar_never_takes_the_record_of_its_photo(world: World, sidecar: str) -> None:
    """Clients 1: nor does its deletion, in any order."""
    world.process(world.put(JPEG))
    before = dict(world.records[U])

    for event in (world.put(sidecar), world.delete(sidecar)):
        assert Result.SKIPPED == world.process(event).result

    assert before == world.records[U]
    world.process(world.delete(JPEG))
    assert "deleted" == world.records[U]["status"]


@pytest.mark.parametrize("call", ["render", "s3:PutObject", "dynamodb:PutItem w", "s3:HeadObject w", "dynamodb:Query"])
def test_a_photo_deleted_while_it_is_rendered_is_public_no_longer_than_its_messages(world: World, call: str) -> None:
    """Clients 2: the worker looks again before it ends, and removes at once what it wrote."""
    event = world.put(A)
    deletions: list[object] = []
    world.on_call = once(call, lambda: deletions.append(world.delete(A)))

    outcome = world.process(event)

    if call not in {"dynamodb:PutItem w", "dynamodb:Query"}:  # after the second look, its own message does it
        assert (Result.DELETED, {}) == (outcome.result, world.renditions)
    world.process(deletions[0])  # type: ignore[arg-type]
    assert {} == world.renditions


@pytest.mark.parametrize(
    ("key", "content", "code"),
    [
        ("w/clip.MOV", b"a film", "SKIPPED_VIDEO"),
        ("w/a.pdf", b"a page", "SKIPPED_PDF"),
        ("w/a.xmp", b"settings", "SKIPPED_SIDECAR"),
        ("w/.DS_Store", b"a folder", "SKIPPED_SIDECAR"),
        ("w/._a.jpg", b"a fork", "SKIPPED_SIDECAR"),
        ("w/a.jpg", b"", "SKIPPED_EMPTY"),
    ],
)
def test_a_record_made_for_a_file_that_is_no_photo_fails_with_the_reason(
    world: World, key: str, content: bytes, code: str
) -> None:
    """Clients 3, 4: it would be pending for ever. Without a record, none is made."""
    event = world.put(key, content)
    assert Result.SKIPPED == world.process(event).result
    assert {} == world.records
    world.records[key] = {"id": key, "status": "pending"}

    assert Result.SKIPPED == world.process(event).result

    record = world.records[key]
    assert ("failed", code, 1) == (record["status"], record["error"]["code"], record["error"]["attempts"])
    world.process(world.delete(key))
    assert "deleted" == world.records[key]["status"]


def test_a_record_of_an_id_fails_only_with_the_file_that_it_names(world: World) -> None:
    """Clients 4: of a film beside a photo that is still to come, nothing is said."""
    world.records[U] = {"id": U, "status": "pending", "s3_key": f"w/{U}.MOV"}
    world.process(world.put(f"w/{U}.MOV"))
    assert ("failed", "SKIPPED_VIDEO") == (world.records[U]["status"], world.records[U]["error"]["code"])

    world.process(world.put(f"w/{U}.HEIC"))

    assert ("active", None) == (world.records[U]["status"], world.records[U].get("error"))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_empty_file_beside_a_broken_one_is_shown_in_any_order(world: World, order: tuple[int, ...]) -> None:
    """The record that the broken file makes shows the newest original, also when that is the empty one."""
    events = [world.put(f"w/{U}.CR2", b"broken"), world.put(f"w/{U}.jpg", b"")]

    for number in order:
        world.process(events[number])

    assert Skip.EMPTY.code == world.records[U]["error"]["code"]


def test_an_empty_file_over_a_photo_ends_with_the_reason(world: World) -> None:
    """Clients 6: the old picture is not shown any longer. An empty object without a record leaves no tombstone."""
    world.process(world.put(A))
    world.process(world.put(A, b""))
    assert ("failed", "SKIPPED_EMPTY") == (world.records[A]["status"], world.records[A]["error"]["code"])
    assert {} == world.renditions

    world.process(world.put("w/empty.jpg", b""))
    world.process(world.delete("w/empty.jpg"))

    assert {A} == world.records.keys()


def test_a_stem_in_the_record_is_where_its_renditions_are(world: World) -> None:
    """Clients 5: `{stem}` of the template; no stem where the template leads nowhere."""
    keys = [A, B, "loose.jpg", "a/../b.jpg", "g/" + "é" * 500 + ".jpg"]
    for key in keys:
        world.process(world.put(key))

    assert ["IMG_1", "IMG_1.JPG", None, None, None] == [world.records[key].get("stem") for key in keys]
    assert f"renditions/w/{world.records[B]['stem']}_small.jpg" == size("small", world, B)


def test_a_record_names_what_a_cookie_must_cover(world: World) -> None:
    """The gallery's folder, escaped, if renditions are signed; none where a cookie would cover other galleries."""
    world.signed = True
    keys = [A, "f/a b/ü*.jpg", "loose.jpg", "a/../b.jpg", "g/" + "é" * 500 + ".jpg"]
    for key in keys:
        world.process(world.put(key))

    cdn = "https://cdn.example.com/renditions"
    expected = [f"{cdn}/w/*", f"{cdn}/f/a%20b/*", None, None, None]
    assert expected == [world.records[key].get("signed_resource") for key in keys]


def test_a_record_follows_when_renditions_become_signed_and_public_again(world: World) -> None:
    """By the next message about the photo; nothing is rendered for it."""
    event = world.put(A)
    world.process(event)
    assert "signed_resource" not in world.records[A]

    for world.signed in (True, False):
        stamps = {key: stored[1] for key, stored in world.renditions.items()}
        assert Result.UNCHANGED == world.process(event).result
        assert world.signed is ("signed_resource" in world.records[A])
        assert stamps == {key: stored[1] for key, stored in world.renditions.items()}


@pytest.mark.parametrize("spoilt", [StoreUnavailable("s3: down"), RecordMissing("none")])
def test_an_error_ends_the_lease_at_once(world: World, spoilt: Exception) -> None:
    """The next delivery need not wait; what may be half done is done again."""
    event = world.put(A)

    def fail() -> None:
        raise spoilt

    world.on_call = once("s3:PutObject renditions/w/IMG_1_small", fail)
    with pytest.raises(type(spoilt)):
        world.process(event)

    assert Result.RENDERED == world.process(event).result


def test_a_record_shows_an_original_without_an_item_until_it_is_known(world: World) -> None:
    """The upgrade: records and renditions of the release before, and the deletion of a copy comes first."""
    for key in (G1, G2):
        world.process(world.put(key))
    world.table.clear()

    world.process(world.delete(G1))

    assert ("active", G2) == shown(world)


def test_renditions_of_another_original_without_an_item_are_not_overwritten(world: World) -> None:
    """The upgrade: the stem was claimed by a manifest, which is not read any longer."""
    first = world.put(A, b"first")
    world.process(first)
    world.table.clear()

    world.process(world.put(B, b"second"))

    assert b"first" == world.renditions["renditions/w/IMG_1_small.jpg"][0]
    assert "IMG_1.JPG" == world.records[B]["stem"]
    world.process(first)


@pytest.mark.parametrize("again", [False, True])
def test_lost_renditions_are_made_again_when_that_is_asked_for(again: bool) -> None:  # noqa: FBT001 - a parameter
    """Repair: an item that is believed, and one that is not."""
    world = World()
    event = world.put(A)
    world.process(event)
    del world.renditions["renditions/w/IMG_1_small.jpg"]

    world.process(replace(event, again=again))

    assert (4 if again else 3) == len(world.renditions)


OPAQUE = Recipe(key_style="opaque")
CODED = re.compile(r"renditions/w/IMG_1-[0-9a-f]{24}_[a-z]+\.jpg")


def test_opaque_keys_hold_a_code_and_stay_the_same(world: World) -> None:
    """For the same original, however often it is rendered; its record leads to its files."""
    world.process(world.put(A), OPAQUE)
    first = set(world.renditions)
    world.process(world.put(A, b"another photo"), OPAQUE)

    assert all(CODED.fullmatch(key) for key in first)
    assert first == set(world.renditions)
    assert f"renditions/w/{world.records[A]['stem']}_small.jpg" == size("small", world, A)


def test_two_originals_with_one_stem_have_two_codes(world: World) -> None:
    """They are claimed as readable stems are."""
    for key in (A, B):
        world.process(world.put(key), OPAQUE)

    assert 8 == len(world.renditions)
    assert world.records[A]["stem"] != world.records[B]["stem"]


@pytest.mark.parametrize("styles", [(None, OPAQUE), (OPAQUE, None)], ids=["readable first", "opaque first"])
def test_another_style_renders_anew_and_removes_the_old_addresses(
    world: World, styles: tuple[Recipe | None, Recipe | None]
) -> None:
    """From the bucket and from the CDN, and frees the stem; the message is that of a backfill."""
    event = world.put(A)
    world.process(event, styles[0])
    before = set(world.renditions)
    assert [] == world.invalidated

    assert Result.RENDERED == world.process(event, styles[1]).result

    assert before.isdisjoint(world.renditions)
    assert 4 == len(world.renditions)
    assert [ObjectKey(A).photo_tag] == world.invalidated
    assert [path_of(next(iter(world.renditions)))] == [path for path, key in world.table if key == STEM]


@pytest.mark.parametrize("later", [None, OPAQUE], ids=["readable", "opaque"])
@pytest.mark.parametrize("died", ["s3:PutObject", "dynamodb:PutItem w/IMG_1.CR2"])
def test_a_deletion_removes_opaque_files_that_no_item_names(world: World, died: str, later: Recipe | None) -> None:
    """A dead worker's are found by their names and tags, also where the secret is gone."""
    event = world.put(A)
    world.on_answer = once(died, kill)
    with pytest.raises(KeyboardInterrupt):
        world.process(event, OPAQUE)
    world.on_answer = lambda _: None
    assert world.renditions
    world.lapse()

    world.process(world.delete(A), later)

    assert {} == world.renditions
