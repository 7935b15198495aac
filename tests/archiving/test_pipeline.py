"""Archives over moto: whose photos are in them, and that they end whole whatever happens on the way."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random
from typing import Any, cast
from zipfile import ZipFile

import pytest

from processor.archiving import making
from processor.archiving.making import MOST_RESTARTS
from processor.archiving.pipeline import WAIT_S, ArchivePipeline
from processor.archiving.selection import Selection
from processor.archiving.zip_file import MIB
from processor.aws.archive_files import ArchiveFiles
from processor.aws.archives import Archives, ArchiveWork
from processor.aws.clients import sqs_client
from processor.aws.objects import BucketListing, ObjectStreams
from processor.aws.photo_scans import PhotoBatches, TableReader
from processor.aws.queues import Queue
from processor.budget import Budget
from processor.editing.pipeline import MAX_DELIVERIES
from processor.edits.archive import Archive, ArchiveEnding, ArchiveId, ArchiveOrder, ArchiveOutcome, ArchiveStatus
from processor.edits.job import ArchiveJob
from processor.edits.session import LONGEST_S
from processor.errors import StoreUnavailable, TransientError
from processor.keys import rendition_key, rendition_url
from tests.factories.darkroom import AMPLE, CDN_HOST, ORIGINALS, RENDITIONS, TABLE, open_darkroom, shared
from tests.factories.edits import NOW_MS, RESULTS, SESSIONS, USER, create_sessions_table
from tests.factories.stores import Fault, Killed, Request, Wire, after, first, killed, once, refused

GALLERY = "weddings/smith"
PART = 16 << 10
UUID = "7f0e1b1c-1111-4222-8333-444455556666"


@dataclass
class Room:
    """The stores of archives, and a pipeline over them. *now_ms*: stands still until a test moves it."""

    s3: Wire
    dynamodb: Wire
    sqs: Wire
    queue_url: str
    now_ms: int = NOW_MS
    line: ArchivePipeline = field(init=False)

    def __post_init__(self) -> None:
        """Put the parts together as ``processor.archiving.assembly`` does, with smaller parts."""
        s3, dynamodb = cast("Any", self.s3), cast("Any", self.dynamodb)
        self.line = ArchivePipeline(
            archives=ArchiveWork(dynamodb=dynamodb, table=SESSIONS, now_ms=lambda: self.now_ms),
            files=ArchiveFiles(s3=s3, bucket=RESULTS),
            selection=Selection(
                originals=BucketListing(s3=s3, bucket=ORIGINALS),
                records=PhotoBatches(reader=TableReader(dynamodb=dynamodb, table=TABLE)),
                renditions_bucket=RENDITIONS,
            ),
            streams=lambda bucket: ObjectStreams(s3=s3, bucket=bucket),
            queue=Queue(sqs=cast("Any", self.sqs), url=self.queue_url),
            days=7,
            sizes=lambda _: PART,
            now_s=lambda: self.now_ms / 1000,
        )

    def photo(self, key: str, data: bytes = b"a photo", *, user: str = USER, **fields: Any) -> str:
        """Upload a photo with its record, and a small rendition of it; return its key."""
        self.s3.client.put_object(Bucket=ORIGINALS, Key=key, Body=data)
        gallery, _, file = key.rpartition("/")
        rendition = rendition_key(gallery, file.rpartition(".")[0], "small", "jpg")
        self.s3.client.put_object(Bucket=RENDITIONS, Key=rendition, Body=b"small " + data[:20])
        record = {
            "id": UUID if file.startswith(UUID) else key,
            "user_id": user,
            "status": "active",
            "original_key": key,
            "small_url": rendition_url(CDN_HOST, rendition, "v1"),
        }
        item = {name: {"S": value} for name, value in {**record, **fields}.items()}
        self.dynamodb.client.put_item(TableName=TABLE, Item=item)
        return key

    def order(self, size: str = "originals", *, name: str = "the-only-archive", **order: Any) -> Archive:
        """Ask for an archive as the API does: of the gallery, or as *order* says. *name*: in its id."""
        order = order or {"gallery": GALLERY}
        archive = Archive(
            id=ArchiveId.of(USER, name),
            user_id=USER,
            order=ArchiveOrder(size=size, **order),
            status=ArchiveStatus.PROCESSING,
            created_at=self.now_ms,
            expires_at=self.now_ms // 1000 + 86400,
        )
        assert self.items.create(archive)
        return archive

    @property
    def items(self) -> Archives:
        """Use the archives as the API does."""
        return Archives(dynamodb=cast("Any", self.dynamodb), table=SESSIONS, now_ms=lambda: self.now_ms)

    def work(self, archive: Archive, budget: Budget = AMPLE, *, attempts: int = 1) -> ArchiveOutcome:
        """Deliver the archive's job."""
        return self.line.process(ArchiveJob(archive_id=str(archive.id)), budget, attempts=attempts)

    def found(self, archive: Archive) -> Archive:
        """Look at an archive."""
        found = self.items.find(archive.id)
        assert found
        return found

    def content(self, archive: Archive) -> dict[str, bytes]:
        """Unpack the file of a complete archive."""
        found = self.found(archive)
        assert (ArchiveStatus.COMPLETE, None) == (found.status, found.failure)
        data = self.s3.client.get_object(Bucket=RESULTS, Key=archive.id.file)["Body"].read()
        assert len(data) == found.size_bytes
        with ZipFile(io.BytesIO(data)) as read:
            assert read.testzip() is None
            return {name: read.read(name) for name in read.namelist()}

    def messages(self) -> list[tuple[str, str]]:
        """Take the messages out of the queue; those that are delayed are not there yet."""
        found = self.sqs.client.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages", [])
        return [(next(iter(json.loads(one["Body"]))), json.loads(one["Body"]).get("archive", "")) for one in found]

    def unfinished(self) -> int:
        """Count the uploads that were neither completed nor aborted."""
        return len(self.s3.client.list_multipart_uploads(Bucket=RESULTS).get("Uploads", []))


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """Return empty stores. S3 takes no parts below 5 MiB; here it takes small ones."""
    monkeypatch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", PART)
    with open_darkroom(versioned=False) as stores:
        create_sessions_table(stores.dynamodb.client)
        stores.s3.client.create_bucket(Bucket=RESULTS)
        sqs = Wire(shared(sqs_client))
        url = sqs.client.create_queue(QueueName="jobs")["QueueUrl"]
        yield Room(s3=stores.s3, dynamodb=stores.dynamodb, sqs=sqs, queue_url=url)


