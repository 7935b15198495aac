"""Write small matrix/TRC ICC profiles (ICC.1:2010), which Pillow can read but not make.

Primaries are CIE xy under D65 and are adapted to the profile connection space's D50 by Bradford.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

D50 = np.array([0.9642, 1.0, 0.8249])
D65 = np.array([0.95047, 1.0, 1.08883])
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
SRGB_XY = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
DISPLAY_P3_XY = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
ADOBE_RGB_XY = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
# IEC 61966-2-1 as parameters of an ICC parametric curve of type 3: g, a, b, c, d.
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
ADOBE_GAMMA = 2.19921875
ADOBE_RGB_GAMMA_CURVE = b"curv" + bytes(4) + struct.pack(">IH", 1, round(ADOBE_GAMMA * 256))


def display_p3() -> bytes:
    """Display P3, version 4, parametric curve: what an iPhone embeds."""
    curve = b"para" + bytes(4) + struct.pack(">HH", 3, 0) + b"".join(map(_s15, SRGB_CURVE))
    return _profile("Display P3", DISPLAY_P3_XY, curve, version=4)


def adobe_rgb() -> bytes:
    """Adobe RGB (1998), version 2, gamma curve: what a camera set to Adobe RGB embeds."""
    return _profile("Adobe RGB (1998)", ADOBE_RGB_XY, ADOBE_RGB_GAMMA_CURVE, version=2)


def grey_gamma(gamma: float = 2.2) -> bytes:
    """One grey channel with a gamma curve, version 2."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))
    tags = {b"desc": _description("Grey"), b"cprt": _text("CC0"), b"wtpt": _xyz(D50), b"kTRC": curve}
    return _file(tags, space=b"GRAY", version=2)


def linear_to_xyz(primaries: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """Matrix from linear RGB of *primaries* (CIE xy, D65) to XYZ under D65."""
    columns = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in primaries]).T
    return columns * np.linalg.solve(columns, D65)


def adapted_to_d50(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bradford-adapt an RGB to XYZ matrix from D65 to D50."""
    gain = np.diag((BRADFORD @ D50) / (BRADFORD @ D65))
    return np.linalg.inv(BRADFORD) @ gain @ BRADFORD @ matrix


def _profile(name: str, primaries: Sequence[tuple[float, float]], curve: bytes, *, version: int) -> bytes:
    matrix = adapted_to_d50(linear_to_xyz(primaries))
    describe, write = (_mluc, _mluc) if version >= 4 else (_description, _text)
    tags = {b"desc": describe(name), b"cprt": write("CC0"), b"wtpt": _xyz(D50)}
    tags |= {tag: _xyz(matrix[:, column]) for column, tag in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    return _file(tags, space=b"RGB ", version=version)


def _file(tags: dict[bytes, bytes], *, space: bytes, version: int) -> bytes:
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for tag, data in tags.items():
        table += tag + struct.pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    header = struct.pack(">I4sI4s4s4s", start + len(body), bytes(4), version << 24, b"mntr", space, b"XYZ ")
    header += struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + b"".join(map(_s15, D50))
    return header.ljust(128, b"\0") + table + body


def _s15(value: float) -> bytes:
    """s15Fixed16Number."""
    return struct.pack(">i", round(value * 65536))


def _xyz(values: NDArray[np.float64]) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(map(_s15, values.tolist()))


def _text(text: str) -> bytes:
    return b"text" + bytes(4) + text.encode() + b"\0"


def _description(text: str) -> bytes:
    """Write a version 2 textDescriptionType without its Unicode and Macintosh parts."""
    data = text.encode() + b"\0"
    return b"desc" + bytes(4) + struct.pack(">I", len(data)) + data + bytes(78)


def _mluc(text: str) -> bytes:
    data = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(data), 28) + data
