"""Check whole edits: sources and files of every kind, steps in order."""

from __future__ import annotations

import io

import numpy as np
import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from processor.edits.operations.light import Grayscale
from processor.errors import EditError, PhotoError
from processor.imaging import edit_line
from processor.imaging.edit_model import EditLimits, OutputWish
from processor.imaging.output.writer import Writer
from testkit.photos.heif import avif, heic, transparent_heic
from testkit.photos.jpeg import cut, grey_jpeg, jpeg, private_jpeg
from testkit.photos.raster import (
    animated_gif,
    bmp,
    gif,
    palette_png_with_transparency,
    png,
    png16,
    tiff_photo,
    webp,
)
from testkit.photos.raw import dng
from testkit.photos.scene import furthest, scene
from tests.imaging.steps.trials import Step, edit, flat, half_transparent, png_of, quarters, shown

SOURCES = {
    "jpeg": jpeg(),
    "grey jpeg": grey_jpeg(),
    "png": png(),
    "png 16 bit": png16(),
    "webp": webp(),
    "gif": gif(),
    "tiff": tiff_photo(bits=16),
    "heic": heic(),
    "avif": avif(),
    "bmp": bmp(),
    "raw": dng(),
}
TRANSPARENT = {
    "png": png("RGBA"),
    "png grey": png("LA"),
    "png palette": palette_png_with_transparency(),
    "webp": webp(transparent=True),
    "gif": gif(transparent=True),
    "heic": transparent_heic(),
    "avif": avif(transparent=True),
}


@pytest.mark.parametrize("name", SOURCES)
def test_every_kind_of_source_is_edited(name: str) -> None:
    """The result is a PNG of half the size; its colours are within the tolerance of each coding."""
    edited = edit(SOURCES[name], {"op": "resize", "percent": 50}, {"op": "format", "to": "png"})

    assert ("png", 240, 160, 1) == (edited.format, edited.width, edited.height, edited.frames)
    assert (160, 240, 3) == shown(edited).shape
    assert name in {"grey jpeg", "raw"} or furthest(shown(edited)) <= 9


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("jpeg", "jpeg"),
        ("png", "png"),
        ("webp", "webp"),
        ("gif", "gif"),
        ("avif", "avif"),
        ("tiff", "jpeg"),
        ("heic", "jpeg"),
        ("bmp", "jpeg"),
        ("raw", "jpeg"),
    ],
)
def test_web_formats_are_kept_others_become_jpeg(name: str, written: str) -> None:
    """Unless the plan or the request names a format."""
    assert written == edit(SOURCES[name], {"op": "resize", "width": 60}).format


@pytest.mark.parametrize(
    ("written", "extension", "content_type"),
    [
        ("jpeg", "jpg", "image/jpeg"),
        ("png", "png", "image/png"),
        ("webp", "webp", "image/webp"),
        ("avif", "avif", "image/avif"),
        ("gif", "gif", "image/gif"),
        ("tiff", "tif", "image/tiff"),
    ],
)
def test_every_format_is_written_and_states_its_true_size(written: str, extension: str, content_type: str) -> None:
    """Another library reads the file."""
    edited = edit(jpeg(), {"op": "resize", "width": 99}, {"op": "format", "to": written})

    assert (written, extension, content_type) == (edited.format, edited.extension, edited.content_type)
    assert (99, 66, 1) == (edited.width, edited.height, edited.frames)
    with Image.open(io.BytesIO(edited.data)) as image:
        assert (written.upper(), (99, 66)) == (image.format, image.size)


@pytest.mark.parametrize("name", TRANSPARENT)
def test_transparency_is_kept_where_the_format_can(name: str) -> None:
    """After a resize it is opaque on the left, clear on the right; a JPEG has white there."""
    middle_row = {"png palette": (80, 120)}.get(name, (80, 230))
    kept = shown(edit(TRANSPARENT[name], {"op": "resize", "width": 240}, {"op": "format", "to": "png"}))
    white = shown(edit(TRANSPARENT[name], {"op": "resize", "width": 240}, {"op": "format", "to": "jpeg"}))

    assert 0 == kept[middle_row][3]
    assert 255 == kept[..., 3].max()
    assert white[middle_row].min() >= 253


