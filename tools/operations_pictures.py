"""Draw the operations reference's pictures: each operation's effect on a landscape, before and after side by side."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageOps

from processor.edits.command import compile_command
from processor.edits.vocabulary import OPERATIONS
from processor.imaging.edit_model import EditLimits
from processor.imaging.editor import Editor
from processor.source import Source
from testkit.photos import landscape

# Commands whose effect is plain to see at this size, where the vocabulary's first example is not.
SHOWN: Final[Mapping[str, str]] = {
    "resize": "resize to 50%",
    "crop": "crop to square",
    "border": "add 10px red border",
    "extend": "extend the bottom by 60px in gold",
    "pad": "pad to square with black",
    "round": "round corners by 60px",
    "rotate": "rotate -15 degrees",
    "contrast": "increase contrast by 40%",
    "tint": "make it warmer",
    "sharpen": "sharpen a lot",
    "denoise": "denoise strongly",
    "pixelate": "pixelate strongly",
    "vignette": "add a strong vignette",
    "text": "add title 'Summer Vacation' at top, size 40",
    "watermark": "watermark with upload://logo at bottom right",
    "quality": "reduce quality to 10%",
}
BEFORE: Final[Mapping[str, Callable[[], Image.Image]]] = {
    "trim": landscape.framed,
    "denoise": landscape.noisy,
    "normalize": landscape.dull,
    "equalize": landscape.dull,
    "enhance": landscape.dull,
}
# What quality does is only seen in a lossy format.
SOURCE_FORMATS: Final[Mapping[str, str]] = {"quality": "JPEG"}
CELL_PX, GAP_PX = 320, 16
GROUND, CHECKS = (255, 255, 255), (214, 214, 214)
CHECK_PX: Final = 8
WEBP_QUALITY: Final = 78


def command_of(name: str) -> str:
    """Return the command whose effect is shown for an operation."""
    return SHOWN.get(name, OPERATIONS[name].examples[0])


def draw_all(folder: Path) -> None:
    """Write ``<operation>.webp`` into *folder* for every operation."""
    folder.mkdir(parents=True, exist_ok=True)
    with Editor() as editor, Source.from_bytes(encoded(landscape.logo(), "PNG")) as logo:
        for name in OPERATIONS:
            before = encoded(BEFORE.get(name, landscape.landscape)(), SOURCE_FORMATS.get(name, "PNG"))
            (folder / f"{name}.webp").write_bytes(
                encoded(side_by_side(before, after(editor, name, before, logo)), "WEBP")
            )


def after(editor: Editor, name: str, before: bytes, logo: Source) -> bytes:
    """Carry the shown command out, as the service does."""
    with Source.from_bytes(before) as source:
        edited = editor.edit(source, compile_command(command_of(name)), EditLimits(), assets={"upload://logo": logo})
        return edited.data


def side_by_side(before: bytes, changed: bytes) -> Image.Image:
    """Draw both on one sheet at the same scale, each in the middle of its half."""
    pictures = [Image.open(io.BytesIO(data)).convert("RGBA") for data in (before, changed)]
    scale = min(1.0, *(CELL_PX / max(picture.size) for picture in pictures))
    pictures = [ImageOps.scale(picture, scale) for picture in pictures]
    height = max(picture.height for picture in pictures)
    sheet = Image.new("RGB", (2 * CELL_PX + GAP_PX, height), GROUND)
    for place, picture in enumerate(pictures):
        left, top = place * (CELL_PX + GAP_PX) + (CELL_PX - picture.width) // 2, (height - picture.height) // 2
        sheet.paste(Image.alpha_composite(checks(picture.size), picture).convert("RGB"), (left, top))
    return sheet


def checks(size: tuple[int, int]) -> Image.Image:
    """Draw the grey checks that show through what is transparent."""
    ground = Image.new("RGBA", size, (*GROUND, 255))
    draw = ImageDraw.Draw(ground)
    for top in range(0, size[1], CHECK_PX):
        for left in range(top % (2 * CHECK_PX), size[0], 2 * CHECK_PX):
            draw.rectangle((left, top, left + CHECK_PX - 1, top + CHECK_PX - 1), fill=(*CHECKS, 255))
    return ground


def encoded(picture: Image.Image, written: str) -> bytes:
    """Write a picture into memory."""
    file = io.BytesIO()
    picture.save(file, written, quality=WEBP_QUALITY if written == "WEBP" else 95)
    return file.getvalue()