def for_one_part(room: Room) -> Budget:
    """Return the budget of an invocation whose time is over when it has stored one more part."""
    before = room.s3.calls.count("upload_part")
    return Budget(seconds_left=lambda: 20.0 if room.s3.calls.count("upload_part") > before else 300.0, memory_mib=2048)


def large(seed: int) -> bytes:
    """Make content of which a part takes two and a bit, no two alike."""
    return Random(seed).randbytes((7 << 10) + seed)  # noqa: S311 - content of a file


def test_a_gallery_is_packed_as_it_was_uploaded(room: Room) -> None:
    """All of the user's originals below it, under their names; no other user's, no sidecar, no deleted photo."""
    room.photo(f"{GALLERY}/IMG_1.CR3", b"raw")
    room.photo(f"{GALLERY}/party/Küss.jpg", b"kiss")
    room.photo(f"{GALLERY}/theirs.jpg", user="somebody else")
    room.photo(f"{GALLERY}/gone.jpg", status="deleted")
    room.photo("weddings/smithson/other.jpg")
    room.s3.client.put_object(Bucket=ORIGINALS, Key=f"{GALLERY}/IMG_1.xmp", Body=b"<x/>")
    archive = room.order()

    assert ArchiveEnding.COMPLETE is room.work(archive).ending
    assert {"IMG_1.CR3": b"raw", "party/Küss.jpg": b"kiss"} == room.content(archive)
    found = room.found(archive)
    assert (2, 2, 0) == (found.files, found.total, found.left_out)
    assert NOW_MS // 1000 + 7 * 86400 == found.expires_at
    disposition = room.s3.client.head_object(Bucket=RESULTS, Key=archive.id.file)["ContentDisposition"]
    assert disposition.startswith('attachment; filename="smith originals.zip"')


