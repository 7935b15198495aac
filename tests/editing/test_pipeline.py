"""The edit story, as its users see it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from processor.editing.outcome import EditEnding
from processor.edits.names import slot_key
from processor.edits.operations.overlay import Watermark
from processor.edits.operations.size import Resize
from processor.edits.operations.turn import Flip, Rotate
from processor.edits.options import EditOptions
from processor.edits.plan import Plan
from processor.edits.session import ImageFailure, ImageStatus, Session, SessionImage, SessionStatus
from processor.errors import EditError
from processor.imaging.edit_model import OutputWish
from tests.factories.darkroom import CDN_HOST, ORIGINALS, RENDITIONS, TABLE
from tests.factories.edits import RESULTS, USER, EditRoom, open_edit_room

SLOT = "slot-of-a-user-0001"


@pytest.fixture
def room() -> Iterator[EditRoom]:
    """Return empty stores and an edit pipeline over them."""
    with open_edit_room() as opened:
        yield opened


def reported(session: Session) -> list[tuple[str, str, int]]:
    """Shorten a session's events: what happened, how far that is."""
    return [
        (event.type, event.progress.status.value if event.progress else "", event.progress.percent)
        if event.progress
        else (event.type, "", 100)
        for event in session.events
    ]


def test_a_job_becomes_a_result(room: EditRoom) -> None:
    """The CDN serves exactly the result that the session describes."""
    image = SessionImage(id="a", url="https://example.com/a.jpg", name="Été 1.jpg", tags=("x", "edited"))
    session = room.begin(image)
    room.editor.during[0] = lambda: room.seconds.__setitem__(0, 1.25)

    outcome = room.process(session.jobs[0])

    key = f"edits/{session.session_id}/a/Été 1.webp"
    ended = room.read(session)
    result = ended.results["a"].model_dump()
    assert result.pop("id").startswith("gen_")
    assert {
        "url": f"https://{CDN_HOST}/edits/{session.session_id}/a/%C3%89t%C3%A9%201.webp",
        "name": "Été 1.webp",
        "tags": ("x", "edited"),
        "format": "webp",
        "width": 8,
        "height": 6,
        "size": len(b"edited a picture"),
        "metadata": {
            "original_id": "a",
            "operations": ("resize",),
            "processing_time_ms": 1250,
            "notes": ("a note",),
        },
    } == result
    stored = room.kept()[key]
    assert b"edited a picture" == stored["Body"].read()
    assert ("image/webp", "inline", "public, max-age=31536000, immutable") == (
        stored["ContentType"],
        stored["ContentDisposition"],
        stored["CacheControl"],
    )
    session_hash, user_hash = (hashlib.sha256(one.encode()).hexdigest() for one in (session.session_id, USER))
    assert {"cache-tag": f"session:{session_hash[:16]},user:{user_hash[:32]}"} == stored["Metadata"]
    assert (EditEnding.EDITED, ended.results["a"], SessionStatus.COMPLETE) == (
        outcome.ending,
        outcome.result,
        ended.status,
    )


def test_onlookers_hear_of_every_stage(room: EditRoom) -> None:
    """In order, and each further than the last."""
    session = room.begin("a")

    room.process(session.jobs[0])

    assert [
        ("progress", "fetching", 5),
        ("progress", "processing", 10),
        ("progress", "encoding", 90),
        ("complete", "", 100),
        ("session_complete", "", 100),
    ] == reported(room.read(session))


def test_slow_steps_are_reported_and_quick_ones_are_not(room: EditRoom) -> None:
    """A report costs a write of the whole session."""
    plan = Plan(steps=(Resize(width=8), Rotate(degrees=90), Flip(direction="horizontal")))
    session = room.begin("a", plan=plan)
    room.editor.during[1] = lambda: room.seconds.__setitem__(0, 2.0)

    room.process(session.jobs[0])

    # Clock readings: started; fetching, decoding, checked; reported, checked, encoding; checked, ended.
    calls = ["put_item", "update_item", "update_item", "get_item", "update_item", "get_item", "update_item"]
    assert [*calls, "get_item", "update_item"] == room.dynamodb.calls
    messages = [event.progress.message for event in room.read(session).events if event.progress]
    assert [
        "Fetching the picture.",
        "Reading the picture.",
        f"Step 2 of 3: {plan.steps[1].words()}.",
        "Writing the result.",
    ] == messages


