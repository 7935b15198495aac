"""Proofs: watermarks and blur of single sizes, looked at in pixels."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np
import pytest
from PIL import Image

from processor.errors import PhotoError, RecipeUnusable
from processor.imaging.line import develop
from processor.imaging.model import RenderInputs
from processor.imaging.renderer import Renderer, check_mark
from processor.recipe import OutputQuality, Recipe, Size, SizeWatermark
from processor.source import Source
from testkit.photos.heif import heic
from testkit.photos.jpeg import jpeg
from testkit.photos.scene import Pixels, textured
from tests.imaging.prints import pixels_of

MARK = "watermarks/red.png"
GREY, RED = 128, (255, 0, 0)
FINE = OutputQuality(jpeg=97)


@pytest.fixture
def marks() -> Iterator[Mapping[str, Source]]:
    """Give a red mark of 200 × 100 px, opaque."""
    file = io.BytesIO()
    Image.new("RGBA", (200, 100), (*RED, 255)).save(file, format="png")
    with Source.from_bytes(file.getvalue()) as source:
        yield {MARK: source}


def marked(width: int, **how: object) -> Size:
    """Make a size with the mark."""
    return Size(width=width, height=4000, watermark=SizeWatermark.model_validate({"object": MARK, **how}))


def made(data: bytes, sizes: Mapping[str, Size], marks: Mapping[str, Source]) -> dict[str, Pixels]:
    """Develop *data* into *sizes*; return their pixels."""
    with Source.from_bytes(data) as source:
        recipe = Recipe(sizes=sizes, quality=FINE)
        rendering = develop(source, recipe, file_name="a.jpg", inputs=RenderInputs(marks=marks))
    return {one.size: pixels_of(one) for one in rendering.renditions}


def grey(width: int, height: int) -> bytes:
    """Draw a grey photo."""
    return jpeg(np.full((height, width, 3), GREY, np.uint8))


def redness(pixels: Pixels) -> Pixels:
    """Return how far red is above green."""
    wide = pixels.astype(int)
    return wide[..., 0] - wide[..., 1]


def test_each_size_has_its_mark_once_at_its_share_of_the_width(marks: Mapping[str, Source]) -> None:
    """20 % of 1000, 500 and 250 px, in the corner with 2 % margin: no size is made from a marked one."""
    how = {"width_percent": 20.0, "opacity": 1.0}
    sizes = {f"s{width}": marked(width, **how) for width in (1000, 500, 250)} | {"clean": Size(width=200, height=200)}
    found = made(grey(1000, 600), sizes, marks)

    for width in (1000, 500, 250):
        red = redness(found[f"s{width}"]) > 100
        rows, columns = np.where(red)
        assert abs(red.sum() - width * 0.2 * width * 0.1) <= 0.05 * red.sum() + 2 * width * 0.2
        assert abs(columns.max() - (width - 0.02 * width)) <= 3
        assert abs(rows.max() - (width * 0.6 - 0.02 * width)) <= 3
    assert (np.abs(redness(found["clean"])) < 12).all()


def test_an_opacity_is_the_same_in_every_size(marks: Mapping[str, Source]) -> None:
    """Half red over grey is (192, 64, 64) everywhere; a mark over a mark would be (224, 32, 32)."""
    how = {"width_percent": 40.0, "opacity": 0.5, "position": "center"}
    found = made(grey(1000, 600), {"large": marked(1000, **how), "small": marked(400, **how)}, marks)

    for pixels in found.values():
        middle = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2].astype(int)
        assert np.abs(middle - (192, 64, 64)).max() <= 6


@pytest.mark.parametrize("shape", [(900, 600), (600, 900), (300, 40)])
def test_a_tiled_mark_leaves_no_part_of_the_photo_alone(marks: Mapping[str, Source], shape: tuple[int, int]) -> None:
    """Any window of two marks' width and three marks' height shows red, in the corners too; and the photo between."""
    width, height = shape
    pixels = made(grey(width, height), {"large": marked(width, tiled=True, opacity=1.0)}, marks)["large"]
    red = redness(pixels) > 100
    across, down = min(width, round(width * 0.15 * 2)), min(height, round(width * 0.075 * 3))

    assert (height, width) == red.shape
    assert 0.2 < red.mean() < 0.5
    for top in range(0, height - down + 1, max(1, down // 3)):
        for left in range(0, width - across + 1, max(1, across // 3)):
            assert red[top : top + down, left : left + across].any()


def test_a_blur_is_a_share_of_each_size_and_stays_in_it(marks: Mapping[str, Source]) -> None:
    """A blurred large size loses its detail; the sizes below are made from the clean picture."""
    data = jpeg(textured(800, 600))
    sizes = {"large": Size(width=800, height=600, blur_percent=2), "small": Size(width=400, height=400)}
    blurred, sharp = made(data, sizes, marks), made(data, {**sizes, "large": Size(width=800, height=600)}, marks)

    assert detail(blurred["large"]) < 0.2 * detail(sharp["large"])
    assert (blurred["small"] == sharp["small"]).all()


def detail(pixels: Pixels) -> float:
    """Return the mean difference of neighbours."""
    return float(np.abs(np.diff(pixels.astype(int), axis=1)).mean())


def test_a_mark_lies_sharp_on_a_blurred_photo(marks: Mapping[str, Source]) -> None:
    """Blur first: a mark that is blurred with the photo could not be read."""
    size = Size(width=800, height=600, blur_percent=5, watermark=SizeWatermark(object=MARK, opacity=1.0))
    pixels = made(grey(800, 600), {"large": size}, marks)["large"]
    row = redness(pixels)[int(np.where(redness(pixels) > 100)[0].mean())]

    assert np.diff(np.where(row > 100)[0]).max() == 1
    assert ((row > 40) & (row < 200)).sum() <= 8  # the edge


def test_a_photo_that_shows_its_mark_keeps_its_placeholder(marks: Mapping[str, Source]) -> None:
    """Placeholder and colour are the photo's, and the receipt says how long the mark took."""
    data = grey(400, 300)
    renderings = []
    for size in (Size(width=400, height=400), marked(400, tiled=True, opacity=1.0)):
        with Source.from_bytes(data) as source:
            recipe = Recipe(sizes={"large": size})
            renderings.append(develop(source, recipe, file_name="a.jpg", inputs=RenderInputs(marks=marks)))

    plain, proof = renderings
    assert (plain.placeholder, plain.dominant_color) == (proof.placeholder, proof.dominant_color)
    assert (False, True) == ("proof" in plain.receipt.steps_ms, "proof" in proof.receipt.steps_ms)


