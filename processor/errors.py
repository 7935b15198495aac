"""Every error that Darkroom raises on purpose, and what each audience is told.

    DarkroomError                 log text, public text, code
    ├── SettingsError             a setting is unknown, mistyped or out of range
    ├── UsageError                a command line that cannot be carried out
    ├── PhotoError                a permanent verdict on one photo: record it, never retry
    └── TransientError            may pass: propagate it, the queue retries
        ├── OutOfTime             too little of the invocation is left to finish
        ├── RecordMissing         the backend has not written the photo's record yet
        └── StoreUnavailable      S3, DynamoDB, KMS or CloudFront refused or did not answer

Domain code raises; one boundary (a handler, the command line) translates.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Final


class Verdict(StrEnum):
    """Why a photo can never be rendered as it is. The value is the public error code."""

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
}


class DarkroomError(Exception):
    """Base of all. *str()* is the log sentence; *public* may be shown to anyone."""

    code: str = "INTERNAL_ERROR"

    def __init__(self, log: str, *, public: str | None = None) -> None:
        super().__init__(log)
        self.public = log if public is None else public


class SettingsError(DarkroomError):
    """One line: the key, what was found, what is allowed."""

    code = "INVALID_SETTINGS"


class UsageError(DarkroomError):
    """A command that cannot be carried out as written: exit code 2."""

    code = "USAGE"


class PhotoError(DarkroomError):
    """A permanent verdict: the same bytes will fail again, so nothing is retried.

    *finding* says what was expected and what was received, in plain words without
    paths or library names; the advice for its verdict is appended for the public.
    """

    def __init__(self, verdict: Verdict, finding: str, *, log: str | None = None) -> None:
        super().__init__(log or finding, public=f"{finding} {ADVICE[verdict]}")
        self.verdict = verdict
        self.finding = finding
        self.code = verdict.value


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


class StoreUnavailable(TransientError):
    """An AWS service throttled, timed out, denied or failed."""

    code = "STORE_UNAVAILABLE"
