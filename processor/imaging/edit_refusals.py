"""Build the errors of edits that cannot be carried out, in words for their users."""

from __future__ import annotations

import pyvips

from processor.edits.operations.file import PictureFormat
from processor.errors import EditCode, EditError
from processor.imaging.decoders.damage import NO_MEMORY
from processor.imaging.edit_model import FILE_KINDS, EditLimits
from processor.imaging.geometry import Box


def too_large(size: Box, frames: int, limits: EditLimits, what: str) -> EditError:
    """Return the error of a picture with more pixels than the limits; *what*: the subject and verb of its sentence."""
    each = f"{frames} frames of " if frames > 1 else ""
    return EditError(
        EditCode.DIMENSIONS_TOO_LARGE,
        f"{what} too large: expected sides of at most {limits.max_dimension_px:,} px and {limits.max_megapixels:,} "
        f"megapixels in all, received {each}{size.width:,} × {size.height:,} px. Choose a smaller size.",
        details={"width": size.width, "height": size.height, "frames": frames},
    )


def too_many_bytes(found: int, limits: EditLimits) -> EditError:
    """Return the error of a result of *found* bytes."""
    return EditError(
        EditCode.IMAGE_TOO_LARGE,
        f"The result is too large: expected at most {limits.max_result_bytes:,} bytes, received {found:,}. "
        "Choose a smaller size, or JPEG or WebP.",
    )


def too_large_for(output: PictureFormat, size: Box) -> EditError:
    """Return the error of a picture whose *size* the format cannot hold."""
    return EditError(
        EditCode.DIMENSIONS_TOO_LARGE,
        f"The result is too large for {output.upper()}: expected sides of at most "
        f"{FILE_KINDS[output].longest_side:,} px, received {size.width:,} × {size.height:,} px. "
        "Choose a smaller size or another format.",
    )


def step_failed(error: pyvips.Error, words: str, size: Box) -> EditError:
    """Return the error of a step that libvips could not carry out: too little memory, or a fault of ours."""
    if _lacks_memory(error):
        what = f"“{words}” needs more memory than there is for a picture of {size.width:,} × {size.height:,} px."
        return EditError(EditCode.DIMENSIONS_TOO_LARGE, f"{what} Make it smaller first.")
    public = f"“{words}” failed on this picture. Try again without it."
    return EditError(EditCode.INTERNAL_ERROR, f"“{words}”: {error}", public=public)


def writing_failed(error: pyvips.Error, output: PictureFormat, size: Box) -> EditError:
    """Return the error of a file that libvips could not write."""
    if _lacks_memory(error) or "unable to encode" in str(error):  # WebP's encoder gives no reason
        what = f"{output.upper()} needs more memory than there is for a picture of {size.width:,} × {size.height:,} px."
        return EditError(EditCode.DIMENSIONS_TOO_LARGE, f"{what} Make it smaller first.")
    public = f"The result could not be written as {output.upper()}. Try another format."
    return EditError(EditCode.INTERNAL_ERROR, f"writing {output}: {error}", public=public)


def _lacks_memory(error: pyvips.Error) -> bool:
    text = str(error).lower().replace("unable to copy to memory", "")
    return any(sign in text for sign in NO_MEMORY)
