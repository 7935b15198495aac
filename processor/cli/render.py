"""Command ``render``: render photos of this machine to files, without AWS."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from processor.cli.examples import examples
from processor.cli.inputs import Input, find_inputs
from processor.cli.profiles import profile_named
from processor.cli.report import RenderReport, active, failed, skipped, unreadable
from processor.cli.values import FilePath
from processor.errors import PhotoError, UsageError
from processor.imaging.model import EXTENSIONS, Rendering, RenderInputs, Rendition
from processor.imaging.renderer import MAX_MARK_BYTES, Renderer, check_mark
from processor.keys import RENDITIONS, cut, rendition_key, short_hash
from processor.recipe import Recipe
from processor.settings.services import DEFAULT_NAME
from processor.settings.stack_file import load_settings
from processor.settings.tree import Settings
from processor.source import Source

FILE_NAME_BYTES = 255  # the limit of Linux's and macOS' file systems
SOME_FAILED = 1
WATERMARKS = "watermarks/"


@dataclass(frozen=True, slots=True)
class Job:
    """One photo and the stem that it has claimed."""

    photo: Input
    stem: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderSettings:
    """Recipe, profile and watermarks of all photos."""

    recipe: Recipe
    profile: str
    inputs: RenderInputs


@click.command(
    epilog=examples(
        "darkroom render IMG_1.CR3 --out renditions",
        "darkroom render ~/Pictures/wedding --out renditions --json > report.jsonl",
    )
)
@click.argument("photos", nargs=-1, required=True, type=FilePath(), metavar="PHOTO...")
@click.option("--out", required=True, type=FilePath(), help="Folder for the renditions.")
@click.option("--settings", type=FilePath(), help="Stack file or settings tree (YAML).")
@click.option("--profile", default=DEFAULT_NAME, show_default=True, help="Profile of the settings.")
@click.option("--watermarks", type=FilePath(), help="Folder with the watermarks of the settings.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per photo on stdout, one a line.")
@click.option("--jobs", type=click.IntRange(1, 64), default=os.cpu_count() or 1, help="Photos at a time.")
def render(  # noqa: PLR0913 - one per option
    photos: tuple[Path, ...],
    out: Path,
    settings: Path | None,
    profile: str,
    watermarks: Path | None,
    *,
    as_json: bool,
    jobs: int,
) -> None:
    """Render photos into web-ready renditions.

    PHOTO is a file or a whole folder.

    Exits with 0 when all were rendered or skipped, 1 when any failed, 2 on wrong usage.
    """
    known = (load_settings(settings) if settings else Settings()).renditions
    name = profile_named(profile, known)
    recipe = known.recipes[name]
    chosen = RenderSettings(recipe=recipe, profile=name, inputs=RenderInputs(marks=marks_in(watermarks, recipe)))
    inputs = find_inputs(photos)
    claimed = claim_stems(inputs)
    refuse_overwriting(claimed, recipe, out)
    make_folder(out)
    reports = render_all(claimed, chosen, out, jobs)
    counts = print_json(reports) if as_json else print_lines(reports, len(inputs))
    sys.exit(SOME_FAILED if counts["failed"] else 0)


def marks_in(folder: Path | None, recipe: Recipe) -> dict[str, Source]:
    """Read the watermarks of *recipe* from *folder*, which stands for `watermarks/`; raise UsageError without one."""
    marks: dict[str, Source] = {}
    for key in recipe.marks:
        if folder is None:
            raise UsageError(f"--watermarks: found none, expected the folder with {key.removeprefix(WATERMARKS)}")
        path = folder / key.removeprefix(WATERMARKS)
        try:
            marks[key] = Source.from_path(path, max_bytes=MAX_MARK_BYTES)
            check_mark(marks[key])
        except OSError as error:
            raise UsageError(f"{path}: cannot be read ({error.strerror}), expected a watermark") from None
        except PhotoError as error:
            raise UsageError(f"{path}: expected a watermark, found a file that is none: {error.finding}") from None
    return marks


def make_folder(folder: Path) -> None:
    """Create *folder*; raise UsageError when it cannot be created."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be used as --out ({error.strerror}), expected a writable folder") from None


def claim_stems(inputs: Sequence[Input]) -> list[Job]:
    """Return each photo the first stem that none before it has: IMG_1.CR2 and IMG_1.JPG never overwrite each other."""
    claimed: set[tuple[str, str]] = set()
    jobs: list[Job] = []
    for photo in inputs:
        stem = next(
            (stem for stem in photo.key.stem_candidates() if (photo.key.gallery, stem) not in claimed),
            f"{photo.key.file}-{short_hash(str(photo.path.resolve()), 8)}",
        )
        claimed.add((photo.key.gallery, stem))
        jobs.append(Job(photo, stem))
    return jobs


