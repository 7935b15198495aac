"""Measure the codec floor: decoding and encoding alone, with no resizing and no colour between.

Each photo is decoded whole by the library that Darkroom takes for it; pixels made ready beforehand are encoded. No line
that uses these codecs at these sizes can be cheaper, unless it decodes at a reduced size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyvips

from bench.job import CannotRun, Job, Output, Render
from bench.peers.floor_decoders import decoder_of


def prepare(job: Job) -> Render:
    """Make the ready pixels, unmeasured; return decode and encodes."""
    pyvips.vips_lib.vips_concurrency_set(1)  # as in Darkroom; more threads only add CPU
    decode = decoder_of(job)
    if decode is None:
        raise CannotRun("defined for JPEG, HEIC and RAW originals")
    ready = _ready(decode, job)

    def render() -> list[Output]:
        decode()
        return [_encoded(image, job.quality) for image in ready]

    return render


def versions() -> dict[str, str]:
    """Name libvips."""
    return {"libvips": ".".join(str(pyvips.version(part)) for part in range(3))}


def _ready(decode: Callable[[], Any], job: Job) -> list[Any]:
    whole = decode()
    return [whole.thumbnail_image(width, height=height, size="down").copy_memory() for width, height in job.boxes]


def _encoded(image: Any, quality: int) -> Output:
    data: bytes = image.jpegsave_buffer(Q=quality, optimize_coding=True, keep="none")
    return Output(width=image.width, height=image.height, bytes=len(data))
