"""Render an original: download, render, claim a stem, write the renditions, describe it all in its item."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, Protocol

from processor.aws.originals import Originals
from processor.aws.renditions import RenditionObjects, Stamp
from processor.budget import Budget
from processor.imaging.model import CONTENT_TYPES, Rendering, RenderInputs, Rendition
from processor.keys import ObjectKey
from processor.original import CurrentOriginal, OriginalItem
from processor.recipe import Recipe
from processor.source import Source, too_large
from processor.upload.receipt import photo_from, receipt_of, version_of
from processor.upload.recipes import PhotoRecipe
from processor.upload.watermarks import Watermarks

UPLOAD_THREADS: Final = 4


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


class PhotoRenderer(Protocol):
    """Makes renditions; raises PhotoError as a verdict, OutOfTime when *seconds_left* are too few."""

    def render(
        self,
        source: Source,
        recipe: Recipe,
        *,
        file_name: str,
        inputs: RenderInputs,
        seconds_left: float | None = None,
    ) -> Rendering:
        """Render *source*; *file_name*: an extension that contradicts the content adds a note."""
        ...


@dataclass(slots=True)
class StepTimer:
    """Measures the duration of each step, in ms."""

    started: float = field(default_factory=time.perf_counter)
    steps_ms: dict[str, float] = field(default_factory=dict[str, float])

    def lap(self, step: str) -> None:
        """End *step* and begin the next."""
        now = time.perf_counter()
        self.steps_ms[step], self.started = (now - self.started) * 1000, now


@dataclass(frozen=True, kw_only=True, slots=True)
class OriginalRenderer:
    """Downloads originals, renders them and stores the result."""

    renderer: PhotoRenderer
    originals: Originals
    watermarks: Watermarks
    renditions: RenditionObjects
    now: Callable[[], datetime] = utc_now

    def make(
        self, found: CurrentOriginal, order: PhotoRecipe, claim: Callable[[], str], budget: Budget
    ) -> OriginalItem:
        """Write the renditions of *found* under the stem that *claim()* returns; return the item that describes them.

        Raise OriginalChanged or PhotoError before anything is stored, TransientError also later: renditions may then be
        stored that no item names.
        """
        watch, name = StepTimer(), ObjectKey(found.key)
        inputs = RenderInputs(focus=order.focus, marks=self.watermarks.of(order.recipe))
        with self.originals.open(found) as chunks:
            source = read(chunks, found.size, order.recipe.limits.max_bytes)
        with source:
            watch.lap("download")
            budget.require(f"rendering {found.key}")
            rendering = self.renderer.render(
                source,
                order.recipe,
                file_name=name.file,
                inputs=inputs,
                seconds_left=budget.usable_s(),
            )
            watch.lap("render")
        version, stem = version_of(source.sha256, order.hash), claim()
        budget.require(f"uploading {found.key}")
        item = OriginalItem(
            key=found.key,
            version=found.version,
            etag=found.etag,
            modified=found.modified,
            recipe=order.hash,
            profile=order.profile,
            stem=stem,
            photo=photo_from(rendering, version=version, processed_at=self.time()),
        )
        self.upload(rendering, item.objects, stamp(found, order, version))
        watch.lap("upload")
        receipt = receipt_of(rendering, order, steps_ms=watch.steps_ms, memory_mib=budget.memory_mib)
        return replace(item, receipt=receipt)

    def upload(self, rendering: Rendering, keys: Sequence[str], stamp: Stamp) -> None:
        """Write all renditions under *keys* in parallel: each waits for the network."""

        def put(key: str, one: Rendition) -> None:
            self.renditions.put(key, one.data, CONTENT_TYPES[one.format], stamp)

        with ThreadPoolExecutor(UPLOAD_THREADS) as pool:
            # Reading every result raises the first error, after all the others have ended.
            list(pool.map(put, keys, rendering.renditions))

    def time(self) -> str:
        """Return the time in UTC, ISO-8601 with milliseconds and ``Z``."""
        return self.now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read(chunks: Iterator[bytes], size: int, limit: int) -> Source:
    """Read a whole original; raise PhotoError before reading one whose *size* is above *limit* (bytes)."""
    if size > limit:
        raise too_large(size, limit, at_least=False)
    return Source.from_chunks(chunks, max_bytes=limit, expected_bytes=size)


def stamp(found: CurrentOriginal, order: PhotoRecipe, version: str) -> Stamp:
    """Build the metadata of all renditions."""
    tags = ObjectKey(found.key).cache_tags()
    return Stamp(cache_tag=tags, source_version=found.version, recipe=order.hash, version=version)