def refuse_overwriting(jobs: Sequence[Job], recipe: Recipe, out: Path) -> None:
    """Raise UsageError when a rendition would take the place of one of the photos."""
    photos = {job.photo.path.resolve() for job in jobs}
    for job in jobs:
        for size in recipe.sizes:
            for output in recipe.formats_of(size):
                if (path := out / output_name(job, size, EXTENSIONS[output])).resolve() in photos:
                    made = f"{path}: a rendition of {job.photo.path} would overwrite this photo"
                    raise UsageError(f"{made}, expected another folder for --out")


def render_all(jobs: Sequence[Job], chosen: RenderSettings, out: Path, at_once: int) -> Iterator[RenderReport]:
    """Render *at_once* photos at a time, each in a decoder child; reports come in the order of *jobs*."""
    own, renderers = threading.local(), list[Renderer]()

    def one(job: Job) -> RenderReport:
        if not hasattr(own, "renderer"):
            own.renderer = Renderer(isolate="always")
            renderers.append(own.renderer)
        return render_one(job, chosen, out, own.renderer)

    pool = ThreadPoolExecutor(at_once, thread_name_prefix="render")
    try:
        yield from pool.map(one, jobs)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for renderer in renderers:
            renderer.close()
        pool.shutdown()


def render_one(job: Job, chosen: RenderSettings, out: Path, renderer: Renderer) -> RenderReport:
    """Render one photo and write its files; report an error of the photo instead of raising it."""
    path = job.photo.path
    try:
        if skip := job.photo.key.skip(size_of(path)):
            return skipped(path, skip)
        with Source.from_path(path, max_bytes=chosen.recipe.limits.max_bytes) as source:
            rendering = renderer.render(source, chosen.recipe, file_name=path.name, inputs=chosen.inputs)
    except PhotoError as error:
        return failed(path, error)
    except OSError as error:
        return unreadable(path, error)
    return active(path, rendering, write_all(job, rendering, out), chosen.recipe, chosen.profile)


def size_of(path: Path) -> int | None:
    """Return the size of a file, bytes; None for a pipe, which does not know it before."""
    return path.stat().st_size if path.is_file() else None


def write_all(job: Job, rendering: Rendering, out: Path) -> Mapping[Rendition, Path]:
    """Write every rendition; raise UsageError when a file cannot be written."""
    files = {one: out / output_name(job, one.size, EXTENSIONS[one.format]) for one in rendering.renditions}
    try:
        for rendition, path in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, rendition.data)
    except OSError as error:
        what = f"{error.filename or out}: cannot be written ({error.strerror})"
        raise UsageError(f"{what}, free some space or choose another --out") from error
    return files


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under its name only when it is whole; into what is no plain file (a pipe, a link), write at once."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        path.write_bytes(data)
        return
    part = path.with_name(f".{short_hash(path.name)}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def output_name(job: Job, size: str, extension: str) -> str:
    """Return ``{gallery}/{stem}_{size}.{ext}``, with a file name that file systems accept."""
    stem, tail = job.stem, f"_{size}.{extension}"
    if len((stem + tail).encode()) > FILE_NAME_BYTES:
        stem = f"{cut(stem, FILE_NAME_BYTES - len(tail.encode()) - 17)}~{short_hash(stem)}"
    return rendition_key(job.photo.key.gallery, stem, size, extension).removeprefix(RENDITIONS)


def print_json(reports: Iterator[RenderReport]) -> Counter[str]:
    """Print one object a line as photos are done; count the outcomes."""
    counts: Counter[str] = Counter()
    for report in reports:
        counts[report.status] += 1
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
    return counts


def print_lines(reports: Iterator[RenderReport], total: int) -> Counter[str]:
    """Show a progress bar on a terminal, a line for what was not rendered, and the sum."""
    counts: Counter[str] = Counter()
    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("Rendering"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("render", total=total)
        for report in reports:
            counts[report.status] += 1
            if report.error:
                # File names may hold markup or control characters: print them as text.
                console.print(
                    f"{report.status}: {report.source!r}: {report.error['message']}", markup=False, soft_wrap=True
                )
            progress.advance(task)
    console.print(f"{counts['active']} rendered, {counts['skipped']} skipped, {counts['failed']} failed")
    return counts
