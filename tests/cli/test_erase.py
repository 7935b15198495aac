"""``darkroom erase``: what goes, what stays, what the proof says, and bad input."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import pytest
from click.testing import CliRunner, Result

from darkroom.cli import cli
from processor.aws.archives import Archives
from processor.aws.attributes import to_item
from processor.aws.galleries import Galleries
from processor.cli import erase as command
from processor.edits.archive import Archive, ArchiveId, ArchiveOrder, ArchiveStatus
from processor.edits.names import result_key, session_tag, slot_key, user_tag
from processor.edits.session import SessionImage, SessionStatus
from processor.errors import StoreUnavailable, UsageError
from processor.keys import ObjectKey, StemStyle
from processor.ops.erase import run as running
from tests.factories.darkroom import CDN_HOST, ITEMS, ORIGINALS, RENDITIONS, TABLE
from tests.factories.edits import NOW_MS, RESULTS, SESSIONS, SessionStore, create_sessions_table
from tests.factories.operating import Operation
from tests.factories.stores import first, once, refused

U = "3f2a1b4c-0d9e-4a77-8c11-2b5d6e7f8a90"
PLAIN, PAIR, SIDE = "wedding/a b+1.jpg", f"wedding/{U}.jpg", f"wedding/{U}.xmp"
NESTED, ODD = "wedding/raw/c.CR2", "wedding/../d.jpg"
OTHER = "wedding2/e.jpg"
KINDS = (
    *("versions of originals", "unfinished uploads", "renditions", "items of originals", "photo records"),
    *("edit sessions", "edit results", "upload slots", "files of archives", "unfinished archives"),
    "addresses at the CDN",
)


@dataclass
class FakeTime:
    """A clock that only sleeping moves. *meanwhile*: happens during the first sleep."""

    meanwhile: Callable[[], None] | None = None
    waits: list[float] = field(default_factory=list[float])

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.waits.append(seconds)
        happening, self.meanwhile = self.meanwhile, None
        if happening:
            happening()

    def monotonic(self) -> float:
        """Return the time, s."""
        return sum(self.waits)


@pytest.fixture
def house(operation: Operation, monkeypatch: pytest.MonkeyPatch) -> Operation:
    """Return a stack with a results bucket and a sessions table; the CDN shows what its buckets hold."""
    s3: Any = operation.darkroom.s3.client
    s3.create_bucket(Bucket=RESULTS)
    s3.put_bucket_versioning(Bucket=RESULTS, VersioningConfiguration={"Status": "Enabled"})
    create_sessions_table(operation.darkroom.dynamodb.client)
    operation.settings += f"    edits: {{results_bucket: {RESULTS}, sessions_table: {SESSIONS}}}\n"
    operation.stack.write_text(operation.settings)
    operation.distribution_id = "E2EXAMPLE"
    operation.darkroom.cloudfront.faults["create_invalidation"] = lambda _, __: {}

    def head(address: str) -> int:
        assert address.startswith(f"https://{CDN_HOST}/")
        key = unquote(urlsplit(address).path[1:])
        bucket = RENDITIONS if key.startswith("renditions/") else RESULTS
        return 200 if "Contents" in s3.list_objects_v2(Bucket=bucket, Prefix=key) else 403

    monkeypatch.setattr(command, "head", head)
    monkeypatch.setattr(command, "time", FakeTime())
    return operation


def sessions(house: Operation) -> SessionStore:
    """Use the sessions table."""
    return SessionStore(dynamodb=house.darkroom.dynamodb)


def show(house: Operation, *keys: str) -> None:
    """Upload photos, and render them."""
    for key in keys:
        house.darkroom.process(house.darkroom.upload(key))


def edit(house: Operation, url: str, *, user: str = "ana", tagged: bool = True, **more: Any) -> str:
    """Store a session that edits *url*, and its result; return the session's id."""
    session = sessions(house).start(SessionImage(id="i", url=url), user_id=user, **more)
    tags = {"cache-tag": f"{session_tag(session.session_id)},{user_tag(user)}"} if tagged else {}
    key = result_key(session.session_id, "i", "photo", "webp")
    house.darkroom.s3.client.put_object(Bucket=RESULTS, Key=key, Body=b"edited", Metadata=tags)
    return session.session_id


