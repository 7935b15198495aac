"""Render as well as plain Pillow can: decode once at a reduced size, cascade down, optimised JPEG."""

from __future__ import annotations

import io

from PIL import Image, ImageOps

from bench.job import Job, Output, Render
from bench.peers.pillow_open import open_photo, upright_rgb, versions

__all__ = ["prepare", "versions"]


def prepare(job: Job) -> Render:
    """Return the cascade, largest size first."""
    boxes = sorted(job.boxes, reverse=True)

    def render() -> list[Output]:
        image = open_photo(job.path)
        original = image.size
        image.draft("RGB", boxes[0])
        image = upright_rgb(image)
        outputs: list[Output] = []
        for box in boxes:
            image = image.resize(_fitted(original, box), Image.Resampling.LANCZOS, reducing_gap=2.0)
            outputs.append(_encoded(image, job.quality))
        return outputs[::-1]

    return render


def _fitted(original: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    """Fit the original's size inside *box*, never larger than it is."""
    if original[0] <= box[0] and original[1] <= box[1]:
        return original
    return ImageOps.contain(Image.new("1", original), box).size


def _encoded(image: Image.Image, quality: int) -> Output:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return Output(width=image.width, height=image.height, bytes=out.tell())
