"""Decode camera RAW by LibRaw: the camera's own preview where it is large enough, else a demosaic.

``auto`` takes the preview for every size that it fills, and one demosaic for the larger ones: at half size when that
fills them (four sensor pixels make one: no interpolation, a quarter of the work), else in full.
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
from processor.imaging.decoders.buffers import from_rows
from processor.imaging.decoders.original import Original, Part, Pixels
from processor.imaging.decoders.preview import Preview, usable_preview
from processor.imaging.exif import NO_EXIF, read_exif
from processor.imaging.geometry import Box, Rung, rung_for, rungs_for
from processor.imaging.icc import adobe_rgb_profile
from processor.imaging.model import Decoder
from processor.imaging.structure.header import Header, corrupt, needs_memory, size_lie, truncated
from processor.imaging.structure.walk import check_limits
from processor.recipe import Recipe
from processor.source import Source

ORIENTATIONS: Final = {0: 1, 1: 2, 3: 3, 2: 4, 4: 5, 6: 6, 7: 7, 5: 8}
"""LibRaw's flip (bit 0: mirror columns, 1: mirror rows, 2: exchange them first) → EXIF orientation."""

NO_MEMORY: Final = (rawpy.LibRawUnsufficientMemoryError, rawpy.LibRawMemPoolOverflowError, rawpy.LibRawTooBigError)

RESCUE_LONG_SIDE_PX: Final = 1_600
"""A preview smaller than this, and than half the sensor, is never passed off as a photo that LibRaw cannot decode."""

SHAPE_TOLERANCE: Final = 0.02
MAX_MARGIN: Final = 0.05
SRGB_GAMMA: Final = (2.4, 12.92)
"""Power and toe slope of sRGB (IEC 61966-2-1). LibRaw's own default is BT.709's curve: shadows come out too dark."""


@dataclass(frozen=True, slots=True)
class _Raw:
    """An opened RAW. *sensor*: px as stored; *preview*: None when it is unusable, for the reason *flaw*."""

    file: rawpy.RawPy
    sensor: Box
    orientation: int
    preview: Preview | None
    flaw: str


def open_raw(source: Source, header: Header, recipe: Recipe) -> Original:
    """Identify the RAW and choose where each size comes from. Raises PhotoError."""
    try:
        file = _open(source)
        raw = _identify(file, header, recipe)
    except rawpy.LibRawError as error:
        raise verdict_of(error) from error
    size = raw.sensor.turned(raw.orientation)
    rungs = rungs_for(recipe.sizes, size)
    exif = read_exif(source.view)
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


def _identify(file: rawpy.RawPy, header: Header, recipe: Recipe) -> _Raw:
    sizes = file.sizes
    sensor = _without_margin(_square(sizes.width, sizes.height, sizes.pixel_aspect), header)
    claim = Header(format="raw", width=sensor.width, height=sensor.height)
    check_limits(claim, recipe.limits, raw_max_megapixels=recipe.raw.max_megapixels)
    orientation = ORIENTATIONS.get(sizes.flip, 1)
    if recipe.raw.strategy == "demosaic":
        return _Raw(file, sensor, orientation, None, "the settings ask for a demosaic")
    preview, flaw = _find_preview(file, sensor, orientation)
    return _Raw(file, sensor, orientation, preview, flaw)


def _square(width: int, height: int, pixel_aspect: float) -> Box:
    """Return the size in square pixels: LibRaw stretches the shorter way (Nikon D1X)."""
    if pixel_aspect < 1:
        return Box(width, round(height / pixel_aspect))
    return Box(round(width * pixel_aspect), height)


def _without_margin(visible: Box, header: Header) -> Box:
    """Use the declared size when it is a few pixels smaller than LibRaw's: the rest is a dark margin (Kodak DC50)."""
    declared = Box(max(1, header.width), max(1, header.height))
    margin = max(1 - declared.width / visible.width, 1 - declared.height / visible.height)
    return declared if visible.holds(declared) and margin <= MAX_MARGIN else visible


def _find_preview(file: rawpy.RawPy, sensor: Box, orientation: int) -> tuple[Preview | None, str]:
    try:
        thumb = file.extract_thumb()
    except rawpy.LibRawError:
        return None, "there is no embedded preview"
    if thumb.format is not rawpy.ThumbFormat.JPEG or not isinstance(thumb.data, bytes):
        return None, "the embedded preview is a bare thumbnail"
    return usable_preview(thumb.data, sensor, orientation, colour=file.num_colors > 1)


