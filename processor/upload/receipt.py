"""Derive what is stored of a rendering: version, photo, receipt and price."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final, cast

from processor.imaging.model import Rendering
from processor.original import Photo, StoredRendition
from processor.upload.recipes import PhotoRecipe

# us-east-1, arm64, first tier, November 2025. https://aws.amazon.com/lambda/pricing/
USD_PER_GB_SECOND: Final = 0.0000133334
MIB_PER_GB: Final = 1024
VERSION_CHARS: Final = 12


def version_of(content_sha256: str, recipe: str) -> str:
    """Name the pixels: another version whenever content or recipe differ, and only then."""
    return hashlib.sha256(f"{content_sha256}:{recipe}".encode()).hexdigest()[:VERSION_CHARS]


def photo_from(rendering: Rendering, *, version: str, processed_at: str) -> Photo:
    """Describe a rendering for item and record, without the pixels. *processed_at*: UTC, ISO-8601."""
    return Photo(
        version=version,
        processed_at=processed_at,
        format=rendering.format,
        width=rendering.width,
        height=rendering.height,
        placeholder=rendering.placeholder,
        dominant_color=rendering.dominant_color,
        taken_at=rendering.taken_at,
        camera={name: value for name, value in asdict(rendering.camera).items() if value is not None},
        embedded={
            name: list(cast("tuple[Any, ...]", value)) if isinstance(value, tuple) else value
            for name, value in asdict(rendering.embedded).items()
            if value not in (None, ())
        },
        renditions=tuple(
            StoredRendition(size=one.size, format=one.format, width=one.width, height=one.height, bytes=len(one.data))
            for one in rendering.renditions
        ),
    )


def receipt_of(
    rendering: Rendering, order: PhotoRecipe, *, steps_ms: Mapping[str, float], memory_mib: int
) -> dict[str, Any]:
    """Build the receipt of one photo: how it was made, times, bytes, cost. *steps_ms*: the steps around rendering."""
    total_ms = sum(steps_ms.values())
    made = asdict(rendering.receipt)
    return {
        **made,
        "recipe": order.hash,
        **order.notes(),
        "steps_ms": made["steps_ms"] | {name: round(ms, 1) for name, ms in steps_ms.items()},
        "total_ms": round(total_ms, 1),
        "output_bytes": sum(len(one.data) for one in rendering.renditions),
        "memory_mib": memory_mib,
        "cost_usd": cost_usd(total_ms, memory_mib),
    }


def cost_usd(total_ms: float, memory_mib: int) -> float:
    """Estimate what Lambda charges for *total_ms* at *memory_mib*; without requests and storage."""
    return round(total_ms / 1000 * memory_mib / MIB_PER_GB * USD_PER_GB_SECOND, 9)


def summary_of(version: str, receipt: Mapping[str, Any]) -> dict[str, Any]:
    """Shorten a receipt for the photo record; the original's item holds all of it."""
    kept = ("recipe", "decoder", "colour", "total_ms", "peak_memory_mib", "output_bytes", "cost_usd")
    return {"version": version, **{name: receipt[name] for name in kept if name in receipt}}