def versions(house: Operation, bucket: str) -> list[str]:
    """List the keys of all versions and markers of a bucket."""
    answer = house.darkroom.s3.client.list_object_versions(Bucket=bucket)
    return sorted(one["Key"] for kind in ("Versions", "DeleteMarkers") for one in answer.get(kind, []))


def everything(house: Operation) -> dict[str, Any]:
    """Read all stores whole."""
    tables = {name: house.darkroom.dynamodb.client.scan(TableName=name)["Items"] for name in (TABLE, ITEMS, SESSIONS)}
    # A bucket may have the name of a table.
    buckets = {f"s3 {name}": versions(house, name) for name in (ORIGINALS, RENDITIONS, RESULTS)}
    return {name: sorted(map(str, found)) for name, found in (tables | buckets).items()}


def erased(house: Operation, *args: str) -> dict[str, Any]:
    """Erase without a question; return the proof."""
    done = house.run("erase", *args, "--yes", "--json")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return json.loads(done.stdout) | {"exit_code": done.exit_code, "stderr": done.stderr}


@pytest.fixture
def wedding(house: Operation) -> Operation:
    """Return a stack with a gallery in which everything has happened, and another beside it."""
    darkroom = house.darkroom
    show(house, OTHER)
    show(house, PLAIN, PAIR, NESTED, ODD)
    darkroom.upload(SIDE)
    darkroom.process(darkroom.upload(PLAIN, b"another version"))
    darkroom.process(darkroom.upload("wedding/gone.jpg"))
    darkroom.process(darkroom.removal("wedding/gone.jpg"))
    darkroom.put_record(id="7d1f0a52-3c4b-4d5e-9f60-718293a4b5c6", gallery_id="wedding", status="pending")
    s3 = darkroom.s3.client
    s3.create_multipart_upload(Bucket=ORIGINALS, Key="wedding/half.jpg")
    s3.put_object(Bucket=RENDITIONS, Key="renditions/wedding/orphan_small.jpg", Body=b"whose?")
    return house


def test_a_gallery_goes_whole_and_nothing_else(house: Operation, wedding: Operation) -> None:
    """Versions, markers, uploads, renditions, items, records, sessions and results; the neighbour stays as it was."""
    show(house, OTHER)
    kept = edit(house, f"photo://{OTHER}")
    first_edit = edit(house, f"photo://{PLAIN}")
    again = edit(house, f"https://{CDN_HOST}/edits/{first_edit}/i/photo.webp")
    by_address = edit(house, f"https://{CDN_HOST}/renditions/wedding/raw/c_small.jpg?v=1", user="ben")

    proof = erased(house, "--gallery", "wedding")

    assert (0, True, {}) == (proof["exit_code"], proof["complete"], proof["failed"]), proof
    assert dict.fromkeys(KINDS, 0) == proof["left"]
    # PLAIN has two versions, gone.jpg one and a marker; four sizes of each photo, and the orphan.
    assert (8, 1, 17) == tuple(proof["found"][name] for name in KINDS[:3])
    assert (6, 3, 3) == tuple(proof["found"][name] for name in ("photo records", "edit sessions", "edit results"))
    left = everything(house)
    assert [OTHER, OTHER] == versions(house, ORIGINALS)
    assert {"renditions/wedding2/e_small.jpg"} < set(versions(house, RENDITIONS))
    assert [] == [line for lines in left.values() for line in lines if "wedding/" in line or U in line]
    assert not [
        line
        for line in left[SESSIONS] + left[f"s3 {RESULTS}"]
        for one in (first_edit, again, by_address)
        if one in line
    ]
    assert kept in str(left[SESSIONS])
    assert kept in str(left[f"s3 {RESULTS}"])
    assert "active" == (house.darkroom.record(OTHER) or {})["status"]


