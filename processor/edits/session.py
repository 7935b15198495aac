"""A session: pictures, a plan, and what has become of each so far, as plain frozen values.

    pending ─▶ processing ─▶ complete   every picture was edited
                          ─▶ partial    some failed
                          ─▶ error      all failed
    pending, processing   ─▶ cancelled  by its owner; what is done stays

An event's id is its place in the session's list, from 1 on: ids have no gaps. Events
refer to results and errors instead of repeating them, because every change of a session pays for its
whole size; ``Session.data_of`` joins them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from processor.edits.job import ImageJob
from processor.edits.options import EditOptions
from processor.edits.plan import Plan

EventType = Literal["progress", "complete", "image_error", "session_complete"]
GENERATED: Final = "gen_"
LONGEST_S: Final = 3 * 3600
"""Nothing is edited for longer: five deliveries of a job are over by then."""
# Limits that keep a session's item small, since every change of it is billed by its whole size.
MESSAGE_CHARS: Final = 100
FAILURE_CHARS: Final = 500
NOTES_BYTES: Final = 1000
RETRYING: Final = "The edit was interrupted by a fault on our side. It is tried again soon."


class SessionStatus(StrEnum):
    """Status of a session."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETE = "complete"
    PARTIAL = "partial"
    ERROR = "error"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Tell whether nothing changes any more."""
        return self not in RUNNING


RUNNING: Final = (SessionStatus.PENDING, SessionStatus.PROCESSING)


class ImageStatus(StrEnum):
    """Status of one picture of a session."""

    QUEUED = "queued"
    FETCHING = "fetching"
    PROCESSING = "processing"
    ENCODING = "encoding"
    COMPLETE = "complete"
    ERROR = "error"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionImage:
    """One picture as it was asked for. *url* may hold a signature: never log its query."""

    id: str
    url: str
    name: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageProgress:
    """Progress of one picture: *percent* 0-100, the *step* at work, and a *message* for people.

    *setback*: code of the TransientError that the last delivery ended with, "" when none did.
    """

    status: ImageStatus = ImageStatus.QUEUED
    percent: int = 0
    step: str = ""
    message: str = ""
    setback: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageFailure:
    """Error of one picture: a public *code* and a public *message*."""

    code: str
    message: str


class ResultMetadata(BaseModel):
    """Origin of a result. *notes*: deviations from the request, with the reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    original_id: str = Field(description="Id of the picture in the request.")
    operations: tuple[str, ...] = Field(description="Operations that were applied, in order.")
    processing_time_ms: int = Field(ge=0, description="From the picture's arrival to its last byte, ms.")
    notes: tuple[str, ...] = Field(default=(), description="What was done otherwise than asked, and why.")


class EditResult(BaseModel):
    """Result of one picture, with the true dimensions and size of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=f"^{GENERATED}", description="Id of the result.")
    url: str = Field(description="Where the CDN serves it.")
    name: str = Field(description="File name.")
    tags: tuple[str, ...] = Field(description='Tags of the request, and "edited".')
    format: str = Field(description="Format of the file.")
    width: int = Field(ge=1, description="Width, px.")
    height: int = Field(ge=1, description="Height, px.")
    size: int = Field(ge=1, description="Size of the file, bytes.")
    metadata: ResultMetadata


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One thing that happened, at *timestamp* (ms since 1970). *image_id* "": it is about the session."""

    id: int
    type: EventType
    timestamp: int
    image_id: str = ""
    progress: ImageProgress | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Counters:
    """Pictures: *processed* have a result, *failed* an error, *remaining* neither yet."""

    total: int
    processed: int = 0
    failed: int = 0
    remaining: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionSummary:
    """A session in its owner's list. Times in ms since 1970; *expires_at* in s."""

    session_id: str
    user_id: str
    status: SessionStatus
    operation: Mapping[str, Any]
    counters: Counters
    created_at: int
    updated_at: int
    completed_at: int | None
    expires_at: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Session(SessionSummary):
    """A whole session. Maps are by image id and complete from the beginning, except *results* and *errors*."""

    images: tuple[SessionImage, ...]
    options: EditOptions
    plan: Plan
    progress: Mapping[str, ImageProgress]
    results: Mapping[str, EditResult] = field(default_factory=dict[str, EditResult])
    errors: Mapping[str, ImageFailure] = field(default_factory=dict[str, ImageFailure])
    events: tuple[Event, ...] = ()

    @property
    def jobs(self) -> tuple[ImageJob, ...]:
        """List the jobs that the session consists of."""
        return tuple(ImageJob(session_id=self.session_id, image_id=image.id) for image in self.images)

    @property
    def open_jobs(self) -> tuple[ImageJob, ...]:
        """List the jobs of pictures that have not ended; none when the session has."""
        return tuple(job for job in self.jobs if not self.status.ended and not self.image_ended(job.image_id))

    @property
    def waiting_jobs(self) -> tuple[ImageJob, ...]:
        """List the open jobs that no worker has reported on: only these may never have reached the queue."""
        return tuple(job for job in self.open_jobs if not self.progress[job.image_id].percent)

    def image(self, image_id: str) -> SessionImage | None:
        """Find a picture by its id."""
        return next((image for image in self.images if image.id == image_id), None)

    def progress_of(self, image_id: str) -> ImageProgress:
        """Say how far a picture is, or why it failed; a cancelled session cancels what it never finished."""
        progress = self.progress[image_id]
        if failure := self.errors.get(image_id):
            return ImageProgress(
                status=ImageStatus.ERROR, percent=progress.percent, step=progress.step, message=failure.message
            )
        if self.status is SessionStatus.CANCELLED and not self.image_ended(image_id):
            return ImageProgress(status=ImageStatus.CANCELLED, percent=progress.percent, message="Cancelled.")
        if progress.setback and not self.image_ended(image_id):
            return replace(progress, message=RETRYING)
        return progress

    def image_ended(self, image_id: str) -> bool:
        """Tell whether a picture has a result or an error."""
        return image_id in self.results or image_id in self.errors

    def events_after(self, last_id: int) -> tuple[Event, ...]:
        """Give the events behind the one with *last_id*; 0: all of them."""
        return self.events[max(last_id, 0) :]

    def data_of(self, event: Event) -> dict[str, Any]:
        """Write an event as the JSON that clients get."""
        about = {"imageId": event.image_id} if event.image_id else {}
        return {
            "type": event.type,
            "sessionId": self.session_id,
            "timestamp": event.timestamp,
            **about,
            **self.news_of(event),
        }

    def news_of(self, event: Event) -> dict[str, Any]:
        """Write what only an event of this type says."""
        match event.type:
            case "progress":
                at = event.progress or ImageProgress()
                return {"status": at.status.value, "progress": at.percent, "step": at.step, "message": at.message}
            case "complete":
                return {"result": self.results[event.image_id].model_dump(mode="json")}
            case "image_error":
                failure = self.errors[event.image_id]
                return {"error": {"code": failure.code, "message": failure.message}}
            case "session_complete":
                return {
                    "status": self.status.value,
                    "totalProcessed": self.counters.processed,
                    "totalFailed": self.counters.failed,
                }
