"""Write ICC profiles for colours that a file names without carrying one.

A matrix/TRC display profile, version 2 (ICC.1:2001-04), so that every colour goes through the same transform.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import pack
from typing import Final

Point = tuple[float, float]
Chromaticities = tuple[Point, Point, Point]
Matrix = tuple[tuple[float, float, float], ...]

SRGB_SIDES: Final[Chromaticities] = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
ADOBE_RGB_SIDES: Final[Chromaticities] = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
ADOBE_RGB_GAMMA: Final = 563 / 256

D65: Final[Point] = (0.3127, 0.3290)
D50: Final = (0.9642, 1.0, 0.8249)
BRADFORD: Final[Matrix] = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))

CURVE_POINTS: Final = 1024


def adobe_rgb_profile() -> bytes:
    """Write Adobe RGB (1998): what cameras mean by the EXIF interoperability index "R03"."""
    return matrix_profile("Adobe RGB (EXIF R03)", ADOBE_RGB_SIDES, lambda value: value**ADOBE_RGB_GAMMA)


def matrix_profile(name: str, primaries: Chromaticities, decode: Callable[[float], float], white: Point = D65) -> bytes:
    """Write a profile: *primaries* and *white* as CIE xy, *decode* from a 0-1 value to 0-1 light."""
    curve = [decode(i / (CURVE_POINTS - 1)) for i in range(CURVE_POINTS)]
    return _write(name, _to_pcs(primaries, white), curve)


def _to_pcs(primaries: Chromaticities, white_point: Point) -> Matrix:
    """Return RGB → XYZ under D50: primaries scaled to their white, adapted by Bradford."""
    columns = [(x / y, 1.0, (1 - x - y) / y) for x, y in primaries]
    white = (white_point[0] / white_point[1], 1.0, (1 - sum(white_point)) / white_point[1])
    rows: Matrix = tuple((columns[0][i], columns[1][i], columns[2][i]) for i in range(3))
    scale = _apply(_inverse(rows), white)
    scaled: Matrix = tuple((row[0] * scale[0], row[1] * scale[1], row[2] * scale[2]) for row in rows)
    source, target = _apply(BRADFORD, white), _apply(BRADFORD, D50)
    gain: Matrix = tuple(
        (row[0] * after / before, row[1] * after / before, row[2] * after / before)
        for row, before, after in zip(BRADFORD, source, target, strict=True)
    )
    return _multiply(_multiply(_inverse(BRADFORD), gain), scaled)


def _write(name: str, matrix: Matrix, curve: list[float]) -> bytes:
    """Write a version 2 display profile with one curve for all channels."""
    text = name.encode("ascii")
    described = b"desc\0\0\0\0" + pack(">I", len(text) + 1) + text + b"\0" + bytes(78)
    shared_curve = b"curv\0\0\0\0" + pack(
        f">I{len(curve)}H", len(curve), *(round(65535 * min(1.0, value)) for value in curve)
    )
    columns = [_xyz(matrix[0][col], matrix[1][col], matrix[2][col]) for col in range(3)]
    bodies = [described, _xyz(*D50), *columns, shared_curve]
    names = [b"desc", b"wtpt", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC"]
    start = 128 + 4 + 12 * len(names)
    offsets, payload = list[int](), b""
    for body in bodies:
        offsets.append(start + len(payload))
        payload += body + bytes(-len(body) % 4)
    places = [*zip(offsets, map(len, bodies), strict=True)]
    places += [places[-1]] * 2  # green and blue share red's curve
    table = pack(">I", len(names)) + b"".join(
        tag + pack(">II", *place) for tag, place in zip(names, places, strict=True)
    )
    size = 128 + len(table) + len(payload)
    head = pack(">I4x4s4s4s4s12x4s", size, b"\x02\x20\0\0", b"mntr", b"RGB ", b"XYZ ", b"acsp")
    head = head.ljust(68, b"\0") + _xyz(*D50)[8:]
    return head.ljust(128, b"\0") + table + payload


def _xyz(x: float, y: float, z: float) -> bytes:
    """Write an XYZType of one colour (s15Fixed16)."""
    return b"XYZ \0\0\0\0" + pack(">3i", round(65536 * x), round(65536 * y), round(65536 * z))


def _apply(matrix: Matrix, vector: tuple[float, float, float]) -> tuple[float, float, float]:
    x, y, z = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return x, y, z


def _multiply(left: Matrix, right: Matrix) -> Matrix:
    columns = [_apply(left, (right[0][i], right[1][i], right[2][i])) for i in range(3)]
    return tuple((columns[0][i], columns[1][i], columns[2][i]) for i in range(3))


def _inverse(m: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = m
    det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return (
        ((e * i - f * h) / det, (c * h - b * i) / det, (b * f - c * e) / det),
        ((f * g - d * i) / det, (a * i - c * g) / det, (c * d - a * f) / det),
        ((d * h - e * g) / det, (b * g - a * h) / det, (a * e - b * d) / det),
    )
