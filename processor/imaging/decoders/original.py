"""Types that a decoder returns: the opened original, and the pixels for each of its sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pyvips import Image

from processor.imaging.colour import Colour, decide
from processor.imaging.decoders.damage import refuse_damage
from processor.imaging.exif import NO_EXIF, Exif
from processor.imaging.geometry import Box, Rung
from processor.imaging.model import Decoder


@dataclass(frozen=True, kw_only=True, slots=True)
class Pixels:
    """A decoded picture as stored. *image* may be lazy and readable once, from top to bottom.

    *orientation*: EXIF 1-8, to be applied by the caller; *applied*: the orientation that the decoder has applied.
    *profile*: an ICC profile that the image does not carry itself; *conversion*: one that no profile can describe.
    *verify*: to be called when the image was read; raises PhotoError when pixels were lost.
    """

    image: Image
    decoder: Decoder
    why: str
    orientation: int = 1
    applied: int = 1
    profile: bytes | None = None
    conversion: Colour | None = None
    verify: Callable[[], None] = refuse_damage

    @property
    def colour(self) -> Colour:
        """The conversion to sRGB."""
        return self.conversion or decide(self.image, profile=self.profile)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Some of the rungs, and the pixels to make them from."""

    rungs: tuple[Rung, ...]
    pixels: Pixels


@dataclass(frozen=True, kw_only=True, slots=True)
class Original:
    """An opened original: its upright size, and *parts*, which decodes when iterated."""

    size: Box
    rungs: tuple[Rung, ...]
    parts: Callable[[], Iterator[Part]]
    exif: Exif = NO_EXIF


def single(size: Box, rungs: tuple[Rung, ...], load: Callable[[], Pixels], exif: Exif) -> Original:
    """Make an original whose rungs all come from one picture."""

    def parts() -> Iterator[Part]:
        yield Part(rungs=rungs, pixels=load())

    return Original(size=size, rungs=rungs, parts=parts, exif=exif)
