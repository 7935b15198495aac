"""Cut out what matters."""

from __future__ import annotations

from processor.edits.operations.size import AutoCrop
from processor.imaging.geometry import Box
from processor.imaging.picture import Picture
from processor.imaging.steps.anchors import largest_part, ratio

NO_FACES = "No face detection is available here: the crop was made around what draws the eye."


def autocrop(picture: Picture, step: AutoCrop) -> Picture:
    """Cut the largest part of the aspect (square by default) around the focus, in the same place of all frames."""
    part = largest_part(picture.size, ratio(step.aspect or "1:1"))
    noted = picture.noting(NO_FACES) if step.focus == "face" else picture
    if part == picture.size:
        return noted
    left, top = _place(picture, part, "entropy" if step.focus == "entropy" else "attention")
    return noted.each(lambda image: image.crop(left, top, part.width, part.height))


def _place(picture: Picture, part: Box, interesting: str) -> tuple[int, int]:
    """Let libvips look at the first frame: edges, skin and saturated colour, or detail."""
    found = picture.first.smartcrop(part.width, part.height, interesting=interesting)
    # libvips notes in a crop where its origin lay.
    return -found.xoffset, -found.yoffset