def test_a_size_is_packed_under_the_names_of_the_photos(room: Room) -> None:
    """A photo that is not rendered in this size is named, with the reason, in the archive itself."""
    room.photo(f"{GALLERY}/IMG_1.CR3", b"one")
    room.photo(f"{GALLERY}/{UUID}.heic", b"two")
    room.photo(f"{GALLERY}/failed.jpg", status="failed", small_url="")
    archive = room.order("small")
    room.work(archive)

    content = room.content(archive)
    note = content.pop("left-out.txt")
    assert {"IMG_1.jpg": b"small one", f"{UUID}.jpg": b"small two"} == content
    assert b"failed.jpg: The photo is not rendered in this size.\n" == note
    assert (2, 3, 1) == ((found := room.found(archive)).files, found.total, found.left_out)


def test_single_photos_are_packed_by_their_ids(room: Room) -> None:
    """From several galleries, under their whole names; an id that is not the user's is named, with the reason."""
    room.photo(f"{GALLERY}/IMG_1.jpg", b"one")
    room.photo(f"paris/{UUID}.jpg", b"two")
    room.photo("paris/theirs.jpg", user="somebody else")
    archive = room.order(photos=(f"{GALLERY}/IMG_1.jpg", UUID, "paris/theirs.jpg"))
    room.work(archive)

    content = room.content(archive)
    assert b"paris/theirs.jpg: There is no such photo of yours.\n" == content.pop("left-out.txt")
    assert {f"{GALLERY}/IMG_1.jpg": b"one", f"paris/{UUID}.jpg": b"two"} == content


def test_photos_have_the_names_that_their_photographers_gave_them(room: Room) -> None:
    """Backends store uploads under ids; the name is in the record. A second file of the photo keeps its own."""
    room.photo(f"{GALLERY}/party/{UUID}.CR3", b"raw", filename="../IMG_7.CR3")
    room.s3.client.put_object(Bucket=ORIGINALS, Key=f"{GALLERY}/party/{UUID}.xmp", Body=b"<x/>")
    originals, small = room.order(), room.order("small", name="of-a-small-size-0")
    room.work(originals)
    room.work(small)

    assert {"party/IMG_7.CR3": b"raw", f"party/{UUID}.xmp": b"<x/>"} == room.content(originals)
    assert {"party/IMG_7.jpg": b"small raw"} == room.content(small)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("../../etc/passwd.jpg", "_/_/etc/passwd.jpg"),
        ("a:b|c?.jpg", "a-b-c-.jpg"),
        ("back\\slash.jpg", "back-slash.jpg"),
        ("bell\x07.jpg", "bell-.jpg"),
        ("e\u0301t\u00e9.jpg", "\u00e9t\u00e9.jpg"),
        ("dots.../end.jpg", "dots/end.jpg"),
    ],
)
def test_no_name_leads_out_of_the_folder_or_stops_an_unpacker(room: Room, key: str, name: str) -> None:
    """A key may be any text; a name in the ZIP is one that Windows, macOS and Linux all take."""
    room.photo(f"{GALLERY}/{key}", b"x")
    archive = room.order()
    room.work(archive)

    assert {name: b"x"} == room.content(archive)


def test_names_that_a_system_takes_for_the_same_get_numbers(room: Room) -> None:
    """Windows and macOS do not tell capitals from small letters."""
    for number, key in enumerate(("IMG.jpg", "img.JPG", "Img.jpg")):
        room.photo(f"{GALLERY}/{key}", b"%d" % number)
    archive = room.order()
    room.work(archive)

    assert {"IMG.jpg": b"0", "Img (2).jpg": b"2", "img (3).JPG": b"1"} == room.content(archive)


def fail_of(room: Room, archive: Archive) -> tuple[str, str]:
    """Return code and sentence of a failed archive."""
    assert ArchiveEnding.FAILED is room.work(archive).ending
    found = room.found(archive)
    assert (ArchiveStatus.ERROR, 0) == (found.status, room.unfinished())
    assert found.failure
    return found.failure.code, found.failure.message


