"""Define the errors that Darkroom raises on purpose: a log text for operators, a public text for users, a code.

    DarkroomError
    ├── SettingsError             a setting is unknown, mistyped or out of range
    ├── UsageError                a command line that cannot be carried out
    ├── InstallationError         a library is missing or is not the locked one: no photo's fault
    ├── PhotoError                a permanent verdict on one photo: record it, never retry
    ├── EditError                 an edit, or a request for one, that cannot be carried out as it is
    ├── ParameterError            (edits.vocabulary) a wrong parameter of a step; becomes an EditError
    ├── MalformedEvent            (events) an invocation or a message lacks what it must hold
    └── TransientError            may pass: propagate it, the queue retries
        ├── OutOfTime             too little of the invocation is left to finish
        ├── RecordMissing         the backend has not written the photo's record yet
        ├── LeaseHeld             another invocation works on the photo: wait, which is no failure
        ├── StoreUnavailable      S3, DynamoDB, KMS or CloudFront refused or did not answer
        └── IssuerUnavailable     (api.signing_keys) the sign-in service does not answer

Signals are plain exceptions that their own package always catches: OriginalChanged (events, for the upload pipeline),
JobCancelled (editing.outcome); one in edits.language ends a reading, one in imaging.isolation a connection.

Domain code raises; one boundary (a handler, the API, the command line) translates.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar, Final


class Verdict(StrEnum):
    """Reason for which a photo can never be rendered as it is. The value is the public error code."""

    NOT_AN_IMAGE = "NOT_AN_IMAGE"
    UNSUPPORTED_FORMAT = "UNSUPPORTED_FORMAT"
    TRUNCATED = "TRUNCATED"
    CORRUPT = "CORRUPT"
    IMAGE_TOO_LARGE = "IMAGE_TOO_LARGE"
    DIMENSIONS_TOO_LARGE = "DIMENSIONS_TOO_LARGE"
    TOO_MANY_FRAMES = "TOO_MANY_FRAMES"
    TOO_MANY_SCANS = "TOO_MANY_SCANS"
    METADATA_TOO_LARGE = "METADATA_TOO_LARGE"
    DECODE_TIMEOUT = "DECODE_TIMEOUT"
    DECODER_CRASHED = "DECODER_CRASHED"
    DECODER_OUT_OF_MEMORY = "DECODER_OUT_OF_MEMORY"
    ARCHIVED = "ARCHIVED"
    ENCRYPTED_WITH_CUSTOMER_KEY = "ENCRYPTED_WITH_CUSTOMER_KEY"
    RENDERING_FAILED = "RENDERING_FAILED"
    """An error that no decoder announces: a defect of Darkroom. The log has the traceback."""


# Verdicts on the access to a file, not on the file.
UNREADABLE: Final = frozenset({Verdict.ARCHIVED, Verdict.ENCRYPTED_WITH_CUSTOMER_KEY})
ADVICE: Final[dict[Verdict, str]] = {
    Verdict.NOT_AN_IMAGE: "Upload a photo (JPEG, PNG, WebP, GIF, TIFF, HEIC, AVIF, BMP or camera RAW).",
    Verdict.UNSUPPORTED_FORMAT: "Export the photo as JPEG, HEIC or DNG and upload it again.",
    Verdict.TRUNCATED: "Upload it again from the camera or the original disk.",
    Verdict.CORRUPT: "Upload it again from the camera or the original disk.",
    Verdict.IMAGE_TOO_LARGE: "Export the photo with a smaller file size and upload it again.",
    Verdict.DIMENSIONS_TOO_LARGE: "Export the photo with smaller dimensions and upload it again.",
    Verdict.TOO_MANY_FRAMES: "Upload a single frame, or a shorter animation.",
    Verdict.TOO_MANY_SCANS: "Save the photo again as a baseline JPEG and upload it.",
    Verdict.METADATA_TOO_LARGE: "Remove the embedded metadata and upload the photo again.",
    Verdict.DECODE_TIMEOUT: "Export it as JPEG and upload it again.",
    Verdict.DECODER_CRASHED: "Export it as JPEG and upload it again.",
    Verdict.DECODER_OUT_OF_MEMORY: "Export it as JPEG and upload it again.",
    Verdict.ARCHIVED: "Restore it from the archive and upload it again.",
    Verdict.ENCRYPTED_WITH_CUSTOMER_KEY: "Upload it again without a key of your own.",
    Verdict.RENDERING_FAILED: "Export it as JPEG and upload it again.",
}


class DarkroomError(Exception):
    """Base of all. *str()* is the log sentence; *public* may be shown to anyone."""

    code: str = "INTERNAL_ERROR"

    def __init__(self, log: str, *, public: str | None = None) -> None:
        super().__init__(log)
        self.public = log if public is None else public


class SettingsError(DarkroomError):
    """A wrong setting. The text is one line: the key, the value found, the values allowed."""

    code = "INVALID_SETTINGS"


class UsageError(DarkroomError):
    """A command that cannot be carried out as written: exit code 2."""

    code = "USAGE"


class InstallationError(DarkroomError):
    """The program was not installed as locked: no photo can be judged, and nothing is recorded.

    *finding*: one sentence that names the wrong library.
    """

    code = "BROKEN_INSTALLATION"

    def __init__(self, finding: str) -> None:
        text = f"This installation of Darkroom is broken: {finding} Install it anew from its lock (make setup)."
        super().__init__(text, public="The service cannot process photos at the moment.")
        self.finding = finding


class PhotoError(DarkroomError):
    """A permanent verdict: the same bytes will fail again, so nothing is retried.

    *finding*: the expected and the received value, in plain words without paths or library names; the public text
    adds the *advice*, by default that for the verdict.
    """

    def __init__(self, verdict: Verdict, finding: str, *, log: str | None = None, advice: str | None = None) -> None:
        super().__init__(log or finding, public=f"{finding} {advice or ADVICE[verdict]}")
        self.verdict = verdict
        self.finding = finding
        self.code = verdict.value


class EditCode(StrEnum):
    """Reason for which an edit was refused or failed. The value is the public error code."""

    INVALID_INPUT = "INVALID_INPUT"
    UNPARSEABLE_COMMAND = "UNPARSEABLE_COMMAND"
    UNSUPPORTED_COMMAND = "UNSUPPORTED_COMMAND"
    UNAUTHORIZED = "UNAUTHORIZED"
    FORBIDDEN = "FORBIDDEN"
    SESSION_NOT_FOUND = "SESSION_NOT_FOUND"
    NOT_FOUND = "NOT_FOUND"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    TOO_MANY_IMAGES = "TOO_MANY_IMAGES"
    IMAGE_TOO_LARGE = "IMAGE_TOO_LARGE"
    DIMENSIONS_TOO_LARGE = "DIMENSIONS_TOO_LARGE"
    UNSUPPORTED_FORMAT = "UNSUPPORTED_FORMAT"
    SOURCE_REFUSED = "SOURCE_REFUSED"
    SOURCE_FAILED = "SOURCE_FAILED"
    TOO_MANY_SESSIONS = "TOO_MANY_SESSIONS"
    TOO_MANY_STREAMS = "TOO_MANY_STREAMS"
    RATE_LIMIT_EXCEEDED = "RATE_LIMIT_EXCEEDED"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    PROCESSING_TIMEOUT = "PROCESSING_TIMEOUT"
    TRY_AGAIN = "TRY_AGAIN"
    INTERNAL_ERROR = "INTERNAL_ERROR"


HTTP_STATUS: Final[dict[EditCode, int]] = {
    EditCode.INVALID_INPUT: 400,
    EditCode.UNPARSEABLE_COMMAND: 422,
    EditCode.UNSUPPORTED_COMMAND: 422,
    EditCode.UNAUTHORIZED: 401,
    EditCode.FORBIDDEN: 403,
    EditCode.SESSION_NOT_FOUND: 404,
    EditCode.NOT_FOUND: 404,
    EditCode.METHOD_NOT_ALLOWED: 405,
    EditCode.TOO_MANY_IMAGES: 413,
    EditCode.IMAGE_TOO_LARGE: 413,
    EditCode.DIMENSIONS_TOO_LARGE: 413,
    EditCode.UNSUPPORTED_FORMAT: 415,
    EditCode.SOURCE_REFUSED: 400,
    EditCode.SOURCE_FAILED: 502,
    EditCode.TOO_MANY_SESSIONS: 429,
    EditCode.TOO_MANY_STREAMS: 429,
    EditCode.RATE_LIMIT_EXCEEDED: 429,
    EditCode.IDEMPOTENCY_CONFLICT: 409,
    EditCode.PROCESSING_TIMEOUT: 504,
    EditCode.TRY_AGAIN: 503,
    EditCode.INTERNAL_ERROR: 500,
}


class EditError(DarkroomError):
    """A permanent verdict on an edit or on a request for one.

    *public*: the expected value, the received value, the remedy; *details*: the same for programs (JSON values).
    """

    def __init__(
        self, edit_code: EditCode, log: str, *, public: str | None = None, details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(log, public=public)
        self.edit_code = edit_code
        self.code = edit_code.value
        self.details = dict(details or {})

    @property
    def status(self) -> int:
        """The HTTP status of the code."""
        return HTTP_STATUS[self.edit_code]


class TransientError(DarkroomError):
    """May succeed later: never recorded as a failure of the photo."""

    code = "TRY_AGAIN"
    audience_text: ClassVar[str] = "The photo is waiting to be processed again."

    def __init__(self, log: str) -> None:
        super().__init__(log, public=self.audience_text)


class OutOfTime(TransientError):
    """The invocation would be killed before the work could finish."""

    code = "OUT_OF_TIME"


class RecordMissing(TransientError):
    """``missing_record: require`` and the backend has not written the record yet."""

    code = "RECORD_MISSING"


class LeaseHeld(TransientError):
    """Another invocation works on the same photo."""

    code = "LEASE_HELD"


class StoreUnavailable(TransientError):
    """An AWS service throttled, timed out, denied or failed."""

    code = "STORE_UNAVAILABLE"