@pytest.mark.parametrize(("pictures", "stages"), [(10, ["fetching", "processing", "encoding"]), (11, ["fetching"])])
def test_quick_stages_are_reported_in_small_sessions_only(room: EditRoom, pictures: int, stages: list[str]) -> None:
    """With fifty pictures at a time, the writes of their one item are the bottleneck."""
    session = room.begin(*(f"picture {number}" for number in range(pictures)))

    room.process(session.jobs[0])

    assert [*stages, "complete"] == [status or name for name, status, _ in reported(room.read(session))]


def test_slow_stages_are_reported_in_large_sessions_too(room: EditRoom) -> None:
    """A user sees progress at least once a second."""
    session = room.begin(*(f"picture {number}" for number in range(50)))
    room.editor.during[0] = lambda: room.seconds.__setitem__(0, 1.0)

    room.process(session.jobs[0])

    assert ["fetching", "processing", "complete"] == [
        status or name for name, status, _ in reported(room.read(session))
    ]


def test_a_picture_that_cannot_be_edited_has_an_error(room: EditRoom) -> None:
    """In the API's codes and for people, and it does not stop the others."""
    session = room.begin("a", "b", "c")
    room.web[session.images[0].url] = b"broken"
    del room.web[session.images[1].url]

    endings = [room.process(job).ending for job in session.jobs]

    ended = room.read(session)
    assert [EditEnding.FAILED, EditEnding.FAILED, EditEnding.EDITED] == endings
    assert {
        "a": ImageFailure(
            code="UNSUPPORTED_FORMAT",
            message="The photo is damaged. Upload it again from the camera or the original disk.",
        ),
        "b": ImageFailure(code="SOURCE_FAILED", message="The host did not answer."),
    } == ended.errors
    assert (SessionStatus.PARTIAL, [ImageStatus.ERROR, ImageStatus.ERROR, ImageStatus.COMPLETE]) == (
        ended.status,
        [ended.progress_of(one).status for one in "abc"],
    )
    assert {"error": {"code": "SOURCE_FAILED", "message": "The host did not answer."}}.items() <= ended.data_of(
        next(event for event in ended.events if event.image_id == "b" and event.type == "image_error")
    ).items()


def test_the_editor_gets_the_options_of_the_request(room: EditRoom) -> None:
    """And how long it may take: what the invocation has left but for the time to store the result."""
    options = EditOptions(output_format="png", quality=80, max_width=100, max_height=90, preserve_metadata=True)
    session = room.begin(SessionImage(id="a", url="https://example.com/some/IMG%201.HEIC?sig=1"), options=options)

    room.process(session.jobs[0])

    assert [
        {
            "file_name": "IMG 1.HEIC",
            "assets": {},
            "output": OutputWish(format="png", quality=80, max_width=100, max_height=90, keep_metadata=True),
            "seconds_left": 285.0,
        }
    ] == room.editor.seen
    assert [f"edits/{session.session_id}/a/IMG 1.webp"] == list(room.kept())


def test_watermarks_come_from_the_users_own_pictures(room: EditRoom) -> None:
    """Resolved as sources are."""
    room.put(RESULTS, slot_key(USER, SLOT), b"a logo")
    plan = Plan(steps=(Watermark(image=f"upload://{SLOT}"),))
    session = room.begin("a", plan=plan)

    room.process(session.jobs[0])

    assert {f"upload://{SLOT}": b"a logo"} == room.editor.seen[0]["assets"]


