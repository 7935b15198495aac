"""TIFF files of every layout that photo software writes: samples of any kind, in strips, planes or tiles."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from itertools import accumulate
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tests.factories.photos.ifd import Field, Value, directory_at, long, short
from tests.factories.photos.scene import Pixels, scene

RGB, CMYK, YCBCR, CIE_LAB, ICC_LAB = 2, 5, 6, 8, 9
FORMATS = {"u": 1, "i": 2, "f": 3}
# ITU-R BT.601 as JFIF uses it, the default of TIFF 6.0, section 21.
TO_YCBCR = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
TO_XYZ_D50 = np.array(
    [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169], [0.0139322, 0.0971045, 0.7141733]]
)
D50 = np.array([0.96422, 1.0, 0.82521])

Samples = NDArray[Any]


def layout(  # noqa: PLR0913 - keyword-only knobs of a factory
    samples: Samples,
    photometric: int = RGB,
    *,
    extra: tuple[int, ...] | None = None,
    planar: bool = False,
    tile: int = 0,
    tags: Mapping[int, Value] | None = None,
) -> bytes:
    """Store height × width × channel *samples*. *extra*: what the last ones mean; *tile*: px a side, 0: strips."""
    height, width, count = samples.shape
    planes = [samples[..., [number]] for number in range(count)] if planar else [samples]
    parts = [part.astype(samples.dtype.newbyteorder("<")).tobytes() for plane in planes for part in _cut(plane, tile)]
    entries: dict[int, Value] = {
        256: long(width),
        257: long(height),
        258: short(*[8 * samples.itemsize] * count),
        259: short(1),
        262: short(photometric),
        277: short(count),
        284: short(2 if planar else 1),
        339: short(*[FORMATS[samples.dtype.kind]] * count),
    }
    entries |= {322: short(tile), 323: short(tile)} if tile else {278: long(height)}
    entries |= {} if extra is None else {338: short(*extra)}
    return stored(parts, {**entries, **(tags or {})}, tiled=bool(tile))


def stored(parts: list[bytes], entries: Mapping[int, Value], *, tiled: bool = False) -> bytes:
    """Write *parts* as strips or tiles, then the directory that points to them."""
    offsets = list(accumulate(map(len, parts), initial=8))
    places: dict[int, Value] = {
        324 if tiled else 273: long(*offsets[:-1]),
        325 if tiled else 279: long(*map(len, parts)),
    }
    pixels = b"".join(parts)
    at = 8 + len(pixels) + len(pixels) % 2
    return struct.pack("<2sHI", b"II", 42, at) + pixels.ljust(at - 8, b"\0") + directory_at({**entries, **places}, at)


def _cut(plane: Samples, tile: int) -> list[Samples]:
    if not tile:
        return [plane]
    height, width = plane.shape[:2]
    padded = np.pad(plane, ((0, -height % tile), (0, -width % tile), (0, 0)))
    return [
        padded[y : y + tile, x : x + tile]
        for y in range(0, padded.shape[0], tile)
        for x in range(0, padded.shape[1], tile)
    ]


def with_channels(*channels: Literal["alpha", "selection"], premultiplied: bool = False, deep: bool = False) -> Samples:
    """Put channels behind the scene's RGB: alpha shows its left half alone, a selection is white in its right half."""
    height, width = scene().shape[:2]
    left = np.zeros((height, width), np.uint8)
    left[:, : width // 2] = 255
    further = [left if channel == "alpha" else 255 - left for channel in channels]
    colours = scene() * (left // 255)[..., None] if premultiplied else scene()
    samples = np.dstack([colours, *further])
    return samples.astype(np.uint16) * 257 if deep else samples


def lab(bits: Literal[8, 16], *, icc: bool = False) -> Samples:
    """Convert the scene to CIE L*a*b* of D50: signed a* and b* (TIFF 6.0, section 23), or offset (*icc*)."""
    levels = scene() / 255
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    xyz = linear @ TO_XYZ_D50.T / D50
    f = np.where(xyz > 216 / 24_389, np.cbrt(xyz), (24_389 / 27 * xyz + 16) / 116)
    lightness, sides = 116 * f[..., 1] - 16, np.dstack([500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])])
    full, unit = (255.0, 1) if bits == 8 else (65_280.0 if icc else 65_535.0, 256)
    turn = 128 * unit if icc else 0
    values = np.dstack([lightness * full / 100, sides * unit + turn]).round().astype(np.int64)
    return (values % (1 << bits)).astype(np.uint8 if bits == 8 else np.uint16)


def ycbcr(pixels: Pixels | None = None) -> Samples:
    """Convert the scene to YCbCr of full range."""
    values = (scene() if pixels is None else pixels) @ TO_YCBCR.T + (0, 128, 128)
    return values.round().clip(0, 255).astype(np.uint8)


def subsampled_ycbcr(across: int = 2, down: int = 1) -> bytes:
    """Store the scene as YCbCr with fewer chroma samples, in data units as TIFF 6.0, section 21, packs them."""
    samples = ycbcr()
    height, width = samples.shape[:2]
    blocks = samples.reshape(height // down, down, width // across, across, 3).swapaxes(1, 2)
    luma = blocks[..., 0].reshape(height // down, width // across, across * down)
    chroma = blocks[..., 1:].mean(axis=(2, 3)).round().astype(np.uint8)
    entries: dict[int, Value] = {
        256: long(width),
        257: long(height),
        258: short(8, 8, 8),
        259: short(1),
        262: short(YCBCR),
        277: short(3),
        278: long(height),
        530: short(across, down),
        532: Field(type=5, count=6, data=struct.pack("<12I", 0, 1, 255, 1, 128, 1, 255, 1, 128, 1, 255, 1)),
    }
    return stored([np.concatenate([luma, chroma], axis=2).tobytes()], entries)
