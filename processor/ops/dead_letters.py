"""Sort dead letters by error, format and camera, so that one group of them can be redriven alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final, cast
from urllib.parse import unquote_plus, urlsplit

from processor.aws.dead_letters import Letter
from processor.aws.photos import PhotoRecord, tree
from processor.edits.job import ImageJob
from processor.edits.session import Session, SessionImage
from processor.events import ObjectChange
from processor.keys import KEY_BYTES, ObjectKey
from processor.upload.events import is_removal

NO_EVENT: Final = "NO_S3_EVENT"
NO_RECORD: Final = "NO_RECORD"
NO_ERROR_RECORDED: Final = "NO_ERROR_RECORDED"
NOT_KNOWN: Final = "?"

LOOK: Final = "look"

Lookup = Callable[[ObjectKey], PhotoRecord | None]
NO_JOB: Final = "NO_EDIT_JOB"
NO_SESSION: Final = "NO_SESSION"
FindSession = Callable[[str], Session | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Common properties of dead letters.

    *code*: the error on the photo's record; NO_RECORD without a record, NO_ERROR_RECORDED when the record holds no
    error (then search the logs), NO_S3_EVENT when the message is about no photo. *format*: as recorded, else the
    extension. *change*: `created` or `removed`, as the event says; `look` for a message that only names a key.
    """

    code: str
    format: str
    camera: str
    change: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sorted:
    """One letter and its group. *keys*: the originals that it names."""

    letter: Letter
    keys: tuple[str, ...]
    group: Group


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """Selects letters; None: any value."""

    code: str | None = None
    format: str | None = None
    camera: str | None = None
    prefix: str = ""

    @property
    def everything(self) -> bool:
        """Return whether every letter is selected."""
        return self == Filter()

    def takes(self, one: Sorted) -> bool:
        """Return whether a letter is selected."""
        group = one.group
        return (
            self.code in {None, group.code}
            and self.format in {None, group.format}
            and self.camera in {None, group.camera}
            and (not self.prefix or any(key.startswith(self.prefix) for key in one.keys))
        )


def sort_letter(letter: Letter, lookup: Lookup) -> Sorted:
    """Find the group of one letter by the record of its first original: S3 sends one per message."""
    keys = keys_of(letter.body)
    if not keys:
        return Sorted(letter=letter, keys=(), group=Group(code=NO_EVENT, format=NOT_KNOWN, camera=NOT_KNOWN))
    name = ObjectKey(keys[0])
    group = group_of(name, lookup(name), change=change_of(letter.body))
    return Sorted(letter=letter, keys=keys, group=group)


def group_of(name: ObjectKey, record: PhotoRecord | None, *, change: str) -> Group:
    """Build the group of an original from its record; adopted tables may hold other types than ours."""
    fields: Mapping[str, Any] = record.item if record else {}
    error = (record.error if record else None) or {}
    camera = tree(fields.get("camera")) or {}
    return Group(
        change=change,
        code=str(error.get("code") or NO_ERROR_RECORDED) if record else NO_RECORD,
        format=str(fields.get("format") or name.extension or NOT_KNOWN),
        camera=" ".join(str(camera[part]) for part in ("make", "model") if camera.get(part)) or NOT_KNOWN,
    )


def change_of(body: str) -> str:
    """Return what the first record of an S3 event says: `created`, `removed`; `look` without an event's name."""
    record: Any = json.loads(body)["Records"][0]
    if not (name := str(record.get("eventName") or "")):
        return LOOK
    return ObjectChange.REMOVED.value if is_removal(name) else ObjectChange.CREATED.value


def keys_of(body: str) -> tuple[str, ...]:
    """Return the keys of originals in an S3 event; none when *body* is something else."""
    try:
        tree: Any = json.loads(body)
        records = cast("Sequence[Any]", tree["Records"])
        return tuple(key_of(record) for record in records)
    except (ValueError, KeyError, TypeError, RecursionError):
        return ()


def key_of(record: Any) -> str:
    """Return the key of one record; only S3 itself encodes keys. ValueError: S3 has no such key."""
    named = cast("Mapping[str, Any]", record)["s3"]["object"]["key"]
    key = unquote_plus(named) if record.get("eventName") else named
    # A key that is no UTF-8 raises UnicodeEncodeError, a ValueError.
    if not isinstance(key, str) or not 0 < len(key.encode()) <= KEY_BYTES:
        raise ValueError(f"expected a key of 1 to {KEY_BYTES:,} bytes")
    return key


def counted(letters: Iterable[Sorted]) -> list[tuple[Group, int, str]]:
    """Count the letters of each group, the largest first; each group with the key of an example."""
    found = list(letters)
    examples = {one.group: one.keys[0] if one.keys else one.letter.id for one in reversed(found)}
    return [(group, count, examples[group]) for group, count in Counter(one.group for one in found).most_common()]


def sort_job(letter: Letter, find: FindSession) -> Sorted:
    """Find the group of one letter by its session. Its key is ``session/picture``, so a prefix can select a session.

    The code is the error in the session; NO_ERROR_RECORDED without one, NO_SESSION when the session has expired or
    never existed, NO_EDIT_JOB when the message is no job.
    """
    try:
        job = read_job(letter.body)
    except (ValueError, RecursionError):
        return Sorted(letter=letter, keys=(), group=Group(code=NO_JOB, format=NOT_KNOWN, camera=NOT_KNOWN))
    session = find(job.session_id)
    group = Group(code=code_of(job, session), format=format_of(job, session), camera=NOT_KNOWN)
    return Sorted(letter=letter, keys=(f"{job.session_id}/{job.image_id}",), group=group)


def read_job(body: str) -> ImageJob:
    """Read a job; ValueError when it is none, or its ids are none that a table has."""
    job = ImageJob.read(body)
    if max(len(job.session_id.encode()), len(job.image_id.encode())) > KEY_BYTES:
        raise ValueError(f"expected ids of at most {KEY_BYTES:,} bytes")
    return job


def code_of(job: ImageJob, session: Session | None) -> str:
    """Return the error code that the session holds for a picture."""
    if session is None:
        return NO_SESSION
    failure = session.errors.get(job.image_id)
    return failure.code if failure else NO_ERROR_RECORDED


def format_of(job: ImageJob, session: Session | None) -> str:
    """Return the extension of a picture's name, or else of its URL."""
    image = session.image(job.image_id) if session else None
    return (extension(image) if image else "") or NOT_KNOWN


def extension(image: SessionImage) -> str:
    """Return the extension of a picture; a ``data:`` URL has none, and may be megabytes long."""
    path = "" if image.url.startswith("data:") else urlsplit(image.url).path
    return (PurePosixPath(image.name).suffix or PurePosixPath(path).suffix).lower().removeprefix(".")
