"""The operations reference is never older than the vocabulary, and its pictures show what operations do."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops, ImageStat

from processor.edits.command import compile_command
from processor.edits.vocabulary import OPERATIONS
from tools import operations_docs, operations_pictures
from tools.operations_docs import PICTURES, REFERENCE

MAX_TOTAL_BYTES = 600_000
# Of 255, summed over the channels: the two halves of a picture are compressed together.
MEAN_OF_ARTEFACTS = 5.0
# These change the file, not the picture.
LOOKS_THE_SAME = {"format", "metadata", "still"}


def halves(sheet: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Cut a picture of the reference into before and after."""
    cell = operations_pictures.CELL_PX
    right = cell + operations_pictures.GAP_PX
    return sheet.crop((0, 0, cell, sheet.height)), sheet.crop((right, 0, right + cell, sheet.height))


def test_the_committed_reference_is_current() -> None:
    """Whoever changes an operation runs `make docs`."""
    assert operations_docs.reference() == REFERENCE.read_text(encoding="utf-8")


def test_there_is_one_picture_for_each_operation() -> None:
    """None is missing, none is left over, and together they are light."""
    pictures = list(PICTURES.glob("*"))

    assert {f"{name}.webp" for name in OPERATIONS} == {path.name for path in pictures}
    assert sum(path.stat().st_size for path in pictures) < MAX_TOTAL_BYTES


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_picture_shows_its_operation(name: str) -> None:
    """The command beneath it is that operation, and what comes after differs from what was before."""
    with Image.open(PICTURES / f"{name}.webp") as sheet:
        before, after = halves(sheet.convert("RGB"))
    differs = sum(ImageStat.Stat(ImageChops.difference(before, after)).mean) > MEAN_OF_ARTEFACTS

    assert name in {step.operation_name() for step in compile_command(operations_pictures.command_of(name)).steps}
    assert differs == (name not in LOOKS_THE_SAME)


def test_transparency_is_drawn_as_checks() -> None:
    """What is cut away can be told from white."""
    clear = Image.new("RGBA", (32, 16), (0, 0, 0, 0))
    data = io.BytesIO()
    clear.save(data, "PNG")
    before, _ = halves(operations_pictures.side_by_side(data.getvalue(), data.getvalue()))

    assert {(255, 255, 255), (214, 214, 214)} == {colour for _, colour in before.getcolors() or ()}


def test_the_pictures_are_drawn_by_the_edit_line() -> None:
    """A crop to square leaves a square beside the whole landscape."""
    with operations_pictures.Editor() as editor, operations_pictures.Source.from_bytes(b"") as none:
        before = operations_pictures.encoded(operations_pictures.landscape.landscape(), "PNG")
        changed = operations_pictures.after(editor, "crop", before, none)

    assert (320, 320) == Image.open(io.BytesIO(changed)).size
