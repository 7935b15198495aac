"""Define the settings that decide pixels, and their hash: same recipe and same original, same renditions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from processor.validation import Section

OutputFormat = Literal["jpeg", "webp", "avif"]

ENGINE_REVISION = 2
"""Raise it when a change of ``processor.imaging`` alters pixels on purpose: every photo is then rendered again."""

HASH_DIGITS = 12

MAX_SIDE_PX = 16_383  # the longest side that a WebP can have; JPEG and AVIF can do more


def _jpeg_and_no_repeats(formats: tuple[OutputFormat, ...]) -> tuple[OutputFormat, ...]:
    """Require JPEG, which every reader of a photo record can fall back to, and refuse repeats."""
    if "jpeg" not in formats or len(set(formats)) < len(formats):
        raise ValueError(f"found [{', '.join(formats)}], expected jpeg, plus webp and avif at most once each")
    return formats


# No underscore: in "{stem}_{size}.jpg" the last one must end the stem.
SizeName = Annotated[
    str,
    Field(
        max_length=32,
        pattern="^[a-z][a-z0-9-]*$",
        json_schema_extra={
            "allowed": "a name of at most 32 lower-case letters, digits and hyphens that starts with a letter"
        },
    ),
]
SidePx = Annotated[int, Field(ge=1, le=MAX_SIDE_PX)]
QualityPercent = Annotated[int, Field(ge=1, le=100)]
Formats = Annotated[tuple[OutputFormat, ...], AfterValidator(_jpeg_and_no_repeats)]


class Size(Section):
    """One rendition size: a box in px that the photo is fitted into, never enlarged."""

    width: SidePx = Field(description="Width of the box in px.")
    height: SidePx = Field(description="Height of the box in px.")
    fit: Literal["inside", "cover"] = Field(
        default="inside", description="Whole photo `inside` the box, or crop to `cover` it."
    )
    quality: Mapping[OutputFormat, QualityPercent] | None = Field(
        default=None, description="Qualities that differ from the recipe's, e.g. `{jpeg: 90}`."
    )
    formats: Formats | None = Field(default=None, description="Formats of this size; absent: the recipe's.")


class OutputQuality(Section):
    """Encoder quality per format; the scales of different formats do not compare."""

    jpeg: QualityPercent = Field(default=85, description="JPEG quality; from 90 chroma is kept at full resolution.")
    webp: QualityPercent = Field(default=80, description="WebP quality.")
    avif: QualityPercent = Field(default=60, description="AVIF quality.")

    def of(self, output: OutputFormat) -> int:
        """Return the quality (1-100) of the format *output*."""
        return {"jpeg": self.jpeg, "webp": self.webp, "avif": self.avif}[output]


class Raw(Section):
    """Conversion of camera RAW files to pixels."""

    strategy: Literal["auto", "preview", "demosaic"] = Field(
        default="auto",
        description="`auto`: the embedded preview if it fills the largest size, else a demosaic matched to it. "
        "`preview`: always the preview, unenlarged. `demosaic`: always the sensor, unmatched.",
    )
    max_megapixels: int = Field(
        default=160, ge=1, le=1000, description="Largest RAW area; medium-format sensors exceed 100."
    )


class DecodeLimits(Section):
    """Limits of a file; a photo beyond one of them fails with a verdict."""

    max_bytes: int = Field(default=512 * 2**20, ge=1, le=5 * 2**30, description="Largest original.")
    # Phone panoramas are wider than 10,000 px.
    max_dimension_px: int = Field(default=30_000, ge=1, le=65_535, description="Longest side of an original.")
    max_megapixels: int = Field(
        default=250,
        ge=1,
        le=1000,
        description="Largest area of an original that is not RAW; a decoder that needs all pixels at once takes less.",
    )
    max_frames: int = Field(default=1000, ge=1, le=100_000, description="Frames or pages of an original.")
    max_scans: int = Field(
        default=100, ge=1, le=10_000, description="Scans of a progressive JPEG; thousands hang a decoder."
    )
    decode_timeout_s: float = Field(
        default=10.0,
        gt=0,
        le=300,
        description="Longest decode in a child process, in CPU time; six times as long by the clock.",
    )
    decoder_memory_mib: int = Field(
        default=1200,
        ge=64,
        le=10_240,
        description="Memory of a decoder's child process; the function's memory_mib holds it, the file and 200 MiB.",
    )


def default_sizes() -> dict[str, Size]:
    """Return the four default sizes, boxes in px."""
    return {
        "thumbnail": Size(width=400, height=400),
        "small": Size(width=800, height=600),
        "medium": Size(width=2000, height=2000),
        "large": Size(width=4000, height=4000),
    }


class Recipe(Section):
    """Everything that decides the pixels of a rendition, and the style of its key; nothing else."""

    sizes: Mapping[SizeName, Size] = Field(
        default_factory=default_sizes,
        min_length=1,
        max_length=20,
        description="All rendition sizes by name, in any order; they replace the default four.",
    )
    formats: Formats = Field(default=("jpeg",), description="`jpeg` always; `webp` and `avif` on top when listed.")
    quality: OutputQuality = Field(default=OutputQuality(), description="Encoder quality per format.")
    progressive_from_px: int = Field(
        default=800,
        ge=0,
        le=MAX_SIDE_PX,
        description="JPEGs with a side of at least this are progressive: 1.5 to 6 % smaller, shown while they load, "
        "twice the time to encode. 0: none.",
    )
    keep_copyright: bool = Field(default=True, description="Keep copyright and artist; all other metadata always goes.")
    record_location: bool = Field(
        default=False,
        description="Write the place where a photo was taken into its record, for searching; never into a rendition.",
    )
    key_style: Literal["readable", "opaque"] = Field(
        default="readable",
        description="Keys of renditions: `readable` ones follow from the file's name, `opaque` ones hold a code that "
        "cannot be guessed. Every photo is due again when it changes (docs/private-galleries.md).",
    )
    raw: Raw = Field(default=Raw(), description="Conversion of camera RAW files to pixels.")
    limits: DecodeLimits = Field(default=DecodeLimits(), description="Limits of a file.")

    def formats_of(self, size: str) -> tuple[OutputFormat, ...]:
        """Return the formats of the size named *size*."""
        return self.sizes[size].formats or self.formats

    def quality_of(self, size: str, output: OutputFormat) -> int:
        """Return the quality (1-100) of the size named *size* in the format *output*."""
        override = self.sizes[size].quality or {}
        return override.get(output) or self.quality.of(output)


def recipe_hash(recipe: Recipe) -> str:
    """Return 12 hex digits, equal for recipes that make equal renditions: limits and records do not count."""
    excluded: dict[str, Any] = {"limits": True, "record_location": True, "raw": {"max_megapixels"}}
    if recipe.key_style == "readable":
        excluded["key_style"] = True  # releases before the setting: their photos are current
    pixels = recipe.model_dump(mode="json", exclude=excluded)
    text = json.dumps({"engine": ENGINE_REVISION, **pixels}, sort_keys=True)
    return hashlib.sha256(text.encode(), usedforsecurity=False).hexdigest()[:HASH_DIGITS]
