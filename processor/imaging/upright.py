"""Turn stored pixels upright: EXIF orientation 1-8 (tag 0x0112, CIPA DC-008) baked in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from pyvips import Image

TURNS: Final[Mapping[int, Callable[[Image], Image]]] = {
    2: lambda image: image.fliphor(),
    3: lambda image: image.rot180(),
    4: lambda image: image.flipver(),
    5: lambda image: image.rot90().fliphor(),  # mirrored along the main diagonal
    6: lambda image: image.rot90(),
    7: lambda image: image.rot270().fliphor(),  # mirrored along the other diagonal
    8: lambda image: image.rot270(),
}


def upright(image: Image, orientation: int) -> Image:
    """Return *image* upright; orientation 1 and values that EXIF does not define leave it unchanged.

    *image* must allow access in any order (in memory): a quarter turn reads columns.
    """
    turn = TURNS.get(orientation)
    return image if turn is None else turn(image)
