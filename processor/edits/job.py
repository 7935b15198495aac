"""Write and read the messages of the jobs queue: a picture to edit, a session to check, or an archive to go on with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

SHOWN_CHARS = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionCheck:
    """A session to look after: send jobs that are missing, end it when its time is over."""

    session_id: str

    def body(self) -> str:
        """Write the message."""
        return json.dumps({"checkSession": self.session_id}, separators=(",", ":"))


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageJob:
    """One picture of one session; everything else is in the session."""

    session_id: str
    image_id: str

    def body(self) -> str:
        """Write the message."""
        return json.dumps({"sessionId": self.session_id, "imageId": self.image_id}, separators=(",", ":"))

    @classmethod
    def read(cls, body: str) -> Self:
        """Read a message; ValueError when it is no job."""
        fields = fields_of(body)
        session_id, image_id = fields.get("sessionId"), fields.get("imageId")
        if not isinstance(session_id, str) or not isinstance(image_id, str) or not session_id:
            raise ValueError(f"expected a job with sessionId and imageId, received {body[:SHOWN_CHARS]!r}")
        return cls(session_id=session_id, image_id=image_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveJob:
    """One archive to make, or to go on with; everything else is in its item and its files."""

    archive_id: str

    def body(self) -> str:
        """Write the message."""
        return json.dumps({"archive": self.archive_id}, separators=(",", ":"))


Job = ImageJob | SessionCheck | ArchiveJob


def read_message(body: str) -> Job:
    """Read a message of the jobs queue; ValueError when it is none of ours."""
    fields = fields_of(body)
    if isinstance(session_id := fields.get("checkSession"), str):
        return SessionCheck(session_id=session_id)
    if isinstance(archive_id := fields.get("archive"), str):
        return ArchiveJob(archive_id=archive_id)
    return ImageJob.read(body)


def fields_of(body: str) -> Mapping[str, Any]:
    """Return the fields of a message, empty when it is no JSON object; ValueError when it is no JSON."""
    try:
        said: object = json.loads(body)
    except ValueError as error:
        raise ValueError(f"expected a job as JSON, received {body[:SHOWN_CHARS]!r} ({error})") from error
    return cast("Mapping[str, Any]", said) if isinstance(said, Mapping) else {}