def test_what_cannot_be_packed_says_why(room: Room) -> None:
    """No photo of the user; no photo of this size; a prefix that never holds photos; more than one archive takes."""
    room.photo(f"{GALLERY}/theirs.jpg", user="somebody else")
    code, sentence = fail_of(room, room.order())
    assert ("SOURCE_FAILED", True) == (code, "no photos of yours in the gallery 'weddings/smith'" in sentence)

    room.photo("paris/1.jpg")
    code, sentence = fail_of(room, room.order("huge", name="of-another-size-", gallery="paris"))
    assert ("INVALID_INPUT", True) == (code, sentence.endswith("expected originals, small."))

    code, _ = fail_of(room, room.order("small", name="of-our-own-prefix", gallery="renditions/paris"))
    assert "INVALID_INPUT" == code


def test_more_photos_than_an_archive_takes_are_refused(room: Room) -> None:
    """Before anything is read."""
    for number in range(3):
        room.photo(f"{GALLERY}/{number}.jpg")
    room.line = replace(room.line, selection=replace(room.line.selection, most=2))

    assert "TOO_MANY_IMAGES" == fail_of(room, room.order())[0]


def packed(room: Room, photos: int = 6) -> dict[str, bytes]:
    """Upload photos that fill several parts; return what must be in their archive."""
    files = {f"{number}.jpg": large(number) for number in range(photos)}
    for name, data in files.items():
        room.photo(f"{GALLERY}/{name}", data)
    return files


def test_an_invocation_that_ends_hands_on_to_the_next(room: Room) -> None:
    """Each works until its time is over; the file is the same as from one invocation."""
    files = packed(room)
    archive = room.order()
    endings = [room.work(archive, for_one_part(room)).ending for _ in range(3)]

    assert [ArchiveEnding.CONTINUED, ArchiveEnding.CONTINUED, ArchiveEnding.COMPLETE] == endings
    assert [("archive", str(archive.id))] * 2 == room.messages()
    assert files == room.content(archive)


def answer_lost_and_killed(_: dict[str, Any], send: Request) -> Any:
    """Do what was asked, and die before the answer."""
    send()
    raise Killed


@pytest.mark.parametrize(("fault", "memory_mib"), [(killed, 0), (answer_lost_and_killed, 64)])
def test_a_worker_may_die_at_any_request(
    room: Room, monkeypatch: pytest.MonkeyPatch, memory_mib: int, fault: Fault
) -> None:
    """The message is delivered again, and the archive ends whole, whichever request was the last one.

    Photos that do not fit into memory are read twice, and one that is stored in part is written on.
    """
    monkeypatch.setattr(making, "IN_MEMORY_BYTES", memory_mib * MIB)
    files, moments = packed(room), 0
    for operation in ("create_multipart_upload", "put_object", "upload_part", "complete_multipart_upload"):
        for number in count():
            archive = room.order(name=f"killed-at-{operation}-{number}")
            room.s3.faults = {operation: after(number, fault)}
            try:
                room.work(archive)
                break  # there are no more requests of this kind
            except Killed:
                moments += 1
            room.s3.faults = {}
            room.work(archive, attempts=2)
            assert (operation, number, files) == (operation, number, room.content(archive))

    # One upload of three parts; the list of photos; the state at the beginning and after each part but the last.
    assert 1 + 3 + 1 + 1 + 3 == moments


@pytest.mark.parametrize("operation", ["get_object", "put_object", "upload_part", "complete_multipart_upload"])
def test_a_store_that_fails_is_asked_again(room: Room, operation: str) -> None:
    """The job comes again; nothing is recorded as a failure of the archive."""
    files, archive = packed(room, 4), room.order()
    room.s3.faults = {operation: once(refused("SlowDown", 503))}
    with pytest.raises(TransientError):
        room.work(archive)

    assert ArchiveStatus.PROCESSING is room.found(archive).status
    assert ArchiveEnding.COMPLETE is room.work(archive, attempts=2).ending
    assert files == room.content(archive)


