"""The rendition line, pure pixels: open → shrink → upright → sRGB → cascade → encode → inspect.

The first shrink comes before the turn and the colour transform: the source can then be streamed, and the costly
steps see the largest rung instead of the whole sensor. Resizing commutes with turning, and the profile still
describes the resized pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

from pyvips import Image

from processor.imaging.cascade import cascade, first_shrink
from processor.imaging.collection import collection_paused
from processor.imaging.colour import flatten, to_srgb
from processor.imaging.decoders.choose import open_original
from processor.imaging.decoders.damage import forget_warnings, photo_errors, rendering_errors
from processor.imaging.decoders.original import Original, Part
from processor.imaging.embedded import embedded_facts
from processor.imaging.encode import EncodeQueue
from processor.imaging.engine import engine_versions, prepared_engine
from processor.imaging.geometry import largest_frame
from processor.imaging.measure import PeakMemory, Stopwatch
from processor.imaging.model import EXTENSIONS_OF, NO_INPUTS, Decoder, Receipt, Rendering, RenderInputs
from processor.imaging.placeholder import dominant_colour, placeholder
from processor.imaging.structure.gain_map import has_gain_map
from processor.imaging.structure.header import Header
from processor.imaging.structure.walk import inspect_structure
from processor.imaging.upright import TURNS, upright
from processor.recipe import Focus, Recipe
from processor.source import Source

ENCODERS_AT_ONCE = 2
"""One encodes while the next rung is made; more would only hold more memory."""


def ignore_progress() -> None:
    """Ignore that decoding has ended."""


@prepared_engine()
def develop(  # noqa: PLR0913 - keyword-only: what one photo has of its own
    source: Source,
    recipe: Recipe,
    *,
    file_name: str,
    inputs: RenderInputs = NO_INPUTS,
    header: Header | None = None,
    on_decoded: Callable[[], None] = ignore_progress,
) -> Rendering:
    """Render every size of *source* in this process. Raises PhotoError.

    *file_name* is only compared with what the content says; *header*: the source's structure, where it has been read;
    *on_decoded* is called when no hostile byte is left to read.
    """
    watch, memory = Stopwatch(), PeakMemory()
    with collection_paused(), rendering_errors():
        with photo_errors(), watch.step("structure"):
            header = header or inspect_structure(
                source.view, recipe.limits, raw_max_megapixels=recipe.raw.max_megapixels
            )
        with photo_errors(), watch.step("open"):
            original = open_original(source, header, recipe)
        with ThreadPoolExecutor(ENCODERS_AT_ONCE, thread_name_prefix="encode") as encoders:
            credit = original.exif.credit if recipe.keep_copyright else None
            queue = EncodeQueue(encoders, recipe, watch, credit=credit)
            with photo_errors():
                finish = _finish(recipe, inputs, watch)
                parts = list(_render_parts(original, queue, watch, on_decoded, finish, inputs.focus))
        smallest = min((part.smallest for part in parts), key=lambda image: image.width * image.height)
        with watch.step("inspect"):
            hash_text, colour = placeholder(smallest), dominant_colour(smallest)
        return Rendering(
            format=header.format,
            width=original.size.width,
            height=original.size.height,
            renditions=queue.renditions(),
            camera=original.exif.camera,
            taken_at=original.exif.taken_at,
            placeholder=hash_text,
            dominant_color=colour,
            embedded=embedded_facts(original.exif, location=recipe.record_location),
            receipt=_receipt(parts, header, file_name, watch, memory, note=_hdr_note(source, header)),
        )


def _hdr_note(source: Source, header: Header) -> str:
    return "; the gain map for HDR screens is dropped" if has_gain_map(source.view, header.format) else ""


def _receipt(  # noqa: PLR0913 - all that is known at the end
    parts: Sequence[_PartResult], header: Header, file_name: str, watch: Stopwatch, memory: PeakMemory, *, note: str
) -> Receipt:
    largest = parts[-1]
    return Receipt(
        decoder=largest.decoder,
        decoder_why="; ".join(part.why for part in parts),
        sources={size: part.decoder for part in parts for size in part.sizes},
        colour=largest.colour + note,
        orientation=largest.orientation,
        detected_format=header.format,
        extension_matches=PurePath(file_name).suffix.lower().lstrip(".") in EXTENSIONS_OF[header.format],
        isolated=False,
        engine=engine_versions(),
        steps_ms=watch.steps_ms,
        peak_memory_mib=memory.mib(),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _PartResult:
    """The facts of one part that outlive its pixels. *smallest*: its smallest picture."""

    sizes: tuple[str, ...]
    decoder: Decoder
    why: str
    orientation: int
    colour: str
    smallest: Image


Finish = Callable[[str, Image], Image]
"""Give a size's picture its blur and its mark."""


def _finish(recipe: Recipe, inputs: RenderInputs, watch: Stopwatch) -> Finish:
    """Return what finishes pictures; where no size asks for it, nothing is loaded and every picture stays itself."""
    if not recipe.hides:
        return lambda _, picture: picture
    from processor.imaging.proofs import finished, open_marks  # noqa: PLC0415 - off by default

    marks = open_marks(inputs.marks)

    def finish(size: str, picture: Image) -> Image:
        with watch.step("proof"):
            return finished(picture, recipe.sizes[size], marks)

    return finish


def _render_parts(  # noqa: PLR0913, PLR0917 - everything that pictures pass through
    original: Original,
    queue: EncodeQueue,
    watch: Stopwatch,
    on_decoded: Callable[[], None],
    finish: Finish,
    focus: Focus | None,
) -> Iterator[_PartResult]:
    """Render each part by its cascade and queue every picture for encoding."""
    waiting = len(original.rungs)
    for part in watch.each("decode", original.parts()):
        picture, colour = _top(part, watch)
        rungs, pixels = part.rungs, part.pixels
        result = partial(
            _PartResult,
            sizes=tuple(rung.size for rung in rungs),
            decoder=pixels.decoder,
            why=pixels.why,
            orientation=pixels.orientation if pixels.orientation > 1 else pixels.applied,
            colour=colour,
        )
        del part, pixels  # a decoder that holds the whole picture (36 MB for 12 MP) need not hold it any longer
        waiting -= len(rungs)
        if not waiting:
            on_decoded()
        for rung, picture in cascade(picture, rungs, focus):  # noqa: B020 - the last is the smallest
            queue.put(rung, finish(rung.size, picture))
        yield result(smallest=picture)


def _top(part: Part, watch: Stopwatch) -> tuple[Image, str]:
    """Decode, shrink to the part's largest frame, turn upright, convert to sRGB; return it and the colour decision."""
    pixels = part.pixels
    colour = pixels.colour
    frame = largest_frame(part.rungs).turned(pixels.orientation)
    with watch.step("decode"):
        forget_warnings()
        stored = first_shrink(flatten(pixels.image), frame)
        if pixels.orientation not in TURNS:
            # Row by row with the decoder: the picture in the source's own colours is never held.
            stored = to_srgb(stored, colour)
        stored = stored.copy_memory()
        pixels.verify()
    if pixels.orientation not in TURNS:
        return stored, colour.decision
    with watch.step("upright and colour"):
        return to_srgb(upright(stored, pixels.orientation), colour).copy_memory(), colour.decision
