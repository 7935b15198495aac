"""Render as the original guide does: for each size open the original, RGB, LANCZOS, optimised progressive JPEG.

It converts right after opening (which is how transparent PNGs went black), so every size costs a full decode: Pillow's
shrink on load needs to be asked before. The peer "best plain Pillow" does ask.
"""

from __future__ import annotations

import io

from PIL import Image

from bench.job import Job, Output, Render
from bench.peers.pillow_open import open_photo, versions

__all__ = ["prepare", "versions"]


def prepare(job: Job) -> Render:
    """Return the loop over the sizes."""
    return lambda: [_one(job, box) for box in job.boxes]


def _one(job: Job, box: tuple[int, int]) -> Output:
    image = open_photo(job.path).convert("RGB")
    image.thumbnail(box, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=job.quality, optimize=True, progressive=True)
    return Output(width=image.width, height=image.height, bytes=out.tell())
