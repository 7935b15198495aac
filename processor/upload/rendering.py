"""Render an original under its claimed stem: download, render, write the renditions, publish the manifest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, Protocol

from processor.aws.manifests import Held, Manifests
from processor.aws.originals import Originals
from processor.aws.photos import PhotoRecord
from processor.aws.renditions import RenditionObjects, Stamp
from processor.budget import Budget
from processor.events import ObjectEvent
from processor.imaging.mark import marked
from processor.imaging.model import CONTENT_TYPES, EXTENSIONS, Rendering, Rendition
from processor.keys import rendition_key
from processor.manifest import Manifest
from processor.recipe import Recipe
from processor.source import Source, too_large
from processor.upload.outcome import UploadOutcome, skipped
from processor.upload.receipt import Identity, photo_from, receipt_of, version_of
from processor.upload.transitions import State

UPLOAD_THREADS: Final = 4


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
class UploadJob:
    """One state of an original whose stem is claimed, and the record as it was read before."""

    event: ObjectEvent
    state: State
    record: PhotoRecord | None
    held: Held
    budget: Budget


@dataclass(frozen=True, kw_only=True, slots=True)
class OriginalRenderer:
    """Downloads originals, renders them and stores the result. *recipe_hash*: the recipe's fingerprint."""

    recipe: Recipe
    recipe_hash: str
    renderer: PhotoRenderer
    originals: Originals
    objects: RenditionObjects
    manifests: Manifests
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def make(self, job: UploadJob) -> Manifest | UploadOutcome:
        """Return the complete manifest, or an UploadOutcome when there is nothing to render.

        Raise Overtaken, SourceGone, PhotoError or TransientError; stored renditions are then found by the next attempt.
        """
        watch = StepTimer()
        with self.originals.open(job.event) as original:
            if reason := job.state.name.skip(original.size):
                return skipped(reason)
            source = self.read(original.chunks, original.size)
        with source:
            watch.lap("download")
            rendering = with_sequencer_mark(self.render(job, source), job.state)
            watch.lap("render")
        stamp = self.stamp(job, source, original.source_version)
        self.upload(job, rendering, stamp)
        watch.lap("upload")
        return self.manifests.complete(job.held, self.manifest(job, rendering, stamp, watch))

    def read(self, chunks: Iterator[bytes], size: int) -> Source:
        """Read a whole original; raise PhotoError before reading one whose *size* is too large."""
        limit = self.recipe.limits.max_bytes
        if size > limit:
            raise too_large(size, limit, at_least=False)
        return Source.from_chunks(chunks, max_bytes=limit)

    def render(self, job: UploadJob, source: Source) -> Rendering:
        """Render, if there is enough time; else raise OutOfTime."""
        name = job.state.name
        job.budget.require(f"rendering {name.key}")
        return self.renderer.render(source, self.recipe, file_name=name.file, seconds_left=job.budget.usable_s())

    def stamp(self, job: UploadJob, source: Source, source_version: str) -> Stamp:
        """Build the metadata of all renditions."""
        return Stamp(
            cache_tag=job.state.name.cache_tags(),
            source_version=source_version,
            recipe=self.recipe_hash,
            version=version_of(source.sha256, self.recipe_hash),
            sequencer=job.state.sequencer,
        )

    def upload(self, job: UploadJob, rendering: Rendering, stamp: Stamp) -> None:
        """Write all renditions in parallel: each waits for the network."""
        job.budget.require(f"uploading {job.state.name.key}")

        def put(one: Rendition) -> bool:
            key = rendition_key(job.state.name.gallery, job.held.stem, one.size, EXTENSIONS[one.format])
            return self.objects.put(key, one.data, CONTENT_TYPES[one.format], stamp)

        with ThreadPoolExecutor(UPLOAD_THREADS) as pool:
            # Reading every result raises the first error, after all the others have ended.
            list(pool.map(put, rendering.renditions))

    def manifest(self, job: UploadJob, rendering: Rendering, stamp: Stamp, watch: StepTimer) -> Manifest:
        """Build the complete manifest: the photo and its receipt."""
        identity = Identity(
            gallery=job.state.name.gallery,
            stem=job.held.stem,
            version=stamp.version,
            source_version=stamp.source_version,
            processed_at=timestamp(self.now()),
        )
        return replace(
            job.held.manifest,
            photo=photo_from(rendering, identity),
            receipt=receipt_of(
                rendering, recipe=self.recipe_hash, steps_ms=watch.steps_ms, memory_mib=job.budget.memory_mib
            ),
        )


def timestamp(at: datetime) -> str:
    """Write *at* in UTC, ISO-8601 with milliseconds and ``Z``."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def with_sequencer_mark(rendering: Rendering, state: State) -> Rendering:
    """Embed the event's sequencer in every file, so that two states never share an ETag (ADR 20)."""
    files = (replace(one, data=marked(one.data, one.format, state.sequencer)) for one in rendering.renditions)
    return replace(rendering, renditions=tuple(files))