def test_two_workers_do_not_get_in_each_others_way(room: Room) -> None:
    """The second finds the archive held: its message waits, and ends when there is nothing left to do."""
    files, archive = packed(room, 3), room.order()
    waited: list[ArchiveOutcome] = []
    room.s3.faults = {"upload_part": once(first(lambda: waited.append(room.work(archive))))}
    room.sqs.faults = {"send_message": lambda asked, send: (delays.append(asked["DelaySeconds"]), send())}
    delays: list[int] = []

    assert ArchiveEnding.COMPLETE is room.work(archive).ending
    assert ([ArchiveEnding.WAITS], [WAIT_S]) == ([one.ending for one in waited], delays)
    assert files == room.content(archive)
    assert ArchiveEnding.SETTLED is room.work(archive).ending


def test_a_worker_that_was_given_up_too_early_spoils_nothing(room: Room) -> None:
    """It wakes up after another has taken over, and finds the state replaced; the file is whole."""
    files, archive = packed(room), room.order()

    def overtaken(asked: dict[str, Any], send: Request) -> Any:
        assert ArchiveEnding.COMPLETE is room.work(archive, attempts=2).ending
        return refused("NoSuchUpload", 404)(asked, send)  # moto has a KeyError there

    room.s3.faults = {"upload_part": after(1, overtaken)}
    with pytest.raises(StoreUnavailable):
        room.work(archive)

    assert files == room.content(archive)
    assert ArchiveEnding.SETTLED is room.work(archive, attempts=3).ending


def test_a_photo_that_changes_half_way_begins_the_file_anew(room: Room) -> None:
    """Its first half is stored already: the ZIP would hold a photo of two halves."""
    files, archive = packed(room, 4), room.order()
    room.s3.faults = {"upload_part": after(1, killed)}  # within the last photo but one
    with pytest.raises(Killed):
        room.work(archive)
    room.s3.faults = {}
    half = next(name for name in files if stored_in_part(room, archive) == name)
    files[half] = b"another photo"
    room.photo(f"{GALLERY}/{half}", files[half])

    assert ArchiveEnding.CONTINUED is room.work(archive, attempts=2).ending
    assert ArchiveEnding.COMPLETE is room.work(archive).ending
    assert files == room.content(archive)
    assert 0 == room.unfinished()


def test_photos_that_change_again_and_again_end_the_archive(room: Room) -> None:
    """Each time, S3 has other parts than those that the state names: three new beginnings are enough."""
    packed(room, 4)
    archive = room.order()
    room.s3.faults = {"complete_multipart_upload": refused("InvalidPart")}
    endings = [room.work(archive).ending for _ in range(MOST_RESTARTS + 1)]

    assert [ArchiveEnding.CONTINUED] * MOST_RESTARTS + [ArchiveEnding.FAILED] == endings
    found = room.found(archive).failure
    assert found
    assert "The photos changed again and again." in found.message
    assert 0 == room.unfinished()