def test_a_child_lays_the_same_mark(marks: Mapping[str, Source]) -> None:
    """HEIC is decoded in a child, which gets the mark's file beside the photo's."""
    recipe = Recipe(sizes={"large": marked(300, opacity=1.0)}, quality=FINE)
    with Renderer() as renderer, Source.from_bytes(heic()) as source:
        rendering = renderer.render(source, recipe, file_name="a.heic", inputs=RenderInputs(marks=marks))

    assert rendering.receipt.isolated
    assert (redness(pixels_of(rendering.renditions[0])) > 150).any()


@pytest.mark.parametrize("isolate", ["risky", "always"])
def test_a_renderer_without_the_marks_file_renders_nothing(isolate: Literal["risky", "always"]) -> None:
    """A proof without its mark would be the clean picture."""
    recipe = Recipe(sizes={"large": marked(300)})
    refusal = pytest.raises(RecipeUnusable, match=r"watermarks/red.png: expected the watermark's file, received none\.")
    with Renderer(isolate=isolate) as renderer, Source.from_bytes(jpeg()) as source, refusal:
        renderer.render(source, recipe, file_name="a.jpg")


def test_a_mark_must_be_of_a_format_that_is_decoded_here() -> None:
    """A HEIC would start a child for every photo of the gallery."""
    with Source.from_bytes(heic()) as source, pytest.raises(PhotoError, match="Expected one of gif, jpeg, png"):
        check_mark(source)
