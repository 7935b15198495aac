"""Measure the codec floor: decoding and encoding alone, with no resizing and no colour between.

Each photo is decoded by the library that Darkroom takes for it, streamed into nothing where the library can; pixels
made ready beforehand are encoded. One thread, and Darkroom's own settings of libvips and of the allocator. A line that
uses these codecs at these sizes cannot take less, unless it decodes at a reduced size.
"""

from __future__ import annotations

from typing import Any

import pyvips

from bench.job import CannotRun, Job, Output, Render
from bench.peers.floor_decoders import Decode, decoder_of
from processor.imaging.engine import prepare_engine


def prepare(job: Job) -> Render:
    """Make the ready pixels, unmeasured; return decode and encodes."""
    prepare_engine()
    decode = decoder_of(job)
    if decode is None:
        raise CannotRun("defined for JPEG, HEIC, PNG and RAW originals")
    ready = [_ready(decode, box) for box in job.boxes]

    def render() -> list[Output]:
        _read_through(decode())
        return [_encoded(image, job.quality) for image in ready]

    return render


def versions() -> dict[str, str]:
    """Name libvips."""
    return {"libvips": ".".join(str(pyvips.version(part)) for part in range(3))}


def _read_through(image: Any) -> None:
    """Ask for the last row: a decoder that streams has to decode all rows before it, and none is kept."""
    image.crop(0, image.height - 1, image.width, 1).avg()


def _ready(decode: Decode, box: tuple[int, int]) -> Any:
    small = decode().thumbnail_image(box[0], height=box[1], size="down")
    return small.colourspace("srgb").copy_memory()


def _encoded(image: Any, quality: int) -> Output:
    data: bytes = image.jpegsave_buffer(Q=quality, optimize_coding=True, keep="none")
    return Output(width=image.width, height=image.height, bytes=len(data))
