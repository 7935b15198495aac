"""Check that renditions of the golden set still look as recorded.

    python -m tools.golden            compare; exit code 1 and one line per difference
    python -m tools.golden --update   record what the line gives now

The photos are drawn by code, in every format and awkwardness that the line must handle. What is
compared is what people would see: size, which way is up (the colours of the corners), the mean
colour, how like the drawing each rendition is in structure (SSIM) and colour (CIEDE2000), and that
nothing private is left. Bytes may differ, as encoders and processors do.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
from PIL import Image

from processor.imaging.model import Rendering
from processor.imaging.renderer import Renderer
from processor.recipe import Recipe, Size
from processor.source import Source
from testkit.photos import exif, scene
from testkit.photos.kinds import KINDS
from tools.image_diff import delta_e, most_alike, ssim

RECORD: Final = Path(__file__).parents[1] / "tests" / "golden" / "renditions.json"
# Steps of 8 bit, per channel: decoders and encoders of other versions and processors differ by about one.
TOLERANCE: Final = 3
# Only for the worse: less alike than recorded by so much.
SSIM_LOSS: Final = 0.01
DELTA_E_GAIN: Final = 0.3
CORNERS: Final = ("red", "green", "blue", "yellow")
RECIPE: Final = Recipe(
    sizes={
        "thumbnail": Size(width=96, height=96),
        "wide": Size(width=300, height=100),
        "square": Size(width=120, height=120, fit="cover"),
        "large": Size(width=4000, height=4000),
    }
)
Figures = dict[str, Any]


@click.command()
@click.option("--update", is_flag=True, help="Record the figures of the renditions as they are now.")
def main(*, update: bool) -> None:
    """Compare the golden set's renditions with their record, or record them."""
    found = measured()
    if update:
        RECORD.write_text(as_text(found), encoding="utf-8")
        click.echo(f"golden: recorded {len(found)} photos")
        return
    if differences := compared(json.loads(RECORD.read_text(encoding="utf-8")), found):
        click.echo("\n".join([*differences, f"golden: {len(differences)} differences"]))
        sys.exit(1)
    click.echo(f"golden: {len(found)} photos look as recorded")


def measured() -> dict[str, Figures]:
    """Render every photo of the set and measure what came out."""
    with Renderer() as renderer:
        return {name: figures_of(rendered(renderer, name, draw())) for name, draw in KINDS.items()}


def rendered(renderer: Renderer, name: str, data: bytes) -> Rendering:
    """Render one photo as the product would."""
    with Source.from_bytes(data) as source:
        return renderer.render(source, RECIPE, file_name=name)


def figures_of(rendering: Rendering) -> Figures:
    """Measure all renditions of one photo, by another library than the one that made them."""
    return {one.size: measure(one.data) for one in sorted(rendering.renditions, key=lambda one: one.size)}


def measure(data: bytes) -> Figures:
    """Measure one rendition: size in px, colours in sRGB, likeness to the scene, private things left in it."""
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        pixels = np.asarray(image.convert("RGB"))
        gps = dict(image.getexif().get_ifd(0x8825))
    colours = scene.patch_colours(pixels)
    drawn = most_alike(scene.scene(), pixels)
    return {
        "size": [pixels.shape[1], pixels.shape[0]],
        "corners": {corner: list(colours[corner]) for corner in CORNERS},
        "mean": [round(value) for value in pixels.reshape(-1, 3).mean(axis=0).tolist()],
        "ssim": round(ssim(drawn, pixels), 3),
        "delta_e": round(delta_e(drawn, pixels), 2),
        "private": (["gps"] if gps else []) + [secret.decode() for secret in exif.SECRETS if secret in data],
    }


def compared(recorded: Mapping[str, Figures], found: Mapping[str, Figures]) -> list[str]:
    """Return one line for each difference between *found* and *recorded*."""
    lines = [f"{name}: recorded, but no longer in the set" for name in recorded.keys() - found.keys()]
    for name, sizes in found.items():
        if name not in recorded:
            lines.append(f"{name}: not recorded yet, see --update")
            continue
        for size in sorted(sizes.keys() | recorded[name].keys()):
            lines += differing(f"{name} {size}", recorded[name].get(size, {}), sizes.get(size, {}))
    return lines


def differing(place: str, expected: Figures, received: Figures) -> list[str]:
    """Compare one rendition's figures."""
    return [
        f"{place}: {figure} expected {expected.get(figure)}, received {received.get(figure)}"
        for figure in sorted(expected.keys() | received.keys())
        if not alike(figure, expected.get(figure), received.get(figure))
    ]


def alike(figure: str, expected: Any, received: Any) -> bool:
    """Return whether two figures are the same to the eye; sizes and private things are exact."""
    if expected is None or received is None:
        return expected == received
    match figure:
        case "mean":
            return near(expected, received)
        case "corners":
            return all(near(expected[corner], received[corner]) for corner in CORNERS)
        case "ssim":
            return received >= expected - SSIM_LOSS
        case "delta_e":
            return received <= expected + DELTA_E_GAIN
        case _:
            return expected == received


def near(expected: list[int], received: list[int]) -> bool:
    """Return whether two colours are within the tolerance."""
    return all(abs(one - other) <= TOLERANCE for one, other in zip(expected, received, strict=True))


def as_text(figures: Mapping[str, Figures]) -> str:
    """Write the record so that a change reads well in a diff: one line per rendition."""
    photos = (
        f"  {json.dumps(name)}: {{\n"
        + ",\n".join(f"    {json.dumps(size)}: {json.dumps(figure)}" for size, figure in sizes.items())
        + "\n  }"
        for name, sizes in figures.items()
    )
    return "{\n" + ",\n".join(photos) + "\n}\n"


if __name__ == "__main__":
    main()