def pack(house: Operation, user: str, name: str, *keys: str, item: bool = True, **order: Any) -> ArchiveId:
    """Store an archive as its worker leaves it: its item, the list of its photos, its file and another's beginning."""
    archive_id = ArchiveId.of(user, name)
    if item:
        store = Archives(dynamodb=cast("Any", house.darkroom.dynamodb), table=SESSIONS)
        wanted = ArchiveOrder(size="originals", **order)
        known: Any = {"user_id": user, "status": ArchiveStatus.COMPLETE, "created_at": NOW_MS}
        assert store.create(Archive(id=archive_id, order=wanted, expires_at=NOW_MS // 1000 + 9, **known))
    s3 = house.darkroom.s3.client
    if keys:
        listed = {"bucket": ORIGINALS, "files": [{"name": key, "key": key} for key in keys]}
        s3.put_object(Bucket=RESULTS, Key=archive_id.photos, Body=json.dumps(listed))
        s3.put_object(Bucket=RESULTS, Key=archive_id.file, Body=b"PK")
    s3.create_multipart_upload(Bucket=RESULTS, Key=archive_id.file)
    return archive_id


def traces_of(house: Operation, archive_id: ArchiveId) -> list[str]:
    """Name what is stored of an archive."""
    uploads = house.darkroom.s3.client.list_multipart_uploads(Bucket=RESULTS).get("Uploads", [])
    lines = [*(line for lines in everything(house).values() for line in lines), *(one["Key"] for one in uploads)]
    return [line for line in lines if archive_id.name in line]


def test_archives_with_a_photo_of_the_gallery_go(house: Operation, wedding: Operation) -> None:
    """Of whomever, asked for by the gallery or by a photo, also when their item has expired; others stay."""
    gone = [
        pack(house, "ana", "of-the-gallery-00000", PLAIN, gallery="wedding"),
        pack(house, "ana", "not-begun-0000000000", gallery="wedding"),
        pack(house, "ben", "of-a-gallery-below-0", NESTED, gallery="wedding/raw"),
        pack(house, "ben", "of-single-photos-000", OTHER, PLAIN, photos=(OTHER, PLAIN)),
        pack(house, "ben", "single-not-begun-000", photos=(PLAIN,)),
        pack(house, "ana", "expired-000000000000", PLAIN, item=False),
    ]
    kept = pack(house, "ana", "of-another-gallery-0", OTHER, gallery="wedding2")
    proof = erased(house, "--gallery", "wedding")

    assert (0, True) == (proof["exit_code"], proof["complete"]), proof
    assert (8, 6) == tuple(proof["found"][name] for name in ("files of archives", "unfinished archives"))
    assert [] == [line for one in gone for line in traces_of(house, one)]
    assert 4 == len(traces_of(house, kept))


def test_archives_of_a_user_go(house: Operation) -> None:
    """All of them, also when their item has expired; another user's stay, though they hold the same photo."""
    show(house, PLAIN)
    gone = [
        pack(house, "ana", "of-the-gallery-00000", PLAIN, gallery="wedding"),
        pack(house, "ana", "expired-000000000000", PLAIN, item=False),
    ]
    kept = pack(house, "ben", "of-the-gallery-of-ben", PLAIN, gallery="wedding")
    proof = erased(house, "--user", "ana")

    assert (0, True) == (proof["exit_code"], proof["complete"]), proof
    assert [] == [line for one in gone for line in traces_of(house, one)]
    assert 4 == len(traces_of(house, kept))


@pytest.mark.parametrize("scope", [("--gallery", "wedding"), ("--user", "ana")])
def test_files_with_codes_and_the_choice_of_a_profile_go_too(house: Operation, scope: tuple[str, str]) -> None:
    """Opaque keys need the stack's secret to be made, not to be found; a choice goes with its gallery."""
    darkroom, plain = house.darkroom, house.darkroom.line
    opaque = replace(plain.converger, stems=StemStyle(lambda: "a secret"))
    darkroom.line = replace(plain, converger=opaque)
    for key in (PLAIN, PAIR):
        darkroom.process(darkroom.upload(key))
    darkroom.line = plain
    show(house, OTHER)
    for photo_id in (PLAIN, U):
        darkroom.put_record(**(darkroom.record(photo_id) or {}), user_id="ana")
    galleries = Galleries(dynamodb=darkroom.dynamodb.client, table=ITEMS)
    for gallery in ("wedding", "wedding/raw", "wedding2"):
        galleries.choose(gallery, "proof")
    assert all(re.search("-[0-9a-f]{24}_", key) for key in versions(house, RENDITIONS) if "wedding/" in key)

    proof = erased(house, *scope)

    assert (0, True) == (proof["exit_code"], proof["complete"]), proof
    assert [] == [key for store in (ORIGINALS, RENDITIONS) for key in versions(house, store) if "wedding/" in key]
    chosen = [galleries.profile(gallery) for gallery in ("wedding", "wedding/raw", "wedding2")]
    assert (["", "", "proof"] if scope[0] == "--gallery" else ["proof"] * 3) == chosen
    claims = [line for line in everything(house)[ITEMS] if "stem/" in line]
    assert all("wedding2/" in line for line in claims)


def test_late_events_of_an_erased_photo_leave_no_trace(house: Operation) -> None:
    """Uploads, overwrites and deletions that were still in a queue, in any order, and again."""
    darkroom = house.darkroom
    events = [darkroom.upload(PLAIN), darkroom.upload(PAIR), darkroom.upload(PLAIN, b"new")]
    darkroom.process(events[0])
    assert 0 == erased(house, "--gallery", "wedding")["exit_code"]
    nothing = everything(house)

    for event in (*events, darkroom.removal(PLAIN), *reversed(events)):
        darkroom.process(event)
    house.darkroom.s3.client.delete_object(Bucket=ORIGINALS, Key=PLAIN, VersionId=darkroom.versions[-1])

    assert nothing == everything(house)
    assert [] == nothing[ITEMS] + nothing[TABLE]


def test_a_plan_changes_nothing(wedding: Operation) -> None:
    """It prints what was found."""
    before = everything(wedding)

    done = wedding.run("erase", "--gallery", "wedding", "--plan", "--json")

    assert 0 == done.exit_code
    found = json.loads(done.stdout)
    assert ("wedding", 8, 17) == (
        found["gallery"],
        found["found"]["versions of originals"],
        found["found"]["renditions"],
    )
    assert before == everything(wedding)
    said = wedding.run("erase", "--gallery", "wedding", "--plan").stdout
    assert "gallery 'wedding' of stack test: nothing was erased." in said


def test_a_photo_that_was_moved_shows_the_original_that_stays(house: Operation) -> None:
    """The record is the photo's, not the gallery's; its own attributes stay."""
    house.darkroom.put_record(id=U, gallery_id="wedding", title="The kiss", s3_key=PAIR)
    show(house, PAIR)
    moved = f"party/{U}.jpg"
    show(house, moved, PAIR)

    assert 0 == erased(house, "--gallery", "wedding")["exit_code"]

    record = house.darkroom.record(U) or {}
    assert (moved, "active", "The kiss") == tuple(record[name] for name in ("original_key", "status", "title"))
    assert {key for key in versions(house, RENDITIONS) if key.endswith("_small.jpg")} == {
        f"renditions/party/{U}_small.jpg"
    }
    assert [moved] == versions(house, ORIGINALS)


def test_a_user_goes_whole_and_no_other_user(house: Operation) -> None:
    """Photos by their record, in every gallery; edits by session, and by tag when the session has expired."""
    darkroom, store = house.darkroom, sessions(house)
    for key, user in ((PLAIN, "ana"), (NESTED, "ben"), (PAIR, "ana")):
        darkroom.put_record(id=ObjectKey(key).photo_id, user_id=user, status="pending", gallery_id="wedding")
        show(house, key)
    show(house, f"party/{U}.CR2")
    darkroom.upload(SIDE)
    own, old, expired = edit(house, "https://example.com/a.jpg"), edit(house, PLAIN, tagged=False), edit(house, PLAIN)
    darkroom.dynamodb.client.delete_item(TableName=SESSIONS, Key={"sessionId": {"S": expired}})
    bens = edit(house, f"photo://{NESTED}", user="ben")
    for user in ("ana", "ben"):
        store.limits.count(user, "write", limit=9)
        store.limits.reserve(user, own if user == "ana" else bens, limit=9)
        store.keys.remember(user, "k", body=b"{}", session_id=own if user == "ana" else bens)
        darkroom.s3.client.put_object(Bucket=RESULTS, Key=slot_key(user, "s" * 24), Body=b"mine")

    proof = erased(house, "--user", "ana")

    assert (0, dict.fromkeys(KINDS, 0)) == (proof["exit_code"], proof["left"]), proof
    assert (4, 3, 1) == tuple(proof["found"][name] for name in ("versions of originals", *KINDS[6:8]))
    left = everything(house)
    assert [NESTED] == versions(house, ORIGINALS)
    assert {"renditions/wedding/raw/c"} == {key.rpartition("_")[0] for key in versions(house, RENDITIONS)}
    assert [slot_key("ben", "s" * 24)] == [key for key in versions(house, RESULTS) if key.startswith("uploads/")]
    assert not [line for lines in left.values() for line in lines if any(one in line for one in (own, old, expired, U))]
    assert 4 == len(left[SESSIONS]), "ben's session, request count, running sessions and idempotency key"
    assert "ben" == (darkroom.record(NESTED) or {})["user_id"]


def test_what_a_worker_renders_meanwhile_is_erased_too(house: Operation) -> None:
    """An upload that arrives after the first look, and is rendered before the second."""
    show(house, PLAIN)

    def upload() -> None:
        house.darkroom.s3.faults.pop("delete_object")
        show(house, "wedding/late.jpg")

    house.darkroom.s3.faults["delete_object"] = first(upload)
    proof = erased(house, "--gallery", "wedding")

    assert (0, dict.fromkeys(KINDS, 0)) == (proof["exit_code"], proof["left"])
    assert [] == versions(house, ORIGINALS) + versions(house, RENDITIONS)


def test_the_lease_of_a_worker_is_waited_for(house: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    """The photo is rendered to its end, and what was made of it goes."""
    event = house.darkroom.upload(PLAIN)
    table = house.darkroom.line.table
    lease = table.acquire(PLAIN, PLAIN, seconds=300)

    def done() -> None:
        table.release(lease)
        house.darkroom.process(event)

    clock = FakeTime(meanwhile=done)
    monkeypatch.setattr(command, "time", clock)
    proof = erased(house, "--gallery", "wedding")

    assert (0, dict.fromkeys(KINDS, 0)) == (proof["exit_code"], proof["left"])
    assert running.HELD_AGAIN_S == clock.waits[0]
    assert 4 == proof["removed"]["renditions"]


def test_a_running_edit_is_cancelled_first(house: Operation) -> None:
    """Its worker stores nothing more; the session goes last, since its results are found by it."""
    show(house, PLAIN)
    session_id = edit(house, f"photo://{PLAIN}", status=SessionStatus.PROCESSING)
    seen: list[str] = []

    def look() -> None:
        house.darkroom.s3.faults.pop("delete_object")
        seen.append(str((sessions(house).item(session_id) or {})["status"]))

    house.darkroom.s3.faults["delete_object"] = first(look)

    assert 0 == erased(house, "--gallery", "wedding")["exit_code"]
    assert ["cancelled"] == seen


def test_erased_sessions_do_not_keep_their_user_from_editing(house: Operation) -> None:
    """They are no longer counted among the running ones, and their ids are nowhere."""
    show(house, PLAIN, OTHER)
    ids = [edit(house, f"photo://{key}", status=SessionStatus.PROCESSING) for key in (PLAIN, OTHER)]
    for one in ids:
        sessions(house).limits.reserve("ana", one, limit=2)

    assert 0 == erased(house, "--gallery", "wedding")["exit_code"]

    assert ids[0] not in str(everything(house)[SESSIONS])
    sessions(house).limits.reserve("ana", "ses_new", limit=2)


def after_removal_of(house: Operation, address: dict[str, str], happening: Callable[[], object]) -> None:
    """Let something happen once, just after the item with this primary key was removed."""
    waiting = [happening]

    def delete(arguments: dict[str, Any], send: Callable[[], Any]) -> Any:
        answer = send()
        if waiting and arguments["Key"] == to_item(address):
            waiting.pop()()
        return answer

    house.darkroom.dynamodb.faults["delete_item"] = delete


def test_a_result_that_comes_after_its_session_went_is_found(house: Operation) -> None:
    """By the id of the session, which no store knows any more."""
    show(house, PLAIN)
    session_id = edit(house, f"photo://{PLAIN}")
    key = result_key(session_id, "j", "late", "webp")
    s3 = house.darkroom.s3.client
    after_removal_of(house, {"sessionId": session_id}, lambda: s3.put_object(Bucket=RESULTS, Key=key, Body=b"late"))

    proof = erased(house, "--gallery", "wedding")

    assert (0, 2) == (proof["exit_code"], proof["removed"]["edit results"])
    assert [] == versions(house, RESULTS)


def test_an_original_that_comes_after_its_record_went_is_found(house: Operation) -> None:
    """By its key, which no record names any more."""
    house.darkroom.put_record(id=U, user_id="ana", status="pending", gallery_id="wedding")
    show(house, PAIR)
    after_removal_of(house, {"id": U}, lambda: house.darkroom.upload(PAIR, b"once more"))

    proof = erased(house, "--user", "ana")

    assert (0, 2) == (proof["exit_code"], proof["removed"]["versions of originals"])
    assert [] == versions(house, ORIGINALS)


def test_a_photo_that_cannot_be_erased_is_named_and_the_others_go(house: Operation) -> None:
    """A lock, a policy or an outage: exit code 1, what is left, and what to do."""
    show(house, PLAIN, NESTED)
    send = refused("AccessDenied", 403)

    def locked(arguments: dict[str, Any], request: Callable[[], Any]) -> Any:
        return send(arguments, request) if arguments["Key"] == PLAIN else request()

    house.darkroom.s3.faults["delete_object"] = locked
    proof = erased(house, "--gallery", "wedding")

    assert (1, False) == (proof["exit_code"], proof["complete"])
    assert 1 == proof["left"]["versions of originals"]
    assert "received AccessDenied" in proof["failed"][PLAIN]
    assert f"left: versions of originals: {PLAIN!r}" in proof["stderr"]
    assert "run the command again" in proof["stderr"]
    house.darkroom.s3.faults.clear()
    assert 0 == erased(house, "--gallery", "wedding")["exit_code"]
    assert [] == versions(house, ORIGINALS) + everything(house)[ITEMS]


@pytest.mark.parametrize("call", ["list_object_versions", "delete_object", "head_object"])
def test_a_run_that_died_is_finished_by_the_next(wedding: Operation, call: str) -> None:
    """Whatever was the last thing done; leases that it held are found in doubt."""
    number = iter(range(1000))

    def die(_: dict[str, Any], send: Callable[[], Any]) -> Any:
        if next(number) == 3:
            raise KeyboardInterrupt
        return send()

    wedding.darkroom.s3.faults[call] = die
    died = wedding.run("erase", "--gallery", "wedding", "--yes")
    assert isinstance(died.exception, (KeyboardInterrupt, SystemExit)) or died.exit_code, died.output
    wedding.darkroom.s3.faults.clear()

    proof = erased(wedding, "--gallery", "wedding")

    assert (0, dict.fromkeys(KINDS, 0)) == (proof["exit_code"], proof["left"]), proof
    assert [] == [line for lines in everything(wedding).values() for line in lines if "wedding/" in line]


def invalidated(house: Operation) -> list[list[str]]:
    """Return the list to which each later invalidation adds its tags."""
    asked: list[list[str]] = []

    def note(arguments: dict[str, Any], _: object) -> Any:
        assert "E2EXAMPLE" == arguments["DistributionId"]
        asked.append(arguments["InvalidationBatch"]["Paths"]["Items"])
        return {}

    house.darkroom.cloudfront.faults["create_invalidation"] = note
    return asked


def test_copies_at_the_cdn_are_invalidated_by_tag(house: Operation) -> None:
    """The photo's own tag, and those of its edits; a gallery with ten photos or more by one tag."""
    show(house, PLAIN)
    session_id = edit(house, f"photo://{PLAIN}")
    asked = invalidated(house)
    assert 0 == erased(house, "--gallery", "wedding")["exit_code"]
    show(house, *(f"party/{number}.jpg" for number in range(10)))
    assert 0 == erased(house, "--gallery", "party")["exit_code"]

    gallery = ObjectKey("party/0.jpg").cache_tags().partition(",")[2]
    assert [[f"#{ObjectKey(PLAIN).photo_tag}"], [f"#{session_tag(session_id)}"], [f"#{gallery}"]] == asked


def test_a_photo_that_was_not_invalidated_stays_in_doubt(house: Operation) -> None:
    """Its lease is not released, so the next run invalidates it although nothing else is left."""
    show(house, PLAIN)
    house.darkroom.cloudfront.faults["create_invalidation"] = refused("Throttling")
    assert isinstance(house.run("erase", "--gallery", "wedding", "--yes").exception, StoreUnavailable)
    assert [] == versions(house, ORIGINALS)
    asked = invalidated(house)

    proof = erased(house, "--gallery", "wedding")

    assert (0, 1, 1) == (proof["exit_code"], *(proof[one]["items of originals"] for one in ("found", "removed")))
    assert [[f"#{ObjectKey(PLAIN).photo_tag}"]] == asked
    assert [] == everything(house)[ITEMS]


def test_copies_at_the_cdn_that_stay_are_an_error(house: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    """An invalidation that did nothing is found by asking."""
    show(house, PLAIN)
    monkeypatch.setattr(command, "head", lambda _: 200)

    proof = erased(house, "--gallery", "wedding")

    assert (1, 4) == (proof["exit_code"], proof["left"]["addresses at the CDN"])
    assert f"left: addresses at the CDN: https://{CDN_HOST}/renditions/wedding/" in proof["stderr"]


def test_a_cdn_that_does_not_answer_proves_nothing(house: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer is not the answer that nothing is there."""

    def head(_: str) -> int:
        raise ConnectionRefusedError

    show(house, PLAIN)
    monkeypatch.setattr(command, "head", head)

    assert 1 == erased(house, "--gallery", "wedding")["exit_code"]


def test_an_outage_before_the_first_look_is_one_line(house: Operation) -> None:
    """Nothing has been removed yet."""
    house.darkroom.dynamodb.faults["scan"] = once(refused("AccessDenied", 403))

    assert isinstance(house.run("erase", "--gallery", "wedding", "--yes").exception, StoreUnavailable)


def answered(house: Operation, typed: str, *args: str) -> Result:
    """Run the command and type an answer."""
    where = ["--stack", str(house.stack)]
    return CliRunner().invoke(cli, ["erase", *args, *where], input=typed, standalone_mode=False)


def test_the_name_confirms(house: Operation) -> None:
    """As it was given; the table and the question are on standard error."""
    show(house, PLAIN)

    done = answered(house, "wedding\n", "--gallery", "/wedding/")

    assert 0 == done.exit_code, done.exception
    assert "To be erased for good: gallery 'wedding' of stack test." in done.stderr
    assert [] == versions(house, ORIGINALS)


@pytest.mark.parametrize("typed", ["yes\n", "Wedding\n", "\n"])
def test_another_name_erases_nothing(house: Operation, typed: str) -> None:
    """One has to mean it."""
    show(house, PLAIN)

    found = answered(house, typed, "--gallery", "wedding").exception

    assert isinstance(found, UsageError)
    assert str(found) == (f"name of the gallery: found {typed.strip()!r}, expected 'wedding'; nothing was erased")
    assert [PLAIN] == versions(house, ORIGINALS)


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ((), "--gallery, --user: found neither, expected one of them"),
        (("--gallery", "a", "--user", "b"), "--gallery and --user: found both, expected one of them"),
        (("--gallery", ""), "--gallery: found '', expected the part of the keys before the last slash"),
        (("--gallery", "//"), "--gallery: found '', expected the part of the keys before the last slash"),
        (
            ("--gallery", "x" * 1024),
            f"--gallery: found {'x' * 80!r}, expected the part of the keys before the last slash",
        ),
        (
            ("--gallery", "renditions/a"),
            "--gallery: found 'renditions/a', expected a gallery; originals never lie below this prefix",
        ),
        (("--user", " "), "--user: found ' ', expected the id of a user, the `sub` of the tokens"),
    ],
)
def test_bad_input_is_one_line_and_erases_nothing(house: Operation, args: tuple[str, ...], text: str) -> None:
    """Before anything is looked at."""
    found = house.run("erase", *args, "--yes").exception

    assert isinstance(found, UsageError)
    assert text == str(found)


def test_odd_items_of_adopted_tables_break_nothing(house: Operation) -> None:
    """Attributes of any type, by our names."""
    show(house, PLAIN)
    house.darkroom.put_record(id="odd", gallery_id=7, original_key=["wedding/x"], s3_key=None, user_id=True)
    odd = {"sessionId": "ses_odd", "images": "wedding", "plan": "{", "status": 7, "session": ["x"]}
    house.darkroom.dynamodb.client.put_item(TableName=SESSIONS, Item=to_item(odd))

    assert 0 == erased(house, "--gallery", "wedding")["exit_code"]
    assert 0 == erased(house, "--user", "wedding")["exit_code"]
    assert 1 == len(everything(house)[TABLE])
    assert 1 == len(everything(house)[SESSIONS])
