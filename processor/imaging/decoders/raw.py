"""Decode camera RAW by LibRaw, all sizes of a photo from one source.

``auto`` takes the camera's own preview when it fills the largest size. Else it demosaics the sensor for all sizes, at
half size when that fills them, and matches tone and colour to the preview where there is a usable one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import rawpy
from pyvips import Image

from processor.errors import PhotoError, Verdict
from processor.imaging.colour import Colour
from processor.imaging.decoders.look import matched
from processor.imaging.decoders.original import Original, Part, Pixels
from processor.imaging.decoders.preview import Preview, find_preview
from processor.imaging.decoders.sensor import Sensor, sensor_of
from processor.imaging.exif import NO_EXIF, Exif, read_exif
from processor.imaging.geometry import Box, Rung, fit_inside, largest_frame, rung_for, rungs_for
from processor.imaging.model import Decoder
from processor.imaging.structure.header import Header, corrupt, needs_memory, truncated
from processor.imaging.structure.walk import check_limits
from processor.imaging.upright import upright
from processor.recipe import Recipe
from processor.source import Source

NO_MEMORY: Final = (rawpy.LibRawUnsufficientMemoryError, rawpy.LibRawMemPoolOverflowError, rawpy.LibRawTooBigError)

RESCUE_LONG_SIDE_PX: Final = 1_600
"""A preview smaller than this, and than half the sensor, is never passed off as a photo that LibRaw cannot decode."""

FILL_TOLERANCE: Final = 0.02
"""Cameras cut a few edge pixels off the sensor's picture: such a preview fills a size that shows all of it."""
MIN_MATCH_PX, MAX_MATCH_PX = 64, 128
"""Long side of the pictures to match: thousands of colours, so small that sharpening and lens correction do not count.

At most half a small preview's own: old cameras made thumbnails by leaving pixels out.
"""


@dataclass(frozen=True, slots=True)
class _Raw:
    """An opened RAW. *preview*: None when it is unusable, for the reason *flaw*."""

    sensor: Sensor
    preview: Preview | None
    flaw: str

    def preview_orientation(self, preview: Preview) -> int:
        """Return the RAW header's orientation, unless the camera stored the preview upright already."""
        stored, orientation = self.sensor.size, self.sensor.orientation
        quarter_turn = stored.turned(orientation) != stored
        portrait = preview.size.height > preview.size.width
        return 1 if quarter_turn and portrait != (stored.height > stored.width) else orientation


def open_raw(source: Source, header: Header, recipe: Recipe) -> Original:
    """Identify the RAW and choose its source of pixels. Raises PhotoError."""
    exif = read_exif(source.view)
    try:
        file = _open(source)
        raw = _identify(file, source, header, recipe, exif)
    except rawpy.LibRawError as error:
        raise verdict_of(error) from error
    size = raw.sensor.size.turned(raw.sensor.orientation)
    rungs = rungs_for(recipe.sizes, size)
    if exif == NO_EXIF and raw.preview is not None:
        exif = raw.preview.exif  # CR3 and RAF keep it there
    return Original(size=size, rungs=rungs, parts=lambda: _parts(raw, recipe, rungs), exif=exif)


def verdict_of(error: rawpy.LibRawError) -> PhotoError:
    """Translate LibRaw's error into a PhotoError."""
    if isinstance(error, rawpy.LibRawIOError):
        return truncated("its picture data ends too early or is missing")
    if isinstance(error, NO_MEMORY):
        return needs_memory()
    if isinstance(error, (rawpy.LibRawFileUnsupportedError, rawpy.LibRawNotImplementedError)):
        return PhotoError(
            Verdict.UNSUPPORTED_FORMAT,
            "This camera's RAW cannot be decoded: expected a kind that LibRaw "
            f"{'.'.join(map(str, rawpy.libraw_version))} knows.",
        )
    return corrupt("its RAW data contradicts itself")


def _open(source: Source) -> rawpy.RawPy:
    """Open by path where the system names open files: LibRaw then reads only what it needs."""
    file, path = rawpy.RawPy(), f"/proc/self/fd/{source.fd}"
    if os.path.exists(path):  # noqa: PTH110 - no need to load pathlib for one question
        file.open_file(path)
    else:
        file.open_buffer(BytesIO(source.view))
    return file


def _identify(file: rawpy.RawPy, source: Source, header: Header, recipe: Recipe, exif: Exif) -> _Raw:
    # The limit comes first: what LibRaw turns by 45° has to be decoded to be measured.
    claim = Header(format="raw", width=file.sizes.width, height=file.sizes.height)
    check_limits(claim, recipe.limits, raw_max_megapixels=recipe.raw.max_megapixels)
    sensor = sensor_of(file, source, header)
    if recipe.raw.strategy == "demosaic":
        return _Raw(sensor, None, "the settings ask for a demosaic")
    preview, flaw = find_preview(file, sensor.size, sensor.orientation, raw_exif=exif)
    return _Raw(sensor, preview, flaw)


