"""Hold a picture on its way through an edit, and change it as several steps need: by colour, curve, share or size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pyvips import Image

from processor.imaging.geometry import Box

COLOURS = 3
OPAQUE = 255


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """One frame, or the frames of an animation, all of one size.

    *frames*: sRGB, 8 bit, upright; three bands, or four with alpha (not premultiplied), the same in all frames.
    *delays*: ms per frame, empty for a still; *loop*: how often an animation plays, 0 for ever; *notes*: remarks of
    the steps for the person who asked for them.
    """

    frames: tuple[Image, ...]
    delays: tuple[int, ...] = ()
    loop: int = 0
    notes: tuple[str, ...] = ()

    @property
    def first(self) -> Image:
        """The first frame; it decides where a step depends on the content."""
        return self.frames[0]

    @property
    def size(self) -> Box:
        """Width and height, px."""
        return Box(self.first.width, self.first.height)

    @property
    def has_alpha(self) -> bool:
        """Return whether the frames have an alpha band."""
        return self.first.bands > COLOURS

    @property
    def megapixels(self) -> float:
        """Pixels of all frames, in millions."""
        return len(self.frames) * self.size.width * self.size.height / 1e6

    def each(self, change: Callable[[Image], Image]) -> Picture:
        """Return the picture with *change* applied to every frame."""
        return replace(self, frames=tuple(change(frame) for frame in self.frames))

    def each_colour(self, change: Callable[[Image], Image]) -> Picture:
        """Apply *change* (three bands to three bands) to the colours of every frame; alpha stays as it is."""
        return self.each(lambda frame: on_colours(frame, change))

    def with_alpha(self) -> Picture:
        """Return the picture with an alpha band, opaque where it had none."""
        return self if self.has_alpha else self.each(lambda frame: frame.bandjoin(OPAQUE))

    def noting(self, note: str) -> Picture:
        """Return the picture with *note* added, unless it has it."""
        return self if note in self.notes else replace(self, notes=(*self.notes, note))

    def still(self) -> Picture:
        """Return the first frame alone."""
        return replace(self, frames=self.frames[:1], delays=(), loop=0)

    def in_memory(self) -> Picture:
        """Compute every frame: a later step may read its pixels in any order, and several times."""
        return self.each(lambda frame: frame.copy_memory())

    def roll(self) -> Image:
        """Join the colours of all frames, one below the other, to measure a tone curve on."""
        colours = [colours_of(frame) for frame in self.frames]
        return colours[0] if len(colours) == 1 else Image.arrayjoin(colours, across=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A watermark that is decoded when a step needs it.

    *size*: upright, px. *decode(frame)*: returns it no larger than *frame* asks for, and never enlarged.
    """

    size: Box
    decode: Callable[[Box], Picture]


def colours_of(image: Image) -> Image:
    """Return the colour bands alone."""
    return image.extract_band(0, n=COLOURS) if image.bands > COLOURS else image


def on_colours(image: Image, change: Callable[[Image], Image]) -> Image:
    """Apply *change* to the colour bands and round to 8 bit; alpha stays as it is."""
    changed = eight_bit(change(colours_of(image)))
    return changed.bandjoin(image[COLOURS]) if image.bands > COLOURS else changed


def premultiplied(image: Image, change: Callable[[Image], Image]) -> Image:
    """Apply *change*, which mixes neighbours, so that the hidden colours of transparent pixels do not bleed."""
    if image.bands == COLOURS:
        return eight_bit(change(image))
    return eight_bit(change(image.premultiply()).unpremultiply())


def eight_bit(image: Image) -> Image:
    """Round to whole numbers and clip to 0-255."""
    return image if image.format == "uchar" else image.rint().cast("uchar").copy(interpretation="srgb")


def stretch(picture: Picture, frame: Box) -> Picture:
    """Resize every frame to exactly *frame* px; the same picture when it has that size."""
    if frame == picture.size:
        return picture
    across, down = frame.width / picture.size.width, frame.height / picture.size.height
    return picture.each(
        lambda image: premultiplied(image, lambda plain: plain.resize(across, vscale=down)).crop(
            0, 0, frame.width, frame.height
        )
    )


def apply_curve(picture: Picture, curve: Image) -> Picture:
    """Send every colour value through *curve* (256 values, any number format)."""
    table = curve.rint().cast("uchar")
    return picture.each_colour(lambda colours: colours.maplut(table))


def mixed(plain: Picture, changed: Picture, share: float) -> Picture:
    """Return *plain* with *share* (0-1) of *changed*: 0 is the plain picture, 1 the changed one."""
    if share <= 0 or plain is changed:
        return plain
    if share >= 1:
        return changed
    pairs = zip(plain.frames, changed.frames, strict=True)
    return replace(changed, frames=tuple(eight_bit(before * (1 - share) + after * share) for before, after in pairs))


def rgb(colour: str) -> list[float]:
    """Read #RRGGBB."""
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def ink(colour: str | None, bands: int) -> list[float]:
    """Return *colour* as a pixel of *bands* bands: opaque; None is transparent, or white without an alpha band."""
    if colour is None:
        return [0.0] * bands if bands > COLOURS else [255.0] * bands
    return [*rgb(colour), float(OPAQUE)][:bands]


# Each function takes a picture and its own operation. The type cannot say that key and argument belong together.
StepFunction = Callable[[Picture, Any], Picture]
