"""Finish the picture of a size as its settings ask: blurred, then marked. Loaded where a size asks for it.

Each size is finished from a clean picture, after resizing: the sizes below it are made from that one too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pyvips import Image

from processor.edits.operations.effect import Blur
from processor.errors import PhotoError, Verdict
from processor.imaging.edit_model import EditLimits, inspect_source
from processor.imaging.intake import open_mark
from processor.imaging.picture import Picture
from processor.imaging.steps.effect import blur
from processor.imaging.steps.overlay import Laying, Marks, lay
from processor.recipe import Size
from processor.source import Source

MARK_LIMITS: Final = EditLimits(max_dimension_px=4096, max_megapixels=16, max_frames=1)
FORMATS: Final = frozenset({"jpeg", "png", "webp", "gif", "tiff"})
"""A mark is decoded with every photo, in the same process: only by libvips' own loaders."""


def finished(image: Image, size: Size, marks: Marks) -> Image:
    """Return *image* (sRGB, in memory) as *size* shows it; the same image where it hides nothing.

    *marks* hold every mark of the recipe: a size is never shown without its own.
    """
    if not size.hides:
        return image
    picture = Picture(frames=(image,))
    if size.blur_percent is not None:
        picture = blur(picture, Blur(sigma_percent=size.blur_percent)).in_memory()
    if size.watermark is not None:
        how = size.watermark.model_dump(exclude={"object"})
        picture = lay(picture, marks[size.watermark.object], Laying(**how))
    return picture.in_memory().first


def open_marks(sources: Mapping[str, Source]) -> Marks:
    """Open the marks without decoding them; raises PhotoError."""
    headers = {name: inspect_source(source, MARK_LIMITS) for name, source in sources.items()}
    return {name: open_mark(source, headers[name], MARK_LIMITS) for name, source in sources.items()}


def check_mark(source: Source) -> None:
    """Decode a mark; raise PhotoError unless every photo can be given it."""
    header = inspect_source(source, MARK_LIMITS)
    if header.format not in FORMATS:
        raise PhotoError(
            Verdict.UNSUPPORTED_FORMAT, f"Expected one of {', '.join(sorted(FORMATS))}, received {header.format}."
        )
    mark = open_mark(source, header, MARK_LIMITS)
    mark.decode(mark.size)
