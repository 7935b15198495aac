"""Check the cascade: sizes are exact in pixels, pictures are close to a direct resize."""

from __future__ import annotations

import numpy as np
import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st

from processor.imaging.cascade import cascade, cut, first_shrink, shrink
from processor.imaging.colour import decide, to_srgb
from processor.imaging.geometry import Box, rung_for
from processor.recipe import Focus, Recipe, Size
from testkit.photos.icc import display_p3
from testkit.photos.jpeg import jpeg
from testkit.photos.scene import scene, textured
from tests.imaging.prints import developed, pixels_of, psnr, recipe

CLOSE_DB = 40.0


def image_of(width: int, height: int) -> pyvips.Image:
    """Draw the scene as an image in memory."""
    return pyvips.Image.new_from_array(scene(width, height)).copy(interpretation="srgb")


@pytest.mark.parametrize("original", [(501, 333), (333, 501), (499, 500), (1000, 7), (13, 11)])
def test_every_size_is_exact_for_odd_sides(original: tuple[int, int]) -> None:
    """The size is computed from the original, never from the rung above."""
    plan = recipe((400, 400), (201, 177), (99, 99), (50, 13))
    rendering = developed(jpeg(scene(*original)), plan)

    expected = {name: rung_for(name, size, Box(*original)).frame for name, size in plan.sizes.items()}
    assert expected == {print_.size: Box(print_.width, print_.height) for print_ in rendering.renditions}


def test_the_rungs_come_largest_first() -> None:
    """The order of the settings does not matter."""
    rungs = [rung_for(str(side), Size(width=side, height=side), Box(300, 200)) for side in (50, 200, 100)]

    assert ["200", "100", "50"] == [rung.size for rung, _ in cascade(image_of(300, 200), rungs)]


@given(st.integers(1, 300), st.integers(1, 300), st.lists(st.integers(1, 300), min_size=1, max_size=4))
@settings(max_examples=40)
def test_every_picture_has_its_rungs_size(width: int, height: int, boxes: list[int]) -> None:
    """Sizes that are larger than the original included: it is never enlarged."""
    original = Box(width, height)
    sizes = [Size(width=side, height=max(1, side * 2 // 3), fit=fit) for side in boxes for fit in ("inside", "cover")]
    rungs = [rung_for(str(number), size, original) for number, size in enumerate(sizes)]

    for rung, picture in cascade(image_of(width, height), rungs):
        assert rung.crop == Box(picture.width, picture.height)


def test_a_cascaded_rung_is_close_to_a_direct_resize() -> None:
    """40 dB or more against a single resize from the original: the difference is invisible."""
    pixels = textured(1_200, 800)
    original = pyvips.Image.new_from_array(pixels).copy(interpretation="srgb")
    rungs = [rung_for(str(side), Size(width=side, height=side), Box(1_200, 800)) for side in (1_000, 500, 200, 100)]

    for rung, picture in cascade(original, rungs):
        direct = shrink(original, rung.frame)
        assert psnr(np.asarray(direct), np.asarray(picture)) >= CLOSE_DB


def test_a_picture_of_the_right_size_is_not_copied() -> None:
    """Small originals pass through."""
    image = image_of(30, 20)

    assert shrink(image, Box(30, 20)) is image
    assert cut(image, Box(30, 20)) is image


def test_a_cover_size_crops_around_what_attracts_attention() -> None:
    """A saturated patch far off the middle stays in the picture."""
    pixels = np.full((300, 900, 3), 128, np.uint8)
    pixels[100:200, 760:860] = (230, 30, 30)
    plan = Recipe(sizes={"square": Size(width=150, height=150, fit="cover")})
    rendering = developed(jpeg(pixels), plan)
    crop = cut(pyvips.Image.new_from_array(pixels).copy(interpretation="srgb"), Box(300, 300)).numpy()

    assert (150, 150) == (rendering.renditions[0].width, rendering.renditions[0].height)
    assert (crop[..., 0].astype(int) - crop[..., 1] > 150).sum() >= 100 * 100 * 0.95


def test_a_focus_wins_over_what_attracts_attention() -> None:
    """The red patch on the right would be kept; the person who set the focus wants the blue one in the left corner."""
    pixels = np.full((300, 900, 3), 128, np.uint8)
    pixels[100:200, 760:860] = (230, 30, 30)
    pixels[:60, :60] = (30, 30, 230)
    plan = Recipe(sizes={"square": Size(width=150, height=150, fit="cover")})
    square = pixels_of(developed(jpeg(pixels), plan, focus=Focus(0.03, 0.1)).renditions[0]).astype(int)

    assert (150, 150) == square.shape[:2]
    assert (square[:25, :25, 2] - square[:25, :25, 0] > 150).all()
    assert (square[..., 0] - square[..., 1] > 150).sum() == 0


def test_a_focus_is_a_point_of_the_upright_picture() -> None:
    """EXIF orientation 6: the stored left edge is the top of what people see, and the red patch attracts."""
    pixels = np.full((900, 300, 3), 128, np.uint8)
    pixels[:100] = (30, 30, 230)
    pixels[700:800, 100:200] = (230, 30, 30)
    plan = Recipe(sizes={"square": Size(width=150, height=150, fit="cover")})
    square = pixels_of(developed(jpeg(pixels, orientation=6), plan, focus=Focus(0.5, 0)).renditions[0]).astype(int)

    assert (square[:40, :, 2] - square[:40, :, 0] > 150).all()


def test_cover_and_inside_sizes_live_on_one_ladder() -> None:
    """A crop does not narrow the rungs below it."""
    sizes = {"square": Size(width=200, height=200, fit="cover"), "small": Size(width=150, height=150)}
    rendering = developed(jpeg(), Recipe(sizes=sizes))

    found = {print_.size: (print_.width, print_.height) for print_ in rendering.renditions}
    assert {"square": (200, 200), "small": (150, 100)} == found


@pytest.mark.parametrize("frame", [Box(480, 320), Box(301, 201)])
def test_colour_is_converted_on_the_way_with_the_same_pixels(frame: Box) -> None:
    """Row by row with the decoder, or from the shrunk picture in memory: not one level apart."""
    data = jpeg(textured(480, 320), icc=display_p3())

    def source() -> pyvips.Image:
        return pyvips.Image.jpegload_buffer(data, access="sequential")

    colour = decide(source())
    in_steps = to_srgb(first_shrink(source(), frame).copy_memory(), colour).write_to_memory()

    assert colour.profile is not None
    assert bytes(in_steps) == bytes(to_srgb(first_shrink(source(), frame), colour).write_to_memory())


@pytest.mark.parametrize("frame", [Box(30, 20), Box(15, 10)])
def test_the_first_shrink_removes_the_orientation_field(frame: Box) -> None:
    """Libvips would turn it a second time; the source keeps its own tag."""
    image = image_of(30, 20).copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    first = first_shrink(image, frame)

    assert "orientation" not in first.get_fields()
    assert "orientation" in image.get_fields()
    assert frame == Box(first.width, first.height)