def _parts(raw: _Raw, recipe: Recipe, rungs: tuple[Rung, ...]) -> Iterator[Part]:
    """Yield one part with all rungs."""
    if raw.preview is not None and _suffices(raw.preview, recipe, rungs):
        yield _from_preview(
            raw,
            raw.preview,
            recipe,
            rungs,
            why="the settings ask for the preview" if recipe.raw.strategy == "preview" else "it fills the largest size",
        )
        return
    try:
        yield Part(rungs=rungs, pixels=_demosaic(raw, rungs))
    except rawpy.LibRawError as error:
        yield _rescue(raw, recipe, rungs, error)


def _suffices(preview: Preview, recipe: Recipe, rungs: Sequence[Rung]) -> bool:
    if not preview.is_jpeg:
        return False
    largest = largest_frame(rungs).long_side
    return recipe.raw.strategy == "preview" or preview.size.long_side >= (1 - FILL_TOLERANCE) * largest


def _rescue(raw: _Raw, recipe: Recipe, rungs: tuple[Rung, ...], error: rawpy.LibRawError) -> Part:
    """Save a RAW whose compression LibRaw does not know (JPEG XL in DNG) by a large preview."""
    verdict, preview = verdict_of(error), raw.preview
    large = (
        preview is not None
        and preview.is_jpeg
        and (preview.size.long_side >= RESCUE_LONG_SIDE_PX or 2 * preview.size.long_side >= raw.sensor.size.long_side)
    )
    if verdict.verdict is not Verdict.UNSUPPORTED_FORMAT or preview is None or not large:
        raise verdict from error
    return _from_preview(raw, preview, recipe, rungs, why="LibRaw cannot decode the sensor's picture")


def _from_preview(raw: _Raw, preview: Preview, recipe: Recipe, rungs: tuple[Rung, ...], *, why: str) -> Part:
    """Make all rungs from the preview; those that it does not fill are computed anew, so that none enlarges it."""
    orientation = raw.preview_orientation(preview)
    size = preview.size.turned(orientation)
    if not size.holds(largest_frame(rungs)):
        rungs = tuple(rung_for(rung.size, recipe.sizes[rung.size], size) for rung in rungs)
    pixels = Pixels(
        image=preview.load(),
        decoder="raw-preview",
        why=f"the embedded preview of {preview.size.width}×{preview.size.height} px: {why}",
        orientation=orientation,
        profile=preview.profile,
    )
    return Part(rungs=rungs, pixels=pixels)


def _demosaic(raw: _Raw, rungs: Sequence[Rung]) -> Pixels:
    """Demosaic the sensor, in linear light when there is a preview to match; turned upright by the line, not here."""
    sensor, preview = raw.sensor, raw.preview
    half = sensor.half_fills(rungs)
    image = sensor.demosaic(rungs, linear=preview is not None and sensor.sees_colour)
    decoder: Decoder = "raw-half" if half else "raw-full"
    return Pixels(
        image=image,
        decoder=decoder,
        why=f"{_why_not(raw)}; {'half size fills the largest size' if half else 'full size'}",
        orientation=sensor.orientation,
        conversion=_conversion(raw, image),
    )


def _why_not(raw: _Raw) -> str:
    """Return why the preview is not the source."""
    if raw.preview is None:
        return raw.flaw
    size = raw.preview.size
    kind = "preview" if raw.preview.is_jpeg else "bare thumbnail"
    return f"the embedded {kind} of {size.width}×{size.height} px does not fill the largest size"


def _conversion(raw: _Raw, image: Image) -> Colour:
    """Return the conversion of the demosaic to sRGB, matched to the preview where there is one."""
    preview, sensor = raw.preview, raw.sensor
    if preview is None or not sensor.sees_colour:
        return Colour(None, "camera matrix → sRGB" if sensor.sees_colour else "one channel: taken as sRGB's grey")
    orientation = raw.preview_orientation(preview)
    side = max(MIN_MATCH_PX, min(MAX_MATCH_PX, preview.size.long_side // 2))
    stored = fit_inside(Box(image.width, image.height), Box(side, side))
    small = image.resize(stored.width / image.width, vscale=stored.height / image.height, kernel="linear")
    turned = stored.turned(sensor.orientation)
    target = preview.small(turned.turned(orientation))
    look = matched(upright(small.copy_memory(), sensor.orientation), upright(target, orientation))
    return Colour(None, look.decision, look.apply)
