"""Decode a source for an edit: upright, sRGB, 8 bit or 16, alpha and frames kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from pyvips import Image

from processor.edits.operations.file import Format, Metadata, PictureFormat, Quality
from processor.edits.operations.size import Resize
from processor.edits.plan import Plan
from processor.imaging.cascade import ORIENTATION_FIELD
from processor.imaging.collection import collection_paused
from processor.imaging.colour import Colour, decide, to_srgb
from processor.imaging.decoders.choose import open_original
from processor.imaging.decoders.damage import forget_warnings, photo_errors, refuse_damage
from processor.imaging.decoders.native import load_frames
from processor.imaging.decoders.original import Pixels
from processor.imaging.edit_model import FILE_KINDS, EditLimits
from processor.imaging.exif import Credit, read_exif
from processor.imaging.geometry import Box, largest_frame
from processor.imaging.picture import Mark, Picture
from processor.imaging.structure.header import Header
from processor.imaging.upright import upright
from processor.recipe import MAX_SIDE_PX, Raw, Recipe, Size
from processor.source import Source

ANIMATED: Final = frozenset({"gif", "webp"})
DEEP_MEGAPIXELS: Final = 50
"""Twice the bytes of 8 bit: a step that holds two larger pictures would exceed the child's memory."""
DEFAULT_DELAY_MS: Final = 100
WHOLE: Final = Size(width=MAX_SIDE_PX, height=MAX_SIDE_PX)
"""No source is larger: its own size, unless the plan begins with a smaller one."""


class Taken(NamedTuple):
    """A picture in memory, and the credit of its file. Unpack it at once, so that no pixels outlive their use."""

    picture: Picture
    credit: Credit


def take(
    source: Source, header: Header, limits: EditLimits, *, first: Size = WHOLE, output: PictureFormat | None = None
) -> Taken:
    """Decode the photo, or an animation's first frame, no larger than *first* asks for; raises PhotoError.

    *output*: the format to be written; where it can hold them, 16 bits a channel are kept, else noted.
    """
    raw = Raw(max_megapixels=limits.max_megapixels)
    with collection_paused(), photo_errors():
        recipe = Recipe(sizes={"edit": first}, limits=limits.of_source, raw=raw)
        original = open_original(source, header, recipe)
        (part,) = original.parts()
        deep = part.pixels.image.format == "ushort" and output is not None and _keeps_depth(header, output)
        image = _developed(part.pixels, largest_frame(part.rungs), deep=deep)
        note = "" if deep else _depth_note(part.pixels.image, header, output)
    picture = Picture(frames=(image,))
    return Taken(picture.noting(note) if note else picture, original.exif.credit)


def _keeps_depth(header: Header, output: PictureFormat) -> bool:
    """Return whether a result in the format *output* keeps 16 bits a channel of its source."""
    return FILE_KINDS[output].deep and header.megapixels <= DEEP_MEGAPIXELS


def _depth_note(image: Image, header: Header, output: PictureFormat | None) -> str:
    """Return the note on a source of 16 bits whose result has 8; none on a RAW, of which that is expected."""
    if output is None or image.format != "ushort" or header.format == "raw":
        return ""
    if not FILE_KINDS[output].deep:
        return f"The source has 16 bits a channel, {output.upper()} holds 8. PNG and TIFF hold 16."
    return f"The result has 8 bits a channel: above {DEEP_MEGAPIXELS} megapixels 16 are not kept."


def open_mark(source: Source, header: Header, limits: EditLimits) -> Mark:
    """Open a watermark without decoding it; raises PhotoError, as its *decode* does."""
    with photo_errors():
        recipe = Recipe(sizes={"edit": WHOLE}, limits=limits.of_source, raw=Raw(max_megapixels=limits.max_megapixels))
        size = open_original(source, header, recipe).size

    def decode(frame: Box) -> Picture:
        return take(source, header, limits, first=Size(width=frame.width, height=frame.height)).picture

    return Mark(size=size, decode=decode)