@pytest.mark.parametrize("orientation", range(1, 9))
def test_sources_are_upright_first(orientation: int) -> None:
    """Steps come after: the upper left corner is red before and green after a mirroring."""
    upright = shown(edit(jpeg(orientation=orientation), {"op": "format", "to": "png"}))
    mirrored = shown(edit(jpeg(orientation=orientation), {"op": "flip", "direction": "horizontal"}))

    assert furthest(upright) <= 6
    assert np.allclose((40, 150, 60), mirrored[20, 20], atol=9)


@pytest.mark.parametrize(
    ("steps", "size"),
    [
        ([{"op": "crop", "aspect": "1:1"}, {"op": "resize", "percent": 50}], (160, 160)),
        ([{"op": "resize", "percent": 50}, {"op": "crop", "aspect": "1:1"}], (160, 160)),
        ([{"op": "rotate", "degrees": 90}, {"op": "resize", "width": 80}], (80, 120)),
        ([{"op": "resize", "width": 80}, {"op": "rotate", "degrees": 90}], (53, 80)),
        ([{"op": "rotate", "degrees": 90}, {"op": "rotate", "degrees": 90}], (480, 320)),
        ([{"op": "crop", "trim_edges": 10}, {"op": "border", "width": 10}], (480, 320)),
        ([{"op": "resize", "width": 100}, {"op": "resize", "width": 400, "enlarge": True}], (400, 268)),
    ],
)
def test_each_step_works_on_the_previous_result(steps: list[Step], size: tuple[int, int]) -> None:
    """A percentage after a crop is of the crop."""
    edited = edit(jpeg(), *steps)

    assert size == (edited.width, edited.height)
    assert tuple(str(step["op"]) for step in steps) == edited.steps_applied


def test_order_is_seen_in_pixels() -> None:
    """A border before a rotation turns with the picture; after it, it does not."""
    before = shown(edit(png_of(quarters()), {"op": "extend", "top": 9}, {"op": "rotate", "degrees": 90}))
    later = shown(edit(png_of(quarters()), {"op": "rotate", "degrees": 90}, {"op": "extend", "top": 9}))

    assert (before[20, -4].max(), later[4, 20].max()) == (0, 0)
    assert ((60, 49), (69, 40)) == (before.shape[:2], later.shape[:2])


@pytest.mark.parametrize(
    "step", [{"width": 60}, {"width": 60, "height": 60}, {"width": 60, "height": 60, "fit": "cover"}, {"height": 40}]
)
def test_shrinking_while_loading_changes_nothing(step: Step) -> None:
    """Against the same step on the whole picture: the size is the same, the pixels differ by no more than 2."""
    fast = shown(edit(jpeg(), {"op": "resize", **step}, {"op": "format", "to": "png"}))
    whole = shown(edit(jpeg(), {"op": "gamma", "value": 1}, {"op": "resize", **step}, {"op": "format", "to": "png"}))

    assert fast.shape == whole.shape
    assert np.abs(fast.astype(int) - whole).mean() <= 2


@pytest.mark.parametrize(
    ("options", "size"), [((100, None), (100, 67)), ((None, 100), (150, 100)), ((900, 900), (480, 320))]
)
def test_the_requests_bounds_never_enlarge(options: tuple[int | None, int | None], size: tuple[int, int]) -> None:
    """They apply after all steps."""
    output = OutputWish(max_width=options[0], max_height=options[1])
    edited = edit(jpeg(), {"op": "grayscale"}, output=output)

    assert size == (edited.width, edited.height)


def test_options_that_win_over_the_plan_are_noted() -> None:
    """Format, quality, size and credit: the result is not what the steps say."""
    output = OutputWish(format="jpeg", quality=70, max_width=100, keep_metadata=True)
    steps = ({"op": "resize", "width": 300}, {"op": "format", "to": "webp"}, {"op": "quality", "value": 30})
    edited = edit(jpeg(), *steps, {"op": "metadata"}, output=output)

    assert ("jpeg", 100) == (edited.format, edited.width)
    assert (
        "The picture is 100 × 67 px, by the option maxWidth.",
        "Saved as JPEG, not WEBP, by the option outputFormat.",
        "Saved with quality 70, not 30, by the option quality.",
        "Artist and copyright are kept, by the option preserveMetadata.",
    ) == edited.notes


