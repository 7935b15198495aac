"""Models of the responses, for the JSON bodies and the OpenAPI document alike. Times in ms since 1970."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from processor.edits.options import EditOptions
from processor.edits.session import EditResult, ImageStatus, SessionStatus


class Document(BaseModel):
    """An answer or a part of one; camelCase in JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True)


class ErrorDocument(Document):
    """Reason for a request that was refused or failed."""

    error: str = Field(description="For people: what was expected, what was received, what to do.")
    code: str = Field(description="For programs.")
    details: dict[str, Any] = Field(default_factory=dict, description="For programs that want to know more.")


class PlanDocument(Document):
    """The steps that will be applied."""

    steps: list[dict[str, Any]] = Field(description="Steps in the order in which they are applied.")
    explanation: str = Field(description="The same in words.")


class QueuedImage(Document):
    """A picture that waits for its turn."""

    id: str
    status: ImageStatus = ImageStatus.QUEUED


class StartedDocument(Document):
    """A session that was accepted."""

    session_id: str
    status: SessionStatus = SessionStatus.PROCESSING
    estimated_time: int = Field(description="A guess at how long it will take, s.")
    progress_url: str = Field(description="Path of the session's progress; holds a ticket that is good for 15 minutes.")
    plan: PlanDocument
    images: list[QueuedImage]


class ProgressDocument(Document):
    """Progress of a picture."""

    status: ImageStatus
    progress: int = Field(ge=0, le=100, description="Percent.")
    step: str
    message: str


class FailureDocument(Document):
    """Reason for a picture that could not be edited."""

    code: str
    message: str


class ImageDocument(Document):
    """A picture as it was asked for. Its address comes without its query, which may hold a signature."""

    id: str
    url: str
    name: str
    tags: list[str]


class CountersDocument(Document):
    """Pictures of a session."""

    total: int
    processed: int
    failed: int
    remaining: int


class SummaryDocument(Document):
    """A session in a list."""

    session_id: str
    status: SessionStatus
    operation: dict[str, Any]
    counters: CountersDocument
    created_at: int
    updated_at: int
    completed_at: int | None = None
    ttl: int = Field(description="When the record is deleted, s since 1970.")


class SessionDocument(SummaryDocument):
    """A session. Maps are by image id."""

    images: list[ImageDocument]
    options: EditOptions
    plan: PlanDocument
    progress: dict[str, ProgressDocument]
    results: dict[str, EditResult]
    errors: dict[str, FailureDocument]
    last_event_id: int = Field(description="The newest event; send it as Last-Event-ID to stream what comes after.")
    progress_url: str = Field(description="Path of the session's progress, with a new ticket.")


class SessionsDocument(Document):
    """Sessions of the caller, newest first."""

    sessions: list[SummaryDocument]
    cursor: str | None = Field(description="Leads on to older sessions; null: there are none.")


class FormDocument(Document):
    """A form to post the file with: all fields as they are, then the file as `file`."""

    method: str = "POST"
    url: str
    fields: dict[str, str]


class SlotDocument(Document):
    """A place for one file."""

    url: str = Field(description="upload://<slot>: the picture's `url` in an edit, once the file is there.")
    upload: FormDocument
    expires_in: int = Field(description="How long the form can be posted, s.")
    max_bytes: int


class UploadsDocument(Document):
    """A slot per file, in the order of the request."""

    slots: list[SlotDocument]


class HealthDocument(Document):
    """The service is ready."""

    status: str = "ok"
