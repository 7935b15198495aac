"""Call thumbor's engine as its server does: for each size load, turn upright, fit, encode.

Without the server's HTTP, which a batch would not need; run by the interpreter of thumbor's own environment.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import Any

from bench.job import CannotRun, Job, Output, Render

READS = {".jpg", ".png"}
"""HEIC needs an extra of thumbor; RAW it never reads."""


def prepare(job: Job) -> Render:
    """Return one call of the engine per size."""
    if job.path.suffix not in READS:
        raise CannotRun("cannot read this kind of photo")
    config = import_module("thumbor.config").Config(RESPECT_ORIENTATION=True)
    context = import_module("thumbor.context").Context(config=config)
    engine: Any = import_module("thumbor.engines.pil").Engine
    return lambda: [_one(engine(context), job, box) for box in job.boxes]


def versions() -> dict[str, str]:
    """Name thumbor and the Pillow of its environment."""
    return {name: version(name) for name in ("thumbor", "pillow")}


def _one(engine: Any, job: Job, box: tuple[int, int]) -> Output:
    engine.load(job.path.read_bytes(), job.path.suffix)
    if engine.image is None:
        raise CannotRun("cannot read this kind of photo")
    engine.reorientate()
    width, height = _fitted(engine.size, box)
    engine.resize(width, height)
    return Output(width=width, height=height, bytes=len(engine.read(".jpg", job.quality)))


def _fitted(size: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    """Fit as ``fit-in`` does, and never enlarge."""
    scale = min(1.0, box[0] / size[0], box[1] / size[1])
    return round(size[0] * scale), round(size[1] * scale)
