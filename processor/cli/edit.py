"""Command ``edit``: edit one picture on this machine by a command in plain English, without AWS."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import click

from processor.cli.examples import examples
from processor.cli.render import make_folder, write_whole
from processor.cli.values import FilePath
from processor.edits.command import compile_command
from processor.edits.operations.file import Format, PictureFormat
from processor.edits.plan import Plan
from processor.errors import EditError, PhotoError, UsageError
from processor.imaging.edit_model import FILE_KINDS, Edited, EditLimits, OutputWish
from processor.imaging.editor import Editor
from processor.imaging.model import EXTENSIONS_OF
from processor.settings.services import EditSettings
from processor.settings.stack_file import load_settings
from processor.source import Source

FAILED: Final = 1
FORMAT_OF: Final[Mapping[str, PictureFormat]] = {
    extension: written for written in FILE_KINDS for extension in EXTENSIONS_OF[written]
}
"""Formats by the extension of the output file."""


@click.command(
    epilog=examples(
        'darkroom edit photo.heic "crop to 16:9 and convert to webp" --out cover.webp',
        'darkroom edit photo.jpg "make it warmer" --out warm.jpg --json',
        'darkroom edit a.jpg "watermark with upload://logo top left at 30%" --watermark logo.png --out b.jpg',
    )
)
@click.argument("photo", type=FilePath(), metavar="PHOTO")
@click.argument("command")
@click.option("--out", required=True, type=FilePath(), help="File to write; its extension selects the format.")
@click.option(
    "--watermark",
    "watermarks",
    multiple=True,
    type=FilePath(),
    metavar="FILE",
    help="Picture for the upload://NAME of the command with its name, with or without extension; may be repeated.",
)
@click.option("--settings", type=FilePath(), help="Stack file or settings tree (YAML).")
@click.option("--json", "as_json", is_flag=True, help="The result, or the error, as one JSON object on stdout.")
def edit(  # noqa: PLR0913 - the options of a command
    photo: Path, command: str, out: Path, watermarks: tuple[Path, ...], settings: Path | None, *, as_json: bool
) -> None:
    """Edit one photo by a command in plain English.

    COMMAND is what to do with PHOTO, such as "resize to 800px and convert to webp".

    Exits with 0 when the file is written, 1 when the command or the photo makes it impossible, 2 on wrong usage.
    """
    work = load_settings(settings).edits if settings else EditSettings()
    try:
        plan = compile_command(command)
        edited = make(photo, plan, work, out, marked(plan, watermarks))
    except (PhotoError, EditError) as error:
        print_failure(photo, error, as_json=as_json)
        sys.exit(FAILED)
    write(out, edited.data)
    print_result(photo, out, plan, edited, as_json=as_json)


def marked(plan: Plan, files: Sequence[Path]) -> Mapping[str, Path]:
    """Return reference → file of each watermark of the plan; raises UsageError unless each has one, and none is over.

    A file belongs to the reference of its name, with or without extension; a single one to the only reference.
    """
    references = plan.watermarks
    if len(references) == len(files) == 1:
        return {references[0]: files[0]}
    names = {name: file for file in files for name in (file.stem, file.name)}
    found = {one: names[one.partition("://")[2]] for one in references if one.partition("://")[2] in names}
    if missing := [one for one in references if one not in found]:
        raise UsageError(f"{missing[0]}: expected its file. Add --watermark FILE, with FILE named as the reference")
    if unused := [file for file in files if file not in found.values()]:
        name = unused[0].stem
        raise UsageError(f'{unused[0]}: not used. Name it in the command: "watermark with upload://{name}"')
    return found


def make(photo: Path, plan: Plan, work: EditSettings, out: Path, watermarks: Mapping[str, Path]) -> Edited:
    """Edit in a decoder child; raises PhotoError, EditError, or UsageError for a file that cannot be read."""
    output = OutputWish(format=format_for(out, plan))
    limits = EditLimits(
        max_dimension_px=work.max_dimension_px,
        max_megapixels=work.max_megapixels,
        default_quality=work.default_quality,
    )
    with ExitStack() as files, Editor(isolate="always") as editor:
        source = files.enter_context(opened(photo, work))
        assets = {reference: files.enter_context(opened(file, work)) for reference, file in watermarks.items()}
        return editor.edit(source, plan, limits, file_name=photo.name, assets=assets, output=output)


def opened(photo: Path, work: EditSettings) -> Source:
    """Open a file; raises UsageError where it cannot be read."""
    try:
        return Source.from_path(photo, max_bytes=work.max_image_bytes)
    except OSError as error:
        raise UsageError(f"{photo}: cannot be read ({error.strerror}), expected a photo") from None


def format_for(out: Path, plan: Plan) -> PictureFormat | None:
    """Return the format that the name *out* asks for, None when it asks for none; raises UsageError."""
    extension = out.suffix.lower().lstrip(".")
    wished = FORMAT_OF.get(extension)
    asked: list[PictureFormat] = [step.to for step in plan.steps if isinstance(step, Format)]
    if wished is None and any(extension in extensions for extensions in EXTENSIONS_OF.values()):
        known = ", ".join(kind.extension for kind in FILE_KINDS.values())
        raise UsageError(f"{out}: .{extension} files cannot be written, expected one of {known}")
    if wished is not None and asked and asked[-1] != wished:
        raise UsageError(
            f"{out}: the command converts to {asked[-1].upper()}, expected a name that ends in {named(asked[-1])}"
        )
    return wished


def named(written: PictureFormat) -> str:
    """Return the extension of a format, with its dot."""
    return f".{FILE_KINDS[written].extension}"


def write(out: Path, data: bytes) -> None:
    """Write the file; raises UsageError."""
    make_folder(out.parent)
    try:
        write_whole(out, data)
    except OSError as error:
        what = f"{out}: cannot be written ({error.strerror})"
        raise UsageError(f"{what}, free some space or choose another --out") from error


def print_result(photo: Path, out: Path, plan: Plan, edited: Edited, *, as_json: bool) -> None:
    """Print the plan, the notes and the result; with *as_json* one JSON object."""
    if as_json:
        click.echo(json.dumps(facts(photo, out, plan, edited), ensure_ascii=False))
        return
    click.echo(plan.explanation, err=True)
    for note in edited.notes:
        click.echo(f"Note: {note}", err=True)
    size = f"{edited.format.upper()}, {edited.width} × {edited.height} px, {len(edited.data):,} bytes"
    click.echo(f"{out}: {size}", err=True)


def facts(photo: Path, out: Path, plan: Plan, edited: Edited) -> dict[str, Any]:
    """Return the result as JSON values."""
    return {
        "source": str(photo),
        "status": "complete",
        "out": str(out),
        "format": edited.format,
        "width": edited.width,
        "height": edited.height,
        "frames": edited.frames,
        "bytes": len(edited.data),
        "steps": [step.model_dump(mode="json", exclude_none=True) for step in plan.steps],
        "explanation": plan.explanation,
        "notes": list(edited.notes),
        "error": None,
    }


def print_failure(photo: Path, error: PhotoError | EditError, *, as_json: bool) -> None:
    """Print the error of an edit without a result."""
    if not as_json:
        # The sentence may quote the file name or the command: escape control characters.
        click.echo(f"Error: {error.public!r}" if not error.public.isprintable() else f"Error: {error.public}", err=True)
        return
    details = error.details if isinstance(error, EditError) else {}
    document = {"code": error.code, "message": error.public, "details": details}
    click.echo(json.dumps({"source": str(photo), "status": "error", "error": document}, ensure_ascii=False))
