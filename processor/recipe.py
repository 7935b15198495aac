"""Define the settings that decide pixels, and their hash: same recipe and same original, same renditions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

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


class SizeWatermark(Section):
    """A watermark that is laid on a finished size."""

    object: str = Field(
        pattern="^watermarks/[!-~]{1,200}$",
        description="Key of the mark in the originals bucket: PNG, WebP, JPEG, TIFF or GIF. Another mark, another key.",
        json_schema_extra={"allowed": "a key `watermarks/…` of at most 211 ASCII characters"},
    )
    position: Literal["northwest", "northeast", "southwest", "southeast", "center"] = Field(
        default="southeast", description="A corner, or the centre."
    )
    opacity: float = Field(default=0.7, gt=0, le=1, description="0 invisible, 1 solid.")
    width_percent: float = Field(default=15.0, ge=1, le=100, description="Its width, % of the picture's.")
    margin_percent: float = Field(default=2.0, ge=0, le=20, description="Distance from the edges, % of the width.")
    tiled: bool = Field(default=False, description="Repeat it all over the picture, instead of once at the position.")


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
    blur_percent: float | None = Field(
        default=None, ge=0.05, le=10, description="Blur it: sigma of the Gaussian, % of the shorter side."
    )
    watermark: SizeWatermark | None = Field(default=None, description="A watermark on this size; absent: none.")

    @property
    def hides(self) -> bool:
        """Return whether the size shows less than the photo."""
        return self.blur_percent is not None or self.watermark is not None


@dataclass(frozen=True, slots=True)
class Focus:
    """The point of a photo that `cover` keeps near the middle: shares (0-1) of its upright width and height."""

    x: float
    y: float


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

    @property
    def crops(self) -> bool:
        """Return whether any size is cut, so that a photo's focus decides pixels."""
        return any(size.fit == "cover" for size in self.sizes.values())

    @property
    def hides(self) -> bool:
        """Return whether any size is marked or blurred."""
        return any(size.hides for size in self.sizes.values())

    @property
    def marks(self) -> tuple[str, ...]:
        """Keys of the watermarks, each once."""
        return tuple(dict.fromkeys(size.watermark.object for size in self.sizes.values() if size.watermark))

    def formats_of(self, size: str) -> tuple[OutputFormat, ...]:
        """Return the formats of the size named *size*."""
        return self.sizes[size].formats or self.formats

    def quality_of(self, size: str, output: OutputFormat) -> int:
        """Return the quality (1-100) of the size named *size* in the format *output*."""
        override = self.sizes[size].quality or {}
        return override.get(output) or self.quality.of(output)


# A profile is another set of sizes; without a name it is `renditions.sizes`.
DEFAULT_PROFILE: Final = ""
# Fields that an older release did not have: without a value they must not change a recipe's hash.
NEW_IN_SIZES: Final = ("blur_percent", "watermark")


def recipe_hash(recipe: Recipe, *, profile: str = DEFAULT_PROFILE, focus: Focus | None = None) -> str:
    """Return 12 hex digits, equal for recipes that make equal renditions: limits and records do not count.

    *profile*: the name of the profile whose sizes these are; *focus*: that of one photo, if it decides its pixels.
    """
    excluded: dict[str, Any] = {"limits": True, "record_location": True, "raw": {"max_megapixels"}}
    if recipe.key_style == "readable":
        excluded["key_style"] = True  # releases before the setting: their photos are current
    pixels = recipe.model_dump(mode="json", exclude=excluded)
    for size in pixels["sizes"].values():
        for name in NEW_IN_SIZES:
            if size[name] is None:
                del size[name]
    own = {"profile": profile} if profile else {}
    own |= {"focus": [focus.x, focus.y]} if focus else {}
    return digest_of({"engine": ENGINE_REVISION, **pixels, **own})


def digest_of(tree: Mapping[str, Any]) -> str:
    """Return 12 hex digits of a tree of plain values, whatever the order of its keys."""
    text = json.dumps(tree, sort_keys=True)
    return hashlib.sha256(text.encode(), usedforsecurity=False).hexdigest()[:HASH_DIGITS]
