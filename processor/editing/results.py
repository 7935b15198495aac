"""Store an edited file as a result that the CDN serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from processor.aws.results import ResultObjects
from processor.edits.job import ImageJob
from processor.edits.names import result_key, result_url, safe_name, session_tag, user_tag
from processor.edits.session import GENERATED, NOTES_BYTES, EditResult, ResultMetadata, SessionImage
from processor.imaging.edit_model import Edited
from processor.keys import cut, short_hash

EDITED_TAG: Final = "edited"
ID_CHARS: Final = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultStore:
    """Stores results under names that depend on the job alone, so that a repeated job overwrites its own result."""

    objects: ResultObjects
    cdn_host: str

    def put(self, job: ImageJob, image: SessionImage, edited: Edited, *, user_id: str, took_ms: int) -> EditResult:
        """Store *edited*, an edit of *user_id*; return its description for the session."""
        name = name_of(image)
        key = result_key(job.session_id, job.image_id, name, edited.extension)
        tags = f"{session_tag(job.session_id)},{user_tag(user_id)}"
        self.objects.put(key, edited.data, edited.content_type, cache_tag=tags)
        return EditResult(
            id=f"{GENERATED}{short_hash(f'{job.session_id}/{job.image_id}', ID_CHARS)}",
            url=result_url(self.cdn_host, key),
            name=f"{safe_name(name)}.{edited.extension}",
            tags=tuple(dict.fromkeys([*image.tags, EDITED_TAG])),
            format=edited.format,
            width=edited.width,
            height=edited.height,
            size=len(edited.data),
            metadata=ResultMetadata(
                original_id=image.id,
                operations=edited.steps_applied,
                processing_time_ms=took_ms,
                notes=shortened(edited.notes),
            ),
        )


def shortened(notes: tuple[str, ...]) -> tuple[str, ...]:
    """Keep the first NOTES_BYTES of *notes*: a session's item has room for so many."""
    kept, room = list[str](), NOTES_BYTES
    for note in notes:
        size = len(note.encode()) + 1
        if size > room:
            kept.append(f"{cut(note, max(room - len('…'.encode()) - 1, 0))}…")
            break
        kept.append(note)
        room -= size
    return tuple(kept)


def name_of(image: SessionImage) -> str:
    """Return the client's name of a picture, else the last part of its URL, else its id."""
    if image.name:
        return image.name
    if image.url.lower().startswith(("http://", "https://")):
        return unquote(urlsplit(image.url).path.rpartition("/")[2]) or image.id
    return image.id
