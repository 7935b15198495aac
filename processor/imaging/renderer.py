"""Decide where a photo is developed: here, or in a decoder child that may hang, crash or swell without harm."""

from __future__ import annotations

from time import monotonic
from typing import Literal, Self

from processor.errors import PhotoError, Verdict
from processor.imaging.isolation.process import DecoderProcess
from processor.imaging.model import Rendering
from processor.imaging.structure.header import Header
from processor.imaging.structure.walk import inspect_structure
from processor.recipe import Recipe
from processor.source import Source

SAFE_HERE = frozenset({"jpeg", "png", "webp", "gif", "tiff"})
"""libvips' own loaders: over 8,445 hostile files not one crash, none over 1 GB, none over 5 s."""

ISOLATED_ABOVE_MEGAPIXELS = 50

DOUBTFUL_IN_A_USED_CHILD = frozenset({Verdict.DECODER_CRASHED, Verdict.DECODER_OUT_OF_MEMORY})


class Renderer:
    """Develops photos; owns at most one child process, started when first needed and reused while healthy.

    *isolate*: ``"risky"`` (Lambda: common formats stay in this process) or ``"always"`` (the command line).
    """

    def __init__(self, *, isolate: Literal["risky", "always"] = "risky") -> None:
        self._isolate = isolate
        self._child: DecoderProcess | None = None

    def render(self, source: Source, recipe: Recipe, *, file_name: str, seconds_left: float | None = None) -> Rendering:
        """Develop *source*; raises PhotoError (a verdict), or OutOfTime when *seconds_left* runs out first.

        Only a child can be stopped on the way; what is developed here takes a second or two.
        """
        header = inspect_structure(source.view, recipe.limits, raw_max_megapixels=recipe.raw.max_megapixels)
        if self._isolate == "always" or is_risky(header) or is_slow(recipe):
            return self._in_child(source, recipe, file_name=file_name, seconds_left=seconds_left)
        from processor.imaging.line import develop  # noqa: PLC0415 - a parent that only isolates needs no libvips

        return develop(source, recipe, file_name=file_name)

    def _in_child(self, source: Source, recipe: Recipe, *, file_name: str, seconds_left: float | None) -> Rendering:
        """Develop in the child. A used one may die of what earlier photos left behind: then a fresh one decides."""
        started = monotonic()
        child = self._healthy_child(recipe.limits.decoder_memory_mib)
        used = child.jobs > 0
        try:
            return child.develop(source, recipe, file_name=file_name, seconds_left=seconds_left)
        except PhotoError as error:
            if not used or error.verdict not in DOUBTFUL_IN_A_USED_CHILD:
                raise
        self.close()
        left = None if seconds_left is None else max(0.0, seconds_left - (monotonic() - started))
        fresh = self._healthy_child(recipe.limits.decoder_memory_mib)
        return fresh.develop(source, recipe, file_name=file_name, seconds_left=left)

    def _healthy_child(self, memory_mib: int) -> DecoderProcess:
        child = self._child
        if child is None or not child.healthy() or child.memory_mib != memory_mib:
            self.close()
            child = self._child = DecoderProcess(memory_mib)
        return child

    def close(self) -> None:
        """End the child, if there is one."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def __enter__(self) -> Self:
        """Use as a context manager: no child outlives the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the child, whatever happened."""
        self.close()


def is_risky(header: Header) -> bool:
    """Tell whether a decoder with a history of crashes, or one that needs much memory, will see this file."""
    return header.format not in SAFE_HERE or header.legacy or header.megapixels > ISOLATED_ABOVE_MEGAPIXELS


def is_slow(recipe: Recipe) -> bool:
    """Tell whether encoding alone may take longer than an invocation has left: AVIF does, tens of seconds at 12 MP."""
    return any("avif" in recipe.formats_of(size) for size in recipe.sizes)