def test_opaque_pictures_are_written_without_alpha() -> None:
    """An alpha band that is opaque everywhere only costs bytes."""
    pixels = np.dstack([quarters(), np.full((40, 60), 255, np.uint8)])

    assert 3 == shown(edit(png_of(pixels), {"op": "flip", "direction": "vertical"})).shape[2]


def test_metadata_goes_unless_the_credit_is_wanted() -> None:
    """No place, serial number or owner is written in either case."""
    source = private_jpeg(artist="Ada", copyright_notice="© Ada")
    bare, wished = edit(source, {"op": "flip", "direction": "vertical"}), OutputWish(keep_metadata=True)
    kept = [
        edit(source, {"op": "metadata", "keep": "copyright"}),
        edit(source, {"op": "flip", "direction": "vertical"}, output=wished),
        edit(source, {"op": "format", "to": "webp"}, output=wished),
        edit(source, {"op": "format", "to": "png"}, output=wished),
        edit(source, {"op": "format", "to": "avif"}, output=wished),
        edit(source, {"op": "metadata", "keep": "nothing"}, output=wished),
    ]

    assert {} == exif_of(bare.data)
    for edited in kept:
        assert {"artist", "copyright"} == exif_of(edited.data).keys(), edited.format
    assert {} == exif_of(edit(source, {"op": "metadata", "keep": "nothing"}).data)


def exif_of(data: bytes) -> dict[str, object]:
    """Return the texts of a file's EXIF; fail on a place or any other directory."""
    names = {0x013B: "artist", 0x8298: "copyright", 0x8769: "photo"}
    with Image.open(io.BytesIO(data)) as image:
        exif = image.getexif()
        assert not exif.get_ifd(0x8825), "there is a place in it"
        found = {names.get(tag, str(tag)): value for tag, value in exif.items()}
    assert found.pop("274", 1) == 1, "it would be turned again"
    # libvips adds what every EXIF must hold: resolution, and the size in px.
    return {name: value for name, value in found.items() if name not in {"photo", "282", "283", "296", "531"}}


@pytest.mark.parametrize("written", ["gif", "tiff"])
def test_formats_without_credit_add_a_note(written: str) -> None:
    """A note states that the requested credit is missing."""
    edited = edit(private_jpeg(artist="Ada"), {"op": "format", "to": written}, output=OutputWish(keep_metadata=True))

    assert (f"Artist and copyright are not written into {written.upper()} files.",) == edited.notes


def test_each_part_is_reported_before_it_starts() -> None:
    """The calls are: decoding, each step by its name, encoding."""
    told: list[tuple[int, str]] = []
    edit(jpeg(), {"op": "grayscale"}, {"op": "blur"}, on_step=lambda index, step: told.append((index, step)))

    assert [(-1, "decoding"), (0, "grayscale"), (1, "blur"), (2, "encoding")] == told


@pytest.mark.parametrize("at", [-1, 0, 1])
def test_raising_stops_the_edit(at: int) -> None:
    """The caller receives the same exception."""

    def stop(index: int, _: str) -> None:
        if index == at:
            raise KeyError(at)

    with pytest.raises(KeyError):
        edit(jpeg(), {"op": "grayscale"}, on_step=stop)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (cut(jpeg(), 0.5), "TRUNCATED"),
        (cut(heic(), 0.5), "TRUNCATED"),
        (b"no photo", "NOT_AN_IMAGE"),
        (png_of(flat(401, 2)), "DIMENSIONS_TOO_LARGE"),
    ],
)
def test_a_bad_source_is_a_verdict(data: bytes, code: str) -> None:
    """The verdicts are those of a rendition."""
    with pytest.raises(PhotoError) as caught:
        edit(data, {"op": "grayscale"}, limits=EditLimits(max_dimension_px=400 if len(data) < 400 else 10_000))

    assert code == caught.value.code


