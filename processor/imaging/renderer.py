"""Render a photo in this process, or in a decoder child where it may hang, crash or use too much memory."""

from __future__ import annotations

from typing import Literal

from processor.errors import RecipeUnusable
from processor.imaging.installation import check_installation
from processor.imaging.isolation.pool import DecoderPool
from processor.imaging.isolation.process import DecoderProcess
from processor.imaging.model import NO_INPUTS, Rendering, RenderInputs
from processor.imaging.structure.header import Header
from processor.imaging.structure.walk import inspect_structure
from processor.recipe import Recipe
from processor.source import Source

SAFE_HERE = frozenset({"jpeg", "png", "webp", "gif", "tiff"})
"""libvips' own loaders: on 8,445 hostile files no crash, at most 1 GB and 5 s."""

ISOLATED_ABOVE_MEGAPIXELS = 50
MAX_MARK_BYTES = 10 << 20


class Renderer(DecoderPool):
    """Renders photos; owns at most one child process, started when first needed and reused while healthy.

    *isolate*: ``"risky"`` (Lambda: common formats stay in this process) or ``"always"`` (the command line).
    """

    def __init__(self, *, isolate: Literal["risky", "always"] = "risky") -> None:
        super().__init__()
        self._isolate = isolate

    def render(
        self,
        source: Source,
        recipe: Recipe,
        *,
        file_name: str,
        inputs: RenderInputs = NO_INPUTS,
        seconds_left: float | None = None,
    ) -> Rendering:
        """Render *source*; raises PhotoError (a verdict), or OutOfTime when *seconds_left* ends first.

        Only a child can be stopped; rendering in this process takes a second or two. Raises RecipeUnusable without the
        file of a watermark.
        """
        if missing := set(recipe.marks) - inputs.marks.keys():
            raise RecipeUnusable(f"{', '.join(sorted(missing))}: expected the watermark's file, received none.")
        header = inspect_structure(source.view, recipe.limits, raw_max_megapixels=recipe.raw.max_megapixels)
        if self._isolate == "always" or is_risky(header) or is_slow(recipe):

            def in_child(child: DecoderProcess, left: float | None) -> Rendering:
                return child.render(
                    source, recipe, header=header, file_name=file_name, inputs=inputs, seconds_left=left
                )

            return self._run(in_child, memory_mib=recipe.limits.decoder_memory_mib, seconds_left=seconds_left)
        check_installation()
        from processor.imaging.line import develop  # noqa: PLC0415 - a parent that only isolates needs no libvips

        return develop(source, recipe, file_name=file_name, inputs=inputs, header=header)


def check_mark(source: Source) -> None:
    """Decode a watermark of renditions in this process; raise PhotoError unless every photo can be given it."""
    check_installation()
    from processor.imaging import proofs  # noqa: PLC0415 - off by default

    proofs.check_mark(source)


def is_risky(header: Header) -> bool:
    """Return whether the file needs a decoder with a history of crashes, or much memory."""
    return header.format not in SAFE_HERE or header.legacy or header.megapixels > ISOLATED_ABOVE_MEGAPIXELS


def is_slow(recipe: Recipe) -> bool:
    """Return whether encoding alone may outlast an invocation: AVIF takes tens of seconds at 12 MP."""
    return any("avif" in recipe.formats_of(size) for size in recipe.sizes)
