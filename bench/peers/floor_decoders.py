"""Decode each kind of photo by the library itself: libjpeg-turbo in libvips, pillow-heif, LibRaw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyvips

from bench.job import Job
from processor.imaging.line import develop
from processor.recipe import Recipe
from processor.source import Source

Decode = Callable[[], Any]


def decoder_of(job: Job) -> Decode | None:
    """Return the decode of the job's photo, lazy where it can be streamed; None for a kind without a floor."""
    make = DECODERS.get(job.path.suffix)
    return make(job.path) if make else None


def _jpeg(path: Path) -> Decode:
    return lambda: pyvips.Image.jpegload(str(path), access="sequential")


def _png(path: Path) -> Decode:
    return lambda: pyvips.Image.pngload(str(path), access="sequential")


def _heic(path: Path) -> Decode:
    import pillow_heif  # noqa: PLC0415 - costs memory that the other kinds must not pay

    pillow_heif.options.DECODE_THREADS = 1

    def decode() -> Any:
        picture = pillow_heif.open_heif(str(path))[0]
        width, height = picture.size
        rows: Any = picture.data
        if picture.stride != 3 * width:
            raise AssertionError(f"expected rows of {3 * width} bytes, received {picture.stride}")
        return pyvips.Image.new_from_memory(rows, width, height, 3, "uchar")

    return decode


def _raw(path: Path) -> Decode:
    """Decode by the path that Darkroom chooses for the largest size of this RAW."""
    return RAW_PATHS[_chosen(path)](path)


def _chosen(path: Path) -> str:
    """Ask Darkroom itself, unmeasured: raw-preview, raw-half or raw-full."""
    recipe = Recipe()
    with Source.from_path(path, max_bytes=recipe.limits.max_bytes) as source:
        rendering = develop(source, recipe, file_name=path.name)
    largest = max(rendering.renditions, key=lambda it: it.width * it.height)
    return rendering.receipt.sources[largest.size]


def _preview(path: Path) -> Decode:
    import rawpy  # noqa: PLC0415

    def decode() -> Any:
        with rawpy.imread(str(path)) as raw:
            preview: Any = raw.extract_thumb().data
            return pyvips.Image.jpegload_buffer(preview, access="sequential")

    return decode


def _demosaic(path: Path, *, half_size: bool) -> Decode:
    import rawpy  # noqa: PLC0415

    def decode() -> Any:
        with rawpy.imread(str(path)) as raw:
            rows = raw.postprocess(
                use_camera_wb=True, half_size=half_size, output_bps=8, demosaic_algorithm=rawpy.DemosaicAlgorithm.AHD
            )
        height, width, bands = rows.shape
        return pyvips.Image.new_from_memory(rows.data, width, height, bands, "uchar")

    return decode


RAW_PATHS: Mapping[str, Callable[[Path], Decode]] = {
    "raw-preview": _preview,
    "raw-half": lambda path: _demosaic(path, half_size=True),
    "raw-full": lambda path: _demosaic(path, half_size=False),
}
DECODERS: Mapping[str, Callable[[Path], Decode]] = {".jpg": _jpeg, ".png": _png, ".heic": _heic, ".dng": _raw}
