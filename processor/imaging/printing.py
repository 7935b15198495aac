"""Encode each picture while the next one is made, and no file twice."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from pyvips import Image

from processor.imaging.encode import encode
from processor.imaging.exif import Credit
from processor.imaging.geometry import Rung
from processor.imaging.measure import Stopwatch
from processor.imaging.model import OutputFormat, Rendition
from processor.recipe import Recipe


@dataclass(frozen=True, slots=True)
class _Order:
    """One rendition whose bytes are on their way."""

    size: str
    output: OutputFormat
    width: int
    height: int
    data: Future[bytes]


class Printer:
    """Encodes on *encoders*; *credit* goes into every file."""

    def __init__(
        self, encoders: ThreadPoolExecutor, recipe: Recipe, watch: Stopwatch, *, credit: Credit | None
    ) -> None:
        self._encoders = encoders
        self._recipe = recipe
        self._watch = watch
        self._credit = credit
        self._orders: list[_Order] = []
        self._picture: Image | None = None
        self._files: dict[tuple[OutputFormat, int], Future[bytes]] = {}

    def order(self, rung: Rung, picture: Image) -> None:
        """Encode *picture* in all formats of *rung*. A small original is the same picture in several sizes."""
        if picture is not self._picture:
            self._picture, self._files = picture, {}
        for output in self._recipe.formats_of(rung.size):
            how = (output, self._recipe.quality_of(rung.size, output))
            if how not in self._files:
                self._files[how] = self._encoders.submit(self._encode, picture, *how)
            self._orders.append(_Order(rung.size, output, picture.width, picture.height, self._files[how]))

    def renditions(self) -> tuple[Rendition, ...]:
        """Wait for all; an encoder's error comes out here."""
        self._picture = None
        return tuple(
            Rendition(
                size=order.size, format=order.output, width=order.width, height=order.height, data=order.data.result()
            )
            for order in self._orders
        )

    def _encode(self, picture: Image, output: OutputFormat, quality: int) -> bytes:
        with self._watch.step(f"encode {output}"):
            return encode(picture, output, quality=quality, credit=self._credit)