def put_photo(room: EditRoom, **fields: str) -> None:
    """Write a photo's record as the gallery does."""
    record = {"id": "photo-1", "user_id": USER, "original_key": "wedding/photo-1.jpg"} | fields
    item = {name: {"S": value} for name, value in record.items() if value}
    room.dynamodb.client.put_item(TableName=TABLE, Item=item)


@pytest.mark.parametrize(
    ("reference", "bucket", "key"),
    [
        (f"upload://{SLOT}", RESULTS, slot_key(USER, SLOT)),
        ("photo://photo-1", ORIGINALS, "wedding/photo-1.jpg"),
        (f"https://{CDN_HOST}/renditions/a%20b/%C3%A9_small.jpg?v=1", RENDITIONS, "renditions/a b/é_small.jpg"),
        (f"HTTPS://{CDN_HOST.upper()}/renditions/a_small.jpg", RENDITIONS, "renditions/a_small.jpg"),
        (f"https://{CDN_HOST}/edits/ses_1/a/a.webp", RESULTS, "edits/ses_1/a/a.webp"),
    ],
)
def test_our_own_pictures_are_read_where_they_lie(room: EditRoom, reference: str, bucket: str, key: str) -> None:
    """No request leaves for a picture that we store ourselves."""
    put_photo(room)
    room.put(bucket, key, b"our own")

    with room.sources.open(reference, user_id=USER) as source:
        assert b"our own" == bytes(source.view)

    assert [] == room.fetched


def test_the_worker_shows_no_picture_that_the_cdn_would_not(room: EditRoom) -> None:
    """Addresses of signed renditions go through the CDN, whose answer depends on the signature."""
    room.signed = frozenset({"renditions/"})
    plain = f"https://{CDN_HOST}/renditions/others/a_small.jpg?v=1"
    signed = f"{plain}&Expires=1&Signature=s&Key-Pair-Id=k"
    room.put(RENDITIONS, "renditions/others/a_small.jpg", b"another's")
    room.web[signed] = b"what the CDN answers"

    with pytest.raises(EditError, match="expected a picture"):
        room.sources.open(plain, user_id=USER)
    with room.sources.open(signed, user_id=USER) as source:
        assert b"what the CDN answers" == bytes(source.view)

    assert [plain, signed] == room.fetched


def test_own_results_are_edited_again_where_results_are_signed(room: EditRoom) -> None:
    """A result is its session's user's; another user, and a session that is gone, have to bring a signature."""
    room.signed = frozenset({"edits/"})
    session = room.begin("https://example.com/a.jpg")
    key = f"edits/{session.session_id}/a/a.webp"
    for one in (key, "edits/ses_gone/a/a.webp"):
        room.put(RESULTS, one, b"a result")

    with room.sources.open(f"https://{CDN_HOST}/{key}", user_id=USER) as source:
        assert b"a result" == bytes(source.view)
    for user, one in (("mallory", key), (USER, "edits/ses_gone/a/a.webp")):
        with pytest.raises(EditError, match="expected a picture"):
            room.sources.open(f"https://{CDN_HOST}/{one}", user_id=user)

    assert [f"https://{CDN_HOST}/{key}", f"https://{CDN_HOST}/edits/ses_gone/a/a.webp"] == room.fetched