@pytest.mark.parametrize(
    ("step", "words", "size"),
    [
        ({"op": "resize", "percent": 1000}, "resize to 1000 % of its size", "600 × 400"),
        ({"op": "border", "width": 500}, "add a border of 500 px in black", "1,060 × 1,040"),
    ],
)
def test_a_result_over_the_limits_is_refused_before_it_is_computed(step: Step, words: str, size: str) -> None:
    """The error names the step, the limits and the size that it would have."""
    with pytest.raises(EditError) as caught:
        edit(png_of(quarters()), step, limits=EditLimits(max_dimension_px=500, max_megapixels=1))

    sentence = (
        f"“{words}” makes the picture too large: expected sides of at most 500 px and 1 megapixels in all, "
        f"received {size} px. Choose a smaller size."
    )
    assert ("DIMENSIONS_TOO_LARGE", sentence) == (caught.value.code, caught.value.public)


def test_a_file_over_the_limit_is_refused() -> None:
    """The error names the size."""
    with pytest.raises(EditError) as caught:
        edit(jpeg(), {"op": "format", "to": "png"}, limits=EditLimits(max_result_bytes=1000))

    assert "IMAGE_TOO_LARGE" == caught.value.code
    assert caught.value.public.startswith("The result is too large: expected at most 1,000 bytes, received ")


def test_a_format_too_small_for_the_picture_is_refused() -> None:
    """A WebP has at most 16,383 px a side."""
    sides = [{"op": "extend", "left": 4500}] * 4
    with pytest.raises(EditError) as caught:
        edit(png_of(flat(10, 1)), *sides, {"op": "format", "to": "webp"}, limits=EditLimits(max_dimension_px=20_000))

    sentence = (
        "The result is too large for WEBP: expected sides of at most 16,383 px, received 18,010 × 1 px. "
        "Choose a smaller size or another format."
    )
    assert ("DIMENSIONS_TOO_LARGE", sentence) == (caught.value.code, caught.value.public)


@pytest.mark.parametrize(("text", "code"), [("out of memory", "DIMENSIONS_TOO_LARGE"), ("odd", "INTERNAL_ERROR")])
def test_a_step_that_fails_in_libvips_is_named(monkeypatch: pytest.MonkeyPatch, text: str, code: str) -> None:
    """It is an internal error, unless memory runs out."""

    def fail(*_: object) -> None:
        raise pyvips.Error(text)

    monkeypatch.setattr(edit_line, "step_table", lambda _: {Grayscale: fail})
    with pytest.raises(EditError) as caught:
        edit(jpeg(), {"op": "grayscale"})

    assert code == caught.value.code
    assert code != "INTERNAL_ERROR" or caught.value.public == (
        "“make it black and white” failed on this picture. Try again without it."
    )


def test_a_watermark_is_decoded_as_carefully_as_a_photo() -> None:
    """A broken one is a verdict; one that no step names is not opened."""
    step = {"op": "watermark", "image": "upload://logo", "opacity": 1, "width_percent": 50, "position": "center"}
    plain, logo = png_of(flat(100, 100, (255, 255, 255))), png_of(half_transparent(flat(20, 10, (200, 40, 40))))
    pixels = shown(edit(plain, step, assets={"upload://logo": logo, "upload://other": b"never read"}))

    assert ((200, 40, 40), (255, 255, 255)) == (tuple(pixels[50, 35].tolist()), tuple(pixels[50, 65].tolist()))
    with pytest.raises(PhotoError, match="not a photo"):
        edit(plain, step, assets={"upload://logo": b"no picture"})


