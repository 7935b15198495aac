"""Write and read one job of the edit worker, a message of the jobs queue."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

SHOWN_CHARS = 80


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
        """Read a message; ValueError when it is none of ours."""
        try:
            said: object = json.loads(body)
        except ValueError as error:
            raise ValueError(f"expected a job as JSON, received {body[:SHOWN_CHARS]!r} ({error})") from error
        fields: Mapping[str, Any] = cast("Mapping[str, Any]", said) if isinstance(said, Mapping) else {}
        session_id, image_id = fields.get("sessionId"), fields.get("imageId")
        if not isinstance(session_id, str) or not isinstance(image_id, str) or not session_id:
            raise ValueError(f"expected a job with sessionId and imageId, received {body[:SHOWN_CHARS]!r}")
        return cls(session_id=session_id, image_id=image_id)
