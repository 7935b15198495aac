"""Check the file that an edit decides on, and how it is fitted into a number of bytes."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from processor.errors import EditError
from processor.imaging.edit_model import FILE_KINDS, EditLimits, OutputWish
from processor.imaging.model import ImageFormat
from processor.imaging.output import fitting
from processor.imaging.output.fitting import fit_bytes
from processor.imaging.output.spec import output_spec
from processor.imaging.output.writer import Writer
from testkit.photos.jpeg import encoded, jpeg
from testkit.photos.raster import png
from testkit.photos.scene import textured
from tests.imaging.steps.trials import Step, edit, flat, picture_of, plan_of, png_of, shown

PHOTO = encoded(Image.fromarray(textured(300, 200)), quality=97)


@pytest.mark.parametrize(
    ("steps", "wish", "source", "written"),
    [
        ([], None, "png", "png"),
        ([], None, "heic", "jpeg"),
        ([], None, "tiff", "jpeg"),
        ([{"op": "format", "to": "png"}, {"op": "format", "to": "webp"}], None, "jpeg", "webp"),
        ([{"op": "format", "to": "webp"}], "avif", "jpeg", "avif"),
    ],
)
def test_options_come_first_then_the_last_step_then_the_source(
    steps: list[Step], wish: str | None, source: ImageFormat, written: str
) -> None:
    """The most explicit setting decides."""
    output = OutputWish() if wish is None else OutputWish(format="avif")
    plan = plan_of({"op": "grayscale"}, *steps)

    assert written == output_spec(plan, output, source).format


@pytest.mark.parametrize(
    ("steps", "output", "quality", "max_bytes"),
    [
        ([], OutputWish(), None, None),
        ([{"op": "quality", "value": 60}], OutputWish(), 60, None),
        ([{"op": "quality", "value": 60}], OutputWish(quality=70), 70, None),
        ([{"op": "quality", "value": 60}, {"op": "quality", "max_bytes": 5000}], OutputWish(), 60, 5000),
        ([{"op": "quality", "value": 60, "max_bytes": 5000}, {"op": "quality", "value": 50}], OutputWish(), 50, 5000),
    ],
)
def test_quality_and_bytes_are_read_apart(
    steps: list[Step], output: OutputWish, quality: int | None, max_bytes: int | None
) -> None:
    """The last step that sets a value decides."""
    spec = output_spec(plan_of({"op": "grayscale"}, *steps), output, "jpeg")

    assert (quality, max_bytes) == (spec.quality, spec.max_bytes)


@pytest.mark.parametrize("written", ["webp", "avif"])
def test_lossless_keeps_every_pixel(written: str) -> None:
    """Pixel for pixel, decoded by another library; a quality that the request asks for is lossy again."""
    pixels = textured(60, 40)
    lossless = edit(png_of(pixels), {"op": "format", "to": written, "lossless": True})

    assert np.array_equal(pixels, shown(lossless))
    again = edit(png_of(pixels), {"op": "format", "to": written, "lossless": True}, output=OutputWish(quality=50))
    assert len(again.data) < len(lossless.data)


@pytest.mark.parametrize("written", ["jpeg", "webp", "avif"])
def test_less_quality_is_fewer_bytes(written: str) -> None:
    """Without a quality, the default of the limits applies."""
    sizes = [
        len(edit(PHOTO, {"op": "format", "to": written}, *quality, limits=EditLimits(default_quality=80)).data)
        for quality in ([{"op": "quality", "value": 30}], [{"op": "quality", "value": 80}], [])
    ]

    assert sizes[0] < sizes[1] == sizes[2]


@pytest.mark.parametrize("written", ["png", "gif", "tiff"])
def test_quality_of_a_lossless_format_adds_a_note(written: str) -> None:
    """A note states it, so that no user waits for a smaller file."""
    edited = edit(png(), {"op": "format", "to": written}, {"op": "quality", "value": 50})

    note = f"{written.upper()} keeps every pixel: quality 50 changes nothing. WebP and JPEG have one."
    assert (note,) == edited.notes


@pytest.mark.parametrize("written", ["jpeg", "webp", "avif"])
def test_a_file_within_bytes_has_the_best_quality_that_fits(written: str) -> None:
    """The size is full; one step of quality more, by the number in the note, would not fit."""
    steps: list[Step] = [{"op": "resize", "width": 150}, {"op": "format", "to": written}]
    whole = edit(PHOTO, *steps)
    limit = max(1_000, len(whole.data) * 6 // 10)
    edited = edit(PHOTO, *steps, {"op": "quality", "max_bytes": limit})
    (note,) = edited.notes
    quality = int(note.split()[3].rstrip(","))

    assert f"The quality is {quality}, so that the file has at most {limit:,} bytes." == note
    assert (True, 150) == (len(edited.data) <= limit, edited.width)
    assert len(edit(PHOTO, *steps, {"op": "quality", "value": quality + 1}).data) > limit


@pytest.mark.parametrize("written", FILE_KINDS)
def test_a_file_within_very_few_bytes_has_fewer_pixels(written: str) -> None:
    """In every format; the note states the size of the file."""
    edited = edit(PHOTO, {"op": "format", "to": written}, {"op": "quality", "max_bytes": 1_200})

    assert 300 < len(edited.data) <= 1_200
    said = f"The picture is {edited.width} × {edited.height} px, so that the file has at most 1,200 bytes."
    assert said == edited.notes[-1]
    assert abs(edited.width * 200 / 300 - edited.height) <= 1, "the aspect, within a pixel"


def test_a_png_loses_colours_before_pixels() -> None:
    """A palette of at most 256 colours."""
    noise = png_of(textured(100, 75))
    edited = edit(noise, {"op": "quality", "max_bytes": len(noise) // 2})

    assert (100, 75) == (edited.width, edited.height)
    assert edited.notes[0].startswith("The picture has at most 256 colours, so that")


def test_a_file_that_fits_is_unchanged() -> None:
    """It has the requested quality and no note."""
    one, other = (
        edit(jpeg(), {"op": "grayscale"}),
        edit(jpeg(), {"op": "grayscale"}, {"op": "quality", "max_bytes": 10**6}),
    )

    assert (one.data, ()) == (other.data, other.notes)


def test_a_file_that_cannot_be_small_enough_is_refused() -> None:
    """A TIFF of one pixel is larger than the limit; the smallest limit is 1,000 bytes."""
    with pytest.raises(EditError) as caught:
        fit_bytes(picture_of(flat(2, 2)), Writer(format="tiff"), None, 50)

    assert "INVALID_INPUT" == caught.value.code
    assert caught.value.public.startswith("The file cannot be made that small: expected at most 50 bytes, it has ")


def test_shrinking_ends_after_some_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that stays too large is refused, not tried for ever."""
    monkeypatch.setattr(fitting, "MAX_SHRINKS", 1)
    with pytest.raises(EditError) as caught:
        fit_bytes(picture_of(textured(200, 150)), Writer(format="tiff"), None, 50)

    assert caught.value.public.startswith("The file cannot be made that small: expected at most 50 bytes, it has ")
