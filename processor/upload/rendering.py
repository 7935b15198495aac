"""Render an original: download, render, claim a stem, write the renditions, describe it all in its item."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Protocol

from processor.aws.originals import Originals
from processor.aws.renditions import RenditionObjects, Stamp
from processor.budget import Budget
from processor.imaging.model import CONTENT_TYPES, EXTENSIONS, Rendering, Rendition
from processor.keys import ObjectKey, rendition_key
from processor.original import CurrentOriginal, OriginalItem
from processor.recipe import Recipe
from processor.source import Source, too_large
from processor.upload.receipt import photo_from, receipt_of, version_of

UPLOAD_THREADS: Final = 4


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


class PhotoRenderer(Protocol):
    """Makes renditions; raises PhotoError as a verdict, OutOfTime when *seconds_left* are too few."""

    def render(self, source: Source, recipe: Recipe, *, file_name: str, seconds_left: float | None = None) -> Rendering:
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
    """Downloads originals, renders them and stores the result. *recipe_hash*: the recipe's fingerprint."""

    recipe: Recipe
    recipe_hash: str
    renderer: PhotoRenderer
    originals: Originals
    renditions: RenditionObjects
    now: Callable[[], datetime] = utc_now

    def make(self, found: CurrentOriginal, claim: Callable[[], str], budget: Budget) -> OriginalItem:
        """Write the renditions of *found* under the stem that *claim()* returns; return the item that describes them.

        Raise OriginalChanged or PhotoError before anything is stored, TransientError also later: renditions may then be
        stored that no item names.
        """
        watch, name = StepTimer(), ObjectKey(found.key)
        with self.originals.open(found) as chunks:
            source = self.read(chunks, found.size)
        with source:
            watch.lap("download")
            budget.require(f"rendering {found.key}")
            rendering = self.renderer.render(source, self.recipe, file_name=name.file, seconds_left=budget.usable_s())
            watch.lap("render")
        version, stem = version_of(source.sha256, self.recipe_hash), claim()
        budget.require(f"uploading {found.key}")
        self.upload(name, stem, rendering, self.stamp(found, version))
        watch.lap("upload")
        return OriginalItem(
            key=found.key,
            version=found.version,
            etag=found.etag,
            modified=found.modified,
            recipe=self.recipe_hash,
            stem=stem,
            photo=photo_from(rendering, version=version, processed_at=self.time()),
            receipt=receipt_of(
                rendering, recipe=self.recipe_hash, steps_ms=watch.steps_ms, memory_mib=budget.memory_mib
            ),
        )

    def read(self, chunks: Iterator[bytes], size: int) -> Source:
        """Read a whole original; raise PhotoError before reading one whose *size* is too large."""
        limit = self.recipe.limits.max_bytes
        if size > limit:
            raise too_large(size, limit, at_least=False)
        return Source.from_chunks(chunks, max_bytes=limit, expected_bytes=size)

    def stamp(self, found: CurrentOriginal, version: str) -> Stamp:
        """Build the metadata of all renditions."""
        tags = ObjectKey(found.key).cache_tags()
        return Stamp(cache_tag=tags, source_version=found.version, recipe=self.recipe_hash, version=version)

    def upload(self, name: ObjectKey, stem: str, rendering: Rendering, stamp: Stamp) -> None:
        """Write all renditions in parallel: each waits for the network."""

        def put(one: Rendition) -> None:
            key = rendition_key(name.gallery, stem, one.size, EXTENSIONS[one.format])
            self.renditions.put(key, one.data, CONTENT_TYPES[one.format], stamp)

        with ThreadPoolExecutor(UPLOAD_THREADS) as pool:
            # Reading every result raises the first error, after all the others have ended.
            list(pool.map(put, rendering.renditions))

    def time(self) -> str:
        """Return the time in UTC, ISO-8601 with milliseconds and ``Z``."""
        return self.now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
