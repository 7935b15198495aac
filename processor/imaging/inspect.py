"""Compute what a page shows until a photo has loaded: a blurred placeholder and a dominant colour."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter

from pyvips import Image

from processor.imaging.thumbhash import thumb_hash

PLACEHOLDER_PX = 32
PALETTE_PX = 16
BUCKET_SHIFT = 5
"""Eight steps per channel: near shades count as one colour."""


def placeholder(image: Image) -> str:
    """Return the ThumbHash of an sRGB *image*, base64."""
    small = image.thumbnail_image(PLACEHOLDER_PX, height=PLACEHOLDER_PX, size="down")
    return b64encode(thumb_hash(small.width, small.height, bytes(small.write_to_memory()))).decode("ascii")


def dominant_colour(image: Image) -> str:
    """Return the most frequent colour of an sRGB *image* as ``#rrggbb``: the mean of its fullest bucket."""
    small = bytes(image.thumbnail_image(PALETTE_PX, height=PALETTE_PX, size="force").write_to_memory())
    pixels = list(zip(small[::3], small[1::3], small[2::3], strict=True))
    buckets = Counter(tuple(channel >> BUCKET_SHIFT for channel in pixel) for pixel in pixels)
    fullest, count = buckets.most_common(1)[0]
    members = [pixel for pixel in pixels if tuple(channel >> BUCKET_SHIFT for channel in pixel) == fullest]
    return "#" + "".join(f"{sum(channel) // count:02x}" for channel in zip(*members, strict=True))