colours = st.sampled_from(("#FF0000", "#FFFFFF", "#123456"))
sides = st.integers(1, 60)
angles = st.floats(-400, 400)
aspects = st.sampled_from(("1:1", "16:9", "1:3"))
steps = st.one_of(
    st.fixed_dictionaries({"op": st.just("resize"), "width": sides}, optional={"enlarge": st.booleans()}),
    st.fixed_dictionaries(
        {"op": st.just("resize"), "width": sides, "height": sides},
        optional={"fit": st.sampled_from(("inside", "cover", "contain", "fill")), "enlarge": st.booleans()},
    ),
    st.fixed_dictionaries({"op": st.just("resize"), "percent": st.floats(1, 200)}),
    st.fixed_dictionaries({"op": st.just("crop"), "aspect": aspects}),
    st.fixed_dictionaries({"op": st.just("crop"), "width": sides, "height": sides}),
    st.fixed_dictionaries({"op": st.just("crop"), "trim_edges": st.integers(1, 9)}),
    st.fixed_dictionaries({"op": st.just("autocrop")}, optional={"aspect": aspects}),
    st.fixed_dictionaries({"op": st.just("rotate"), "degrees": angles}, optional={"background": colours}),
    st.fixed_dictionaries({"op": st.just("border"), "width": st.integers(1, 9), "color": colours}),
    st.fixed_dictionaries({"op": st.just("extend"), "left": st.integers(1, 9)}),
    st.fixed_dictionaries({"op": st.just("pad"), "aspect": aspects}),
    st.fixed_dictionaries({"op": st.just("round"), "radius": st.just("circle") | st.integers(1, 99)}),
    st.fixed_dictionaries({"op": st.just("text"), "text": st.text(min_size=1, max_size=9), "size": st.integers(8, 40)}),
    st.fixed_dictionaries({"op": st.just("tint"), "color": colours}),
    st.fixed_dictionaries({"op": st.just("flip"), "direction": st.sampled_from(("horizontal", "vertical"))}),
    st.fixed_dictionaries({"op": st.sampled_from((
        *("trim", "grayscale", "sepia", "negate", "normalize", "equalize", "contrast", "gamma", "enhance", "blur"),
        *("sharpen", "denoise", "emboss", "edge", "posterize", "solarize", "pixelate", "vignette"),
    ))}),
)  # fmt: skip
formats = st.sampled_from(("jpeg", "png", "webp", "gif", "tiff"))


@settings(max_examples=120)
@given(
    plan=st.lists(steps, min_size=1, max_size=4),
    size=st.tuples(sides, sides),
    alpha=st.booleans(),
    written=formats,
)
def test_any_plan_gives_a_picture_or_a_typed_error(
    plan: list[Step],
    size: tuple[int, int],
    alpha: bool,  # noqa: FBT001 - a property's value
    written: str,
) -> None:
    """The picture has the stated size, is within the limits, and another library can read it."""
    pixels = quarters(*size)
    data = png_of(half_transparent(pixels) if alpha else pixels)
    try:
        edited = edit(data, *plan, {"op": "format", "to": written}, limits=EditLimits(max_dimension_px=300))
    except EditError as refusal:
        if refusal.code in {"INVALID_INPUT", "DIMENSIONS_TOO_LARGE"} and refusal.public.endswith("."):
            return
        raise

    with Image.open(io.BytesIO(edited.data)) as image:
        image.load()
        assert (edited.width, edited.height) == image.size
        assert max(image.size) <= 300


def test_the_scene_comes_through_untouched() -> None:
    """A plan without changes, into a lossless format, keeps every pixel."""
    assert np.array_equal(scene(), shown(edit(png(), {"op": "format", "to": "tiff"})))


def test_an_animation_may_not_be_larger_than_all_pictures_may() -> None:
    """The pixels of all frames count."""
    with pytest.raises(EditError, match="received 8 frames of 480 × 320 px"):
        edit(animated_gif(8), {"op": "grayscale"}, limits=EditLimits(max_megapixels=1))


def test_pixels_that_cannot_be_decoded_are_a_verdict() -> None:
    """The structure is intact; libvips finds the damage, in a still and in an animation."""
    still, moving = bytearray(png()), bytearray(animated_gif(3))
    still[len(still) // 2] ^= 0xFF
    moving[len(moving) // 4 : len(moving) // 2] = b"\xff" * (len(moving) // 2 - len(moving) // 4)
    for data in (still, moving):
        with pytest.raises(PhotoError) as caught:
            edit(bytes(data), {"op": "grayscale"})
        assert caught.value.code in {"CORRUPT", "TRUNCATED"}


@pytest.mark.parametrize(("text", "code"), [("out of memory", "DIMENSIONS_TOO_LARGE"), ("odd", "INTERNAL_ERROR")])
def test_a_file_that_cannot_be_written_is_an_error(monkeypatch: pytest.MonkeyPatch, text: str, code: str) -> None:
    """The text of libvips is only in the log."""

    def fail(*_: object) -> None:
        raise pyvips.Error(text)

    monkeypatch.setattr(Writer, "write", fail)
    with pytest.raises(EditError) as caught:
        edit(jpeg(), {"op": "grayscale"})

    assert code == caught.value.code
    assert text not in caught.value.public
