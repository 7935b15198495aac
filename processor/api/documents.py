"""Models of the responses, for the JSON bodies and the OpenAPI document alike. Times in ms since 1970."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from processor.api.requests import BulkOperation, CommandOperation
from processor.edits.archive import ArchiveStatus
from processor.edits.options import EditOptions
from processor.edits.session import EditResult, ImageStatus, SessionStatus

# Generated clients hold an integer in 32 bits unless its schema has this format.
Long = Annotated[int, Field(json_schema_extra={"format": "int64"})]


class Document(BaseModel):
    """An answer or a part of one; camelCase in JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True)


class ErrorDocument(Document):
    """Reason for a request that was refused or failed."""

    error: str = Field(description="For people: what was expected, what was received, what to do.")
    code: str = Field(description="For programs; docs/edit-api.md lists all codes.")
    details: dict[str, Any] = Field(
        default_factory=dict, description="More for programs: `limit` and `received` where a limit is exceeded."
    )


class PlanDocument(Document):
    """The steps that will be applied."""

    steps: list[dict[str, Any]] = Field(description="Steps in the order in which they are applied.")
    explanation: str = Field(description="The same in words.")


class QueuedImage(Document):
    """A picture that waits for its turn."""

    id: str
    status: ImageStatus


class StartedDocument(Document):
    """A session that was accepted."""

    session_id: str
    status: SessionStatus
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


class PlanAsSent(Document):
    """An operation that was sent as steps: the session's `plan` has them."""

    type: Literal["plan"]


class SummaryDocument(Document):
    """A session in a list."""

    session_id: str
    status: SessionStatus
    operation: Annotated[CommandOperation | BulkOperation | PlanAsSent, Field(discriminator="type")]
    counters: CountersDocument
    created_at: Long
    updated_at: Long
    completed_at: Long | None
    ttl: Long = Field(description="When the record is deleted, s since 1970.")


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


class UploadDocument(Document):
    """The request that uploads the file: its bytes are the body, with these headers. It succeeds once."""

    method: str
    url: str
    headers: dict[str, str]


class SlotDocument(Document):
    """A place for one file."""

    url: str = Field(description="upload://<slot>: the picture's `url` in an edit, once the file is there.")
    upload: UploadDocument
    expires_in: int = Field(description="How long the file can be uploaded, s.")
    max_bytes: Long


class UploadsDocument(Document):
    """A slot per file, in the order of the request."""

    slots: list[SlotDocument]


class ArchiveDocument(Document):
    """An archive and how far it is."""

    archive_id: str
    status: ArchiveStatus
    gallery: str | None = Field(description="The gallery, without slashes at its ends; null: single photos.")
    size: str
    files: int = Field(description="Photos that are in it so far.")
    total: int = Field(description="Photos that will be looked at; 0: not known yet.")
    left_out: int = Field(description="Photos that are not in it; `left-out.txt` in the file says why.")
    bytes: Long = Field(description="Size of the file; 0: not complete.")
    url: str | None = Field(
        description="Path of the file, with a ticket that needs no account, until `expiresAt`. null: not complete."
    )
    error: FailureDocument | None = Field(description="Why there is no archive; null: no error.")
    created_at: Long
    expires_at: Long = Field(description="When the archive is deleted, s since 1970.")


class HealthDocument(Document):
    """The service is ready."""

    status: str


class ParameterDocument(Document):
    """A parameter of an operation. Bounds and choices are there where it has them."""

    name: str
    type: str = Field(description="JSON type of a value.")
    required: bool
    default: Any = Field(description="Value without the parameter; null: none, see `description`.")
    allowed: str = Field(description="The allowed values in words.")
    description: str
    choices: list[Any] = Field(default_factory=list[Any])
    minimum: float | None = None
    exclusive_minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None


class OperationDocument(Document):
    """One operation of the vocabulary."""

    name: str = Field(description="`op` of a step, `type` of a bulk operation.")
    group: str
    summary: str
    parameters: list[ParameterDocument]
    examples: list[str] = Field(description="Commands that compile to it.")


class VocabularyDocument(Document):
    """Every operation, and the values that several of them take."""

    operations: list[OperationDocument]
    formats: list[str]
    anchors: list[str]
    aspects: dict[str, str] = Field(description="Named aspect ratios.")
    colours: dict[str, str] = Field(description="Named colours.")
    max_steps: int


class EventDocument(Document):
    """Data that every event has."""

    session_id: str
    timestamp: Long


class ProgressEvent(EventDocument):
    """Event `progress`: a picture moves on."""

    type: Literal["progress"]
    image_id: str
    status: ImageStatus
    progress: int = Field(ge=0, le=100, description="Percent.")
    step: str
    message: str


class CompleteEvent(EventDocument):
    """Event `complete`: a picture was edited."""

    type: Literal["complete"]
    image_id: str
    result: EditResult


class ImageErrorEvent(EventDocument):
    """Event `image_error`: a picture could not be edited; the others go on."""

    type: Literal["image_error"]
    image_id: str
    error: FailureDocument


class SessionCompleteEvent(EventDocument):
    """Event `session_complete`: the last one."""

    type: Literal["session_complete"]
    status: SessionStatus
    total_processed: int
    total_failed: int


class HeartbeatEvent(EventDocument):
    """Event `heartbeat`: nothing happened; it repeats the id of the event before it."""

    type: Literal["heartbeat"]


SessionEvent = Annotated[
    ProgressEvent | CompleteEvent | ImageErrorEvent | SessionCompleteEvent | HeartbeatEvent,
    Field(discriminator="type"),
]
