"""The rendition line, pure pixels: open → shrink → upright → sRGB → cascade → encode → inspect.

The first shrink comes before the turn and the colour transform: the source can then be streamed, and the costly
steps see the largest rung instead of the whole sensor. Resizing commutes with turning, and the profile still
describes the resized pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import PurePath

import pyvips
from pyvips import Image

from processor.errors import PhotoError, Verdict
from processor.imaging.cascade import cascade, develop_first
from processor.imaging.colour import decide, flatten, to_srgb
from processor.imaging.decoders.choose import open_original
from processor.imaging.decoders.damage import forget_warnings, refuse_damage
from processor.imaging.decoders.original import Original, Part
from processor.imaging.encode import encode
from processor.imaging.engine import engine_versions
from processor.imaging.geometry import Rung
from processor.imaging.inspect import dominant_colour, placeholder
from processor.imaging.measure import PeakMemory, Stopwatch
from processor.imaging.model import EXTENSIONS_OF, OutputFormat, Receipt, Rendering, Rendition
from processor.imaging.structure.header import corrupt, truncated
from processor.imaging.structure.walk import inspect_structure
from processor.imaging.upright import upright
from processor.recipe import Recipe
from processor.source import Source

ENCODERS_AT_ONCE = 2
"""One encodes while the next rung is made; more would only hold more memory."""

EARLY_END = ("premature end", "end of file", "truncated", "unexpected end", "not enough", "read error")


def ignore_progress() -> None:
    """Take no notice that decoding has ended."""


def develop(
    source: Source, recipe: Recipe, *, file_name: str, on_decoded: Callable[[], None] = ignore_progress
) -> Rendering:
    """Render every size of *source* in this process; *on_decoded* is called when no hostile byte is left to read.

    *file_name* is only compared with what the content says. Raises PhotoError.
    """
    watch, memory = Stopwatch(), PeakMemory()
    try:
        with watch.step("structure"):
            header = inspect_structure(source.view, recipe.limits, raw_max_megapixels=recipe.raw.max_megapixels)
        with watch.step("open"):
            original = open_original(source, header, recipe)
        prints = _print_all(original, recipe, watch, on_decoded)
    except pyvips.Error as error:
        raise _verdict_of(error) from error
    with watch.step("inspect"):
        hash_text, colour = placeholder(prints.smallest), dominant_colour(prints.smallest)
    return Rendering(
        format=header.format,
        width=original.size.width,
        height=original.size.height,
        renditions=tuple(future.result() for future in prints.renditions),
        camera=original.exif.camera,
        taken_at=original.exif.taken_at,
        placeholder=hash_text,
        dominant_color=colour,
        receipt=Receipt(
            decoder=prints.parts[-1].pixels.decoder,
            decoder_why="; ".join(part.pixels.why for part in prints.parts),
            sources={rung.size: part.pixels.decoder for part in prints.parts for rung in part.rungs},
            colour=prints.colour,
            orientation=prints.parts[-1].pixels.orientation,
            detected_format=header.format,
            extension_matches=PurePath(file_name).suffix.lower().lstrip(".") in EXTENSIONS_OF[header.format],
            isolated=False,
            engine=engine_versions(),
            steps_ms=watch.steps_ms,
            peak_memory_mib=memory.mib(),
        ),
    )


@dataclass(slots=True)
class _Prints:
    """What has come off the line so far."""

    renditions: list[Future[Rendition]] = field(default_factory=list[Future[Rendition]])
    parts: list[Part] = field(default_factory=list[Part])
    colour: str = ""
    pictures: list[Image] = field(default_factory=list[Image])
    """The smallest picture of each part; the others are free to go once they are encoded."""

    @property
    def smallest(self) -> Image:
        """The picture with the fewest pixels."""
        return min(self.pictures, key=lambda image: image.width * image.height)


def _print_all(original: Original, recipe: Recipe, watch: Stopwatch, on_decoded: Callable[[], None]) -> _Prints:
    """Develop each part and encode its rungs, overlapped."""
    prints, waiting = _Prints(), len(original.rungs)
    credit = original.exif.credit if recipe.keep_copyright else None

    def print_one(picture: Image, rung: Rung, output: OutputFormat) -> Rendition:
        with watch.step(f"encode {output}"):
            data = encode(picture, output, quality=recipe.quality_of(rung.size, output), credit=credit)
        return Rendition(size=rung.size, format=output, width=picture.width, height=picture.height, data=data)

    with ThreadPoolExecutor(ENCODERS_AT_ONCE, thread_name_prefix="encode") as encoders:
        for part in watch.each("decode", original.parts()):
            top, prints.colour = _top(part, watch)
            prints.parts.append(part)
            waiting -= len(part.rungs)
            if not waiting:
                on_decoded()
            picture = top
            for rung, picture in cascade(top, part.rungs):  # noqa: B007 - the last one is the smallest
                prints.renditions += [
                    encoders.submit(print_one, picture, rung, output) for output in recipe.formats_of(rung.size)
                ]
            prints.pictures.append(picture)
    return prints


def _top(part: Part, watch: Stopwatch) -> tuple[Image, str]:
    """Decode, shrink to the part's largest frame, turn upright, convert to sRGB; return it and the colour decision."""
    pixels = part.pixels
    frame = max((rung.frame for rung in part.rungs), key=lambda box: box.width * box.height)
    colour = decide(pixels.image, profile=pixels.profile)
    with watch.step("decode"):
        forget_warnings()
        stored = develop_first(flatten(pixels.image), frame.turned(pixels.orientation))
        refuse_damage()
    with watch.step("upright and colour"):
        picture = to_srgb(upright(stored, pixels.orientation), colour)
        # A picture that is what it should be already is not copied once more: 32 MB for a large rung.
        return picture if picture is stored else picture.copy_memory(), colour.decision


def _verdict_of(error: pyvips.Error) -> PhotoError:
    """Put libvips' error into a verdict: early end, out of memory, or damage."""
    text = str(error).lower()
    if any(sign in text for sign in EARLY_END):
        return truncated("its picture data ends too early")
    if "memory" in text and "copy to memory" not in text:
        return PhotoError(Verdict.DECODER_OUT_OF_MEMORY, "The photo needs more memory than a decoder may take.")
    return corrupt("its picture data contradicts itself")
