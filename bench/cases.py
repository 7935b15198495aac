"""List the photos that are measured; keep them, made by code, in a cache outside git."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import inputs


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One photo."""

    name: str
    title: str
    suffix: str
    make: Callable[[], bytes]
    seconds: float
    """Of a whole run with all peers, on two idle cores."""


CASES: tuple[Case, ...] = (
    Case(name="jpeg-24mp", title="24 MP camera JPEG", suffix=".jpg", make=inputs.jpeg_24mp, seconds=95),
    Case(
        name="jpeg-24mp-adobe-rgb",
        title="24 MP camera JPEG, Adobe RGB profile",
        suffix=".jpg",
        make=inputs.jpeg_24mp_adobe_rgb,
        seconds=120,
    ),
    Case(name="jpeg-45mp", title="45 MP camera JPEG", suffix=".jpg", make=inputs.jpeg_45mp, seconds=170),
    Case(name="heic-12mp-p3", title="12 MP HEIC, Display P3", suffix=".heic", make=inputs.heic_12mp_p3, seconds=70),
    Case(name="dng-24mp", title="24 MP DNG without preview", suffix=".dng", make=inputs.dng_24mp, seconds=120),
    Case(
        name="dng-24mp-preview",
        title="24 MP DNG, full-size preview",
        suffix=".dng",
        make=inputs.dng_24mp_preview,
        seconds=75,
    ),
    Case(name="png-8mp-16bit", title="8 MP PNG, 16 bit", suffix=".png", make=inputs.png_8mp_16bit, seconds=90),
)

HUGE = Case(name="jpeg-100mp", title="100 MP JPEG", suffix=".jpg", make=inputs.jpeg_100mp, seconds=90)
"""As large as the limits allow: measured for its memory, without peers."""


def cached(case: Case, folder: Path) -> Path:
    """Return the photo's file under *folder*, made on first use."""
    path = folder / f"{case.name}-v{inputs.REVISION}{case.suffix}"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_bytes(case.make())
        partial.replace(path)
    return path
