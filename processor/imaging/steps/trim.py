"""Remove plain borders."""

from __future__ import annotations

from pyvips import Image

from processor.edits.operations.size import Trim
from processor.imaging.picture import COLOURS, Picture

NOTHING = "Nothing was trimmed: the picture is of one colour."


def trim(picture: Picture, step: Trim) -> Picture:
    """Cut off the rows and columns that look like the top left pixel, as far as they are plain in all frames."""
    boxes = [box for frame in picture.frames if (box := _content(frame, step.threshold)) is not None]
    if not boxes:
        return picture.noting(NOTHING)
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    return picture.each(lambda image: image.crop(left, top, right - left, bottom - top))


def _content(image: Image, threshold: int) -> tuple[int, int, int, int] | None:
    """Return left, top, right and bottom of what differs from the corner, px; None when nothing does."""
    # Premultiplied, so that hidden colours do not count; and then alpha is a band like the others.
    seen = image.premultiply() if image.bands > COLOURS else image
    corner: list[float] = seen.getpoint(0, 0)
    differs = ((seen - corner).abs() > threshold).bandor()
    columns, rows = differs.project()
    across, down = _span(columns.rot90()), _span(rows)
    if across is None or down is None:
        return None
    return across[0], down[0], across[1], down[1]


def _span(sums: Image) -> tuple[int, int] | None:
    """Return the first non-zero row of a column of sums, and the one behind the last."""
    marked = sums > 0
    if not marked.max():
        return None
    first, _ = marked.profile()
    last, _ = marked.flipver().profile()
    return int(first.getpoint(0, 0)[0]), marked.height - int(last.getpoint(0, 0)[0])