@pytest.mark.parametrize(
    "reference",
    [
        "https://example.com/renditions/a.jpg",
        f"http://{CDN_HOST}/renditions/a.jpg",
        f"https://{CDN_HOST}/originals/a.jpg",
        f"https://{CDN_HOST}.example.org/renditions/a.jpg",
        f"https://{CDN_HOST}@example.org/renditions/a.jpg",
        "https://[broken/renditions/a.jpg",
        "ftp://example.com/a.jpg",
        "data:image/png;base64,AAAA",
    ],
)
def test_everything_else_is_for_the_fetcher_to_judge(room: EditRoom, reference: str) -> None:
    """It alone decides what may leave."""
    room.web[reference] = b"foreign"

    with room.sources.open(reference, user_id=USER) as source:
        assert b"foreign" == bytes(source.view)


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        (f"upload://{SLOT}", "There is no upload of yours of that name"),
        ("upload://../other/slot-of-a-user-0001", "There is no upload of yours of that name"),
        ("upload://", "There is no upload of yours of that name"),
        ("photo://photo-1", "There is no photo of yours with that id"),
        ("photo://photo-2", "There is no photo of yours with that id"),
        ("photo://", "There is no photo of yours with that id"),
        (f"https://{CDN_HOST}/renditions/none.jpg", "There is no picture at that address any more."),
        (f"https://{CDN_HOST}/edits/../uploads/x", "There is no picture at that address any more."),
    ],
)
def test_what_is_not_there_is_an_error_of_the_picture(room: EditRoom, reference: str, sentence: str) -> None:
    """A photo of another user counts as missing."""
    put_photo(room, user_id="another user")
    room.put(RESULTS, slot_key("another user", SLOT))
    session = room.begin(SessionImage(id="a", url=reference))

    assert EditEnding.FAILED == room.process(session.jobs[0]).ending

    failure = room.read(session).errors["a"]
    assert "SOURCE_FAILED" == failure.code
    assert failure.message.startswith(sentence)
    assert {} == room.kept()


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ({}, True),
        ({"status": "deleted"}, False),
        ({"user_id": ""}, False),
        ({"original_key": ""}, False),
        ({"id": "wedding/photo-1.jpg", "original_key": ""}, True),
    ],
)
def test_a_photo_is_read_when_its_record_leads_to_it(room: EditRoom, record: dict[str, str], found: bool) -> None:  # noqa: FBT001 - a parameter
    """Also before it is rendered, if its id is its key."""
    put_photo(room, **record)
    room.put(ORIGINALS, "wedding/photo-1.jpg")
    session = room.begin(SessionImage(id="a", url=f"photo://{record.get('id', 'photo-1')}"))

    assert (EditEnding.EDITED if found else EditEnding.FAILED) == room.process(session.jobs[0]).ending


def test_a_stored_picture_that_is_too_large_is_not_read(room: EditRoom) -> None:
    """The message names the limit."""
    room.put(RESULTS, slot_key(USER, SLOT), b"x" * 1001)
    session = room.begin(SessionImage(id="a", url=f"upload://{SLOT}"))

    room.process(session.jobs[0])

    assert (
        ImageFailure(
            code="IMAGE_TOO_LARGE",
            message="The picture is too large: expected at most 1,000 bytes, received 1,001. "
            "Use a smaller file, or one of the photo's renditions.",
        )
        == room.read(session).errors["a"]
    )


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\b.jpg", "b"),
        ("a\r\nSet-Cookie: x.png", "a-Set-Cookie- x"),
        ("..", "image"),
        ("", "a"),
        ("写真 (1).HEIC", "写真 (1)"),
        ("\u202egpj.exe", "gpj"),
        ("v1.2 final.jpg", "v1.2 final"),
        ("x" * 300 + ".jpg", "x" * 120),
        ('a"b<c>?#%&.jpg', "a-b-c"),
    ],
)
def test_names_are_made_safe(room: EditRoom, name: str, stem: str) -> None:
    """One folder per picture, no way out of it, nothing that a header or a URL would read otherwise."""
    room.put(RESULTS, slot_key(USER, SLOT))
    session = room.begin(SessionImage(id="a", url=f"upload://{SLOT}", name=name))

    room.process(session.jobs[0])

    assert [f"edits/{session.session_id}/a/{stem}.webp"] == list(room.kept())
    assert f"{stem}.webp" == room.read(session).results["a"].name


def test_an_image_id_of_any_text_has_its_own_folder(room: EditRoom) -> None:
    """Ids are the client's."""
    session = room.begin("../a", "../b", "a.b#c")

    for job in session.jobs:
        room.process(job)

    folders = [key.split("/") for key in room.kept()]
    assert [4, 4, 4] == [len(parts) for parts in folders]
    assert 3 == len({parts[2] for parts in folders})
    assert SessionStatus.COMPLETE == room.read(session).status