def _parts(raw: _Raw, recipe: Recipe, rungs: Sequence[Rung]) -> Iterator[Part]:
    """Yield the preview's rungs, then the demosaic's."""
    filled = _filled_by_preview(raw, recipe, rungs)
    if filled and raw.preview is not None:
        why = f"the preview of {raw.preview.size.width}×{raw.preview.size.height} px fills these sizes"
        yield Part(rungs=filled, pixels=_preview_pixels(raw, raw.preview, why))
    names = {rung.size for rung in filled}
    rest = tuple(rung for rung in rungs if rung.size not in names)
    if rest:
        yield _demosaic_or_rescue(raw, recipe, rest)


def _filled_by_preview(raw: _Raw, recipe: Recipe, rungs: Sequence[Rung]) -> tuple[Rung, ...]:
    if raw.preview is None:
        return ()
    if recipe.raw.strategy == "preview":
        return _within(raw, raw.preview, recipe, rungs)
    return tuple(rung for rung in rungs if raw.preview.size.long_side >= rung.frame.long_side)


def _within(raw: _Raw, preview: Preview, recipe: Recipe, rungs: Sequence[Rung]) -> tuple[Rung, ...]:
    """Compute the rungs anew from the preview's own size, so that none enlarges it."""
    size = preview.size.turned(_preview_orientation(raw, preview))
    return tuple(rung_for(rung.size, recipe.sizes[rung.size], size) for rung in rungs)


def _demosaic_or_rescue(raw: _Raw, recipe: Recipe, rungs: tuple[Rung, ...]) -> Part:
    """Demosaic; a RAW whose compression LibRaw does not know (JPEG XL in DNG) is saved by a large preview."""
    try:
        return Part(rungs=rungs, pixels=_demosaic(raw, rungs))
    except rawpy.LibRawError as error:
        verdict = verdict_of(error)
        preview = raw.preview
        large = preview is not None and (
            preview.size.long_side >= RESCUE_LONG_SIDE_PX or 2 * preview.size.long_side >= raw.sensor.long_side
        )
        if verdict.verdict is not Verdict.UNSUPPORTED_FORMAT or preview is None or not large:
            raise verdict from error
        why = f"LibRaw cannot decode this RAW; the preview of {preview.size.width}×{preview.size.height} px saves it"
        return Part(rungs=_within(raw, preview, recipe, rungs), pixels=_preview_pixels(raw, preview, why))


def _preview_pixels(raw: _Raw, preview: Preview, why: str) -> Pixels:
    return Pixels(
        image=preview.load(),
        decoder="raw-preview",
        why=why,
        orientation=_preview_orientation(raw, preview),
        profile=adobe_rgb_profile() if preview.exif.is_adobe_rgb else None,
    )


def _preview_orientation(raw: _Raw, preview: Preview) -> int:
    """Return the RAW header's orientation, unless the camera stored the preview upright already."""
    quarter_turn = raw.sensor.turned(raw.orientation) != raw.sensor
    portrait = preview.size.height > preview.size.width
    return 1 if quarter_turn and portrait != (raw.sensor.height > raw.sensor.width) else raw.orientation


def _demosaic(raw: _Raw, rungs: Sequence[Rung]) -> Pixels:
    """Run LibRaw: the camera's white balance, 8 bit, sRGB; turned upright by the line, not here."""
    half_size = Box(max(1, raw.sensor.width // 2), max(1, raw.sensor.height // 2)).turned(raw.orientation)
    half = all(half_size.holds(rung.frame) for rung in rungs)
    rows = raw.file.postprocess(
        use_camera_wb=True,
        half_size=half,
        output_color=rawpy.ColorSpace.sRGB,
        output_bps=8,
        gamma=SRGB_GAMMA,
        user_flip=0,
        demosaic_algorithm=rawpy.DemosaicAlgorithm.AHD,
    )
    height, width, bands = rows.shape
    if abs(width / height / raw.sensor.aspect - 1) > SHAPE_TOLERANCE:
        claim = Header(format="raw", width=raw.sensor.width, height=raw.sensor.height)
        raise size_lie(claim, width, height)
    decoder: Decoder = "raw-half" if half else "raw-full"
    image = from_rows(rows.data, width=width, height=height, bands=bands, stride=width * bands)
    image = _centre(image, raw.sensor)
    why = f"{raw.flaw or 'the preview is too small'}; {'half size fills the larger sizes' if half else 'full size'}"
    return Pixels(image=image, decoder=decoder, why=why, orientation=raw.orientation)


def _centre(image: Image, sensor: Box) -> Image:
    """Cut off the margin around the picture that the file declares; half-size pictures keep their few pixels."""
    if not Box(image.width, image.height).holds(sensor):
        return image
    left, top = (image.width - sensor.width) // 2, (image.height - sensor.height) // 2
    return image.crop(left, top, sensor.width, sensor.height)
