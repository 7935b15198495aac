"""Hold a picture on its way through an edit, and change it as several steps need: by colour, curve, share or size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pyvips import Image, Interpolate

from processor.imaging.colour import full_scale
from processor.imaging.geometry import Box

COLOURS = 3
OPAQUE = 255
DEEPER = 257
"""Factor from 8 to 16 bit: 255 × 257 = 65,535."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """One frame, or the frames of an animation, all of one size.

    *frames*: sRGB, 8 bit, or 16 where source and output hold them, upright; three bands, or four with alpha (not
    premultiplied), the same in all frames.
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
    def is_deep(self) -> bool:
        """Return whether the frames have 16 bits a channel."""
        return is_deep(self.first)

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
        return self if self.has_alpha else self.each(lambda frame: frame.bandjoin(full_scale(frame)))

    def noting(self, note: str) -> Picture:
        """Return the picture with *note* added, unless it has it."""
        return self if note in self.notes else replace(self, notes=(*self.notes, note))

    def shallow(self) -> Picture:
        """Return the picture in 8 bit."""
        return self.each(lambda frame: eight_bit(frame / DEEPER)) if self.is_deep else self

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


def is_deep(image: Image) -> bool:
    """Return whether *image* has 16 bits a channel."""
    return image.format == "ushort"


def colours_of(image: Image) -> Image:
    """Return the colour bands alone."""
    return image.extract_band(0, n=COLOURS) if image.bands > COLOURS else image


def on_colours(image: Image, change: Callable[[Image], Image]) -> Image:
    """Apply *change* to the colour bands and round to whole numbers; alpha stays as it is."""
    changed = rounded(change(colours_of(image)), image)
    return changed.bandjoin(image[COLOURS]) if image.bands > COLOURS else changed


def premultiplied(image: Image, change: Callable[[Image], Image]) -> Image:
    """Apply *change*, which mixes neighbours, so that the hidden colours of transparent pixels do not bleed."""
    if image.bands == COLOURS:
        return rounded(change(image), image)
    full = full_scale(image)
    return rounded(change(image.premultiply(max_alpha=full)).unpremultiply(max_alpha=full), image)


def rounded(image: Image, like: Image) -> Image:
    """Round to whole numbers and clip to the range of *like*: 8 or 16 bit."""
    if not is_deep(like):
        return eight_bit(image)
    return image if is_deep(image) else image.rint().cast("ushort").copy(interpretation="rgb16")


def deep_as(layer: Image, image: Image) -> Image:
    """Return *layer*, 8 or 16 bit, in the depth of *image*."""
    if is_deep(image) == is_deep(layer):
        return layer
    return rounded(layer * DEEPER, image) if is_deep(image) else eight_bit(layer / DEEPER)


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
    """Send every colour value through *curve* (256 values, any number format); 16-bit values lie between them."""
    if picture.is_deep:
        places = (Image.identity(ushort=True) / DEEPER).bandjoin(0)
        between = curve.cast("float").mapim(places, interpolate=Interpolate.new("bilinear"), extend="copy")
        table = (between * DEEPER).rint().cast("ushort")
    else:
        table = curve.rint().cast("uchar")
    return picture.each_colour(lambda colours: colours.maplut(table))


def mixed(plain: Picture, changed: Picture, share: float) -> Picture:
    """Return *plain* with *share* (0-1) of *changed*: 0 is the plain picture, 1 the changed one."""
    if share <= 0 or plain is changed:
        return plain
    if share >= 1:
        return changed
    pairs = zip(plain.frames, changed.frames, strict=True)
    mixture = (rounded(before * (1 - share) + after * share, before) for before, after in pairs)
    return replace(changed, frames=tuple(mixture))


def rgb(colour: str) -> list[float]:
    """Read #RRGGBB."""
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def ink(colour: str | None, image: Image) -> list[float]:
    """Return *colour* as a pixel of *image*: opaque; None is transparent, or white without an alpha band."""
    bands, scale = image.bands, full_scale(image) / OPAQUE
    if colour is None:
        return [0.0] * bands if bands > COLOURS else [OPAQUE * scale] * bands
    return [value * scale for value in (*rgb(colour), OPAQUE)][:bands]


# Each function takes a picture and its own operation. The type cannot say that key and argument belong together.
StepFunction = Callable[[Picture, Any], Picture]
