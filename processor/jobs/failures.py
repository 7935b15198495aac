"""Verdicts on pictures in the public codes of the edit API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from processor.edits.session import ImageFailure, ImageProgress
from processor.errors import DarkroomError, EditCode, EditError, PhotoError, Verdict

CODES: Final[Mapping[Verdict, EditCode]] = {
    Verdict.NOT_AN_IMAGE: EditCode.UNSUPPORTED_FORMAT,
    Verdict.UNSUPPORTED_FORMAT: EditCode.UNSUPPORTED_FORMAT,
    Verdict.TRUNCATED: EditCode.UNSUPPORTED_FORMAT,
    Verdict.CORRUPT: EditCode.UNSUPPORTED_FORMAT,
    Verdict.IMAGE_TOO_LARGE: EditCode.IMAGE_TOO_LARGE,
    Verdict.DIMENSIONS_TOO_LARGE: EditCode.DIMENSIONS_TOO_LARGE,
    Verdict.TOO_MANY_FRAMES: EditCode.DIMENSIONS_TOO_LARGE,
    Verdict.TOO_MANY_SCANS: EditCode.UNSUPPORTED_FORMAT,
    Verdict.METADATA_TOO_LARGE: EditCode.UNSUPPORTED_FORMAT,
    Verdict.DECODE_TIMEOUT: EditCode.PROCESSING_TIMEOUT,
    Verdict.DECODER_CRASHED: EditCode.UNSUPPORTED_FORMAT,
    Verdict.DECODER_OUT_OF_MEMORY: EditCode.DIMENSIONS_TOO_LARGE,
    Verdict.RENDERING_FAILED: EditCode.UNSUPPORTED_FORMAT,
}
MAX_MESSAGE_CHARS: Final = 500


def failure_of(verdict: PhotoError | EditError) -> ImageFailure:
    """Say for the public why a picture cannot be edited."""
    code = CODES[verdict.verdict] if isinstance(verdict, PhotoError) else verdict.edit_code
    return ImageFailure(code=code.value, message=public_text(verdict))


def public_text(error: DarkroomError) -> str:
    """Give the public sentence, short enough for a session's record."""
    return error.public if len(error.public) <= MAX_MESSAGE_CHARS else f"{error.public[: MAX_MESSAGE_CHARS - 1]}…"


def gave_up(progress: ImageProgress) -> ImageFailure:
    """Say that no attempt has come to an end. One that had begun was most likely cut off."""
    if progress.percent:
        return ImageFailure(
            code=EditCode.PROCESSING_TIMEOUT.value,
            message="The picture could not be edited in time. Use a smaller picture or fewer steps, or try again.",
        )
    return ImageFailure(
        code=EditCode.INTERNAL_ERROR.value,
        message="The picture could not be edited because of a fault on our side. Try again later.",
    )