def take_frames(source: Source, header: Header) -> Taken:
    """Decode all frames of an animation; raises PhotoError."""
    exif = read_exif(header.exif, xmp=header.xmp, iptc=header.iptc)
    with collection_paused(), photo_errors():
        roll = load_frames(source, header)
        times = _Times.of(roll)
        stored = _in_srgb(_read(roll, Box(roll.width, roll.height)), decide(roll)).copy_memory()
    height = stored.height // times.count
    frames = (stored.crop(0, at * height, stored.width, height) for at in range(times.count))
    picture = Picture(
        frames=tuple(upright(frame, exif.orientation).copy_memory() for frame in frames),
        delays=times.delays,
        loop=times.loop,
    )
    return Taken(picture, exif.credit)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Times:
    """An animation's frame count, delays in ms, and loop count."""

    count: int
    delays: tuple[int, ...]
    loop: int

    @classmethod
    def of(cls, roll: Image) -> _Times:
        """Read them from libvips' metadata of *roll*."""
        names = ("n-pages", "delay", "loop")
        known: dict[str, Any] = {name: roll.get(name) for name in names if roll.get_typeof(name)}
        count: int = known.get("n-pages", 1)
        said: list[int] = known.get("delay", [])
        delays = (*said[:count], *[DEFAULT_DELAY_MS] * (count - len(said)))
        return cls(count=count, delays=delays, loop=known.get("loop", 0))


def first_size(plan: Plan) -> Size:
    """Return the box that the plan's first step shrinks to: decoding straight to it spares most of the work.

    Resizing what fits the box already changes nothing, so the step itself is applied as always.
    """
    pixel_steps = (step for step in plan.steps if not isinstance(step, (Format, Quality, Metadata)))
    step = next(pixel_steps, None)
    if not isinstance(step, Resize) or step.percent is not None or step.fit == "fill":
        return WHOLE
    fit = "cover" if step.fit == "cover" and step.width and step.height else "inside"
    return Size(width=step.width or MAX_SIDE_PX, height=step.height or MAX_SIDE_PX, fit=fit)


def _developed(pixels: Pixels, frame: Box, *, deep: bool) -> Image:
    """Read the source, which may be lazy and readable once, at *frame* px (upright)."""
    colour = pixels.colour
    stored = _read(pixels.image, frame.turned(pixels.orientation), pixels.verify)
    return upright(_in_srgb(stored, colour, deep=deep), pixels.orientation).copy_memory()


def _read(image: Image, frame: Box, verify: Callable[[], None] = refuse_damage) -> Image:
    """Decode into memory, shrunk to *frame*; data that is lost raises PhotoError."""
    forget_warnings()
    across, down = frame.width / image.width, frame.height / image.height
    if (across, down) == (1, 1):
        stored = image.copy_memory()
    elif image.hasalpha():
        mixed: Any = image.premultiply().resize(across, vscale=down).unpremultiply()
        stored = mixed.cast(image.format).copy(interpretation=image.interpretation).copy_memory()
    else:
        stored = image.resize(across, vscale=down).copy_memory()
    verify()
    stored.remove(ORIENTATION_FIELD)
    return stored


def _in_srgb(stored: Image, colour: Colour, *, deep: bool = False) -> Image:
    """Return sRGB, 8 bit, or 16 where *deep* and the source has them: three bands, and alpha where there was one."""
    deep = deep and stored.format == "ushort"
    if colour.profile is None and stored.interpretation == "srgb" and stored.format == "uchar":
        return stored  # as it is: not copied once more
    if not stored.hasalpha():
        return to_srgb(stored, colour, deep=deep)
    alpha = stored[stored.bands - 1]
    if not deep:
        # 65,535 / 257 = 255
        alpha = ((alpha / 257).rint() if stored.format == "ushort" else alpha).cast("uchar")
    return to_srgb(stored.extract_band(0, n=stored.bands - 1), colour, deep=deep).bandjoin(alpha)
