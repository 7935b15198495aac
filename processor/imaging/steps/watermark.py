"""Put another picture on the picture."""

from __future__ import annotations

from processor.edits.operations.overlay import Watermark
from processor.errors import EditCode, EditError
from processor.imaging.geometry import Box, scaled
from processor.imaging.picture import Picture
from processor.imaging.steps.anchors import place
from processor.imaging.steps.compose import faded, put
from processor.imaging.steps.resize import stretch


def watermark(picture: Picture, step: Watermark, mark: Picture) -> Picture:
    """Put the first frame of *mark* on every frame, *width_percent* wide, its transparency kept."""
    size = picture.size
    margin = round(size.width * step.margin / 100)
    room = Box(max(1, size.width - 2 * margin), max(1, size.height - 2 * margin))
    frame = _frame(mark.size, size, room, step.width_percent)
    layer = faded(stretch(mark.still().with_alpha(), frame).first, step.opacity)
    left, top = place(frame, size, step.position, margin=min(margin, (size.height - frame.height) // 2))
    return picture.each(lambda image: put(image, layer, left, top))


def _frame(mark: Box, size: Box, room: Box, percent: float) -> Box:
    """Return the size of the mark on the picture, px; one that is too high for it is made narrower."""
    width = max(1, round(size.width * percent / 100))
    height = scaled(mark.height, width, mark.width)
    if height <= room.height:
        return Box(width, height)
    return Box(scaled(mark.width, room.height, mark.height), room.height)


def missing(reference: str) -> EditError:
    """Say that a plan names a watermark that the caller has not brought."""
    return EditError(
        EditCode.INVALID_INPUT,
        f"The watermark {reference} is not available: expected a photo or an upload of your own. Upload it again.",
    )
