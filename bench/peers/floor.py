"""The codec floor: what decoding and the encodes cost by themselves, with no resizing between.

libjpeg-turbo decodes the whole photo; pixels made ready beforehand are encoded. No line that uses
these codecs at these sizes can be cheaper, unless it decodes at a reduced size.
"""

from __future__ import annotations

from typing import Any

import pyvips

from bench.job import CannotRun, Job, Output, Render

JPEG_SUFFIX = ".jpg"


def prepare(job: Job) -> Render:
    """Make the ready pixels, unmeasured; return decode and encodes."""
    if job.path.suffix != JPEG_SUFFIX:
        raise CannotRun("defined for JPEG originals")
    pyvips.vips_lib.vips_concurrency_set(1)  # as in Darkroom; more threads only add CPU
    path = str(job.path)
    ready: list[Any] = [
        pyvips.Image.thumbnail(path, width, height=height, size="down").copy_memory() for width, height in job.boxes
    ]

    def render() -> list[Output]:
        pyvips.Image.jpegload(path, access="sequential").copy_memory()
        return [_encoded(image, job.quality) for image in ready]

    return render


def versions() -> dict[str, str]:
    """Name libvips."""
    return {"libvips": ".".join(str(pyvips.version(part)) for part in range(3))}


def _encoded(image: Any, quality: int) -> Output:
    data: bytes = image.jpegsave_buffer(Q=quality, optimize_coding=True, keep="none")
    return Output(width=image.width, height=image.height, bytes=len(data))