def test_a_photo_that_is_too_large_is_left_out(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """And when it is the only one, there is no archive."""
    monkeypatch.setattr(making, "LARGEST_BYTES", 8)
    room.photo(f"{GALLERY}/large.jpg", b"nine byte")
    code, sentence = fail_of(room, room.order())
    room.photo(f"{GALLERY}/small.jpg", b"eight by")
    archive = room.order(name="of-both-photos-00")
    room.work(archive)

    reason = "It is too large: expected at most 8 bytes, found 9."
    assert ("SOURCE_FAILED", f"None of the photos can be read. The first, 'large.jpg': {reason}") == (code, sentence)
    assert {"small.jpg": b"eight by", "left-out.txt": f"large.jpg: {reason}\n".encode()} == room.content(archive)


def test_progress_is_reported_by_the_clock_too(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gallery that fills less than a part would jump from nothing to its end."""
    monkeypatch.setattr(making, "REPORT_S", 0.0)
    for number in range(3):
        room.photo(f"{GALLERY}/{number}.jpg")
    archive, seen = room.order(), list[int]()

    def look(_: dict[str, Any], send: Request) -> Any:
        seen.append(room.found(archive).files)
        return send()

    room.dynamodb.faults = {"update_item": look}
    room.work(archive)

    assert {0, 1, 2, 3} == set(seen)


def test_an_invocation_that_ends_within_a_large_photo_hands_on(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stops between two chunks; the next one writes the photo on from its stored part."""
    monkeypatch.setattr(making, "IN_MEMORY_BYTES", 0)
    data = Random(7).randbytes(3 * MIB)  # noqa: S311 - content of a file
    room.photo(f"{GALLERY}/large.tif", data)
    archive, before = room.order(), room.s3.calls.count("upload_part")
    over = Budget(seconds_left=lambda: 10.0 if room.s3.calls.count("upload_part") > before else 300.0, memory_mib=2048)

    assert ArchiveEnding.CONTINUED is room.work(archive, over).ending
    assert ArchiveEnding.COMPLETE is room.work(archive).ending
    assert {"large.tif": data} == room.content(archive)


def stored_in_part(room: Room, archive: Archive) -> str:
    """Return the name of the file that the stored parts hold in part."""
    state = json.loads(room.s3.client.get_object(Bucket=RESULTS, Key=archive.id.state)["Body"].read())
    assert 1 == len(state["parts"])
    return state["entries"][-1]["name"]


def test_a_photo_that_is_deleted_meanwhile_is_left_out(room: Room) -> None:
    """And one that cannot be read, as it is in an archive of S3: each with its reason."""
    for name in ("a", "b", "c"):
        room.photo(f"{GALLERY}/{name}.jpg", name.encode())
    archive = room.order()

    def glacier(asked: dict[str, Any], send: Request) -> Any:
        if asked["Key"].endswith("b.jpg"):
            return refused("InvalidObjectState", 403)(asked, send)
        if asked["Key"].endswith("c.jpg"):
            room.s3.client.delete_object(Bucket=ORIGINALS, Key=asked["Key"])
        return send()

    room.s3.faults = {"get_object": glacier}
    room.work(archive)

    content = room.content(archive)
    note = content.pop("left-out.txt").decode()
    assert {"a.jpg": b"a"} == content
    assert "b.jpg: The picture's file is archived or encrypted" in note
    assert "c.jpg: It was deleted or replaced meanwhile." in note


def test_a_cancelled_archive_leaves_no_parts(room: Room) -> None:
    """The worker finds out at the next part, and removes what it has stored."""
    packed(room)
    archive = room.order()
    room.s3.faults = {"upload_part": once(first(lambda: room.items.cancel(archive.id)))}

    assert ArchiveEnding.SETTLED is room.work(archive).ending
    assert (ArchiveStatus.CANCELLED, 0) == (room.found(archive).status, room.unfinished())
    assert ArchiveEnding.SETTLED is room.work(archive).ending


def test_an_archive_is_given_up_after_too_many_deliveries(room: Room) -> None:
    """Its user does not wait for ever, and the message becomes a dead letter."""
    room.photo(f"{GALLERY}/1.jpg")
    archive = room.order()

    assert ArchiveEnding.GAVE_UP is room.work(archive, attempts=MAX_DELIVERIES).ending
    found = room.found(archive).failure
    assert found
    assert "INTERNAL_ERROR" == found.code
    assert ArchiveEnding.SETTLED is room.work(archive, attempts=MAX_DELIVERIES).ending


def test_an_archive_that_takes_too_long_ends(room: Room) -> None:
    """As an edit does."""
    packed(room)
    archive = room.order()
    room.work(archive, for_one_part(room))
    room.now_ms += (LONGEST_S + 1) * 1000

    assert ("PROCESSING_TIMEOUT", True) == ((found := fail_of(room, archive))[0], "within 3 hours" in found[1])


def test_a_message_about_no_archive_is_settled(room: Room) -> None:
    """Whatever somebody sends to the queue."""
    for text in ("", "arc_1", str(ArchiveId.of(USER, "never-asked-for-this"))):
        assert ArchiveEnding.SETTLED is room.line.process(ArchiveJob(archive_id=text), AMPLE).ending
