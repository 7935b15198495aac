"""Dead letters of the jobs queue sorted: which picture of which session, and what its user was told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from processor.aws.dead_letters import Letter
from processor.edits.job import ImageJob
from processor.edits.session import Session, SessionImage
from processor.ops.dead_letters import NOT_KNOWN, UNTOLD, Group, Sorted

NO_JOB: Final = "NO_EDIT_JOB"
NO_SESSION: Final = "NO_SESSION"

FindSession = Callable[[str], Session | None]


def sort_job(letter: Letter, find: FindSession) -> Sorted:
    """Find the group of one letter by its session. Its key is ``session/picture``, so a prefix can mean a session.

    The code is the one that the picture's user was told; UNTOLD without one, NO_SESSION when the session has expired
    or never was, NO_EDIT_JOB when the message is about no picture.
    """
    try:
        job = ImageJob.read(letter.body)
    except ValueError:
        return Sorted(letter=letter, keys=(), group=Group(code=NO_JOB, format=NOT_KNOWN, camera=NOT_KNOWN))
    session = find(job.session_id)
    group = Group(code=code_of(job, session), format=format_of(job, session), camera=NOT_KNOWN)
    return Sorted(letter=letter, keys=(f"{job.session_id}/{job.image_id}",), group=group)


def code_of(job: ImageJob, session: Session | None) -> str:
    """Say what a picture's user was told."""
    if session is None:
        return NO_SESSION
    failure = session.errors.get(job.image_id)
    return failure.code if failure else UNTOLD


def format_of(job: ImageJob, session: Session | None) -> str:
    """Say what a picture's name, or else its address, claims to be."""
    image = session.image(job.image_id) if session else None
    return (extension(image) if image else "") or NOT_KNOWN


def extension(image: SessionImage) -> str:
    """Give the extension of a picture; a ``data:`` address has none, and may be megabytes long."""
    path = "" if image.url.startswith("data:") else urlsplit(image.url).path
    return (PurePosixPath(image.name).suffix or PurePosixPath(path).suffix).lower().removeprefix(".")
