"""The whole line, from bytes to renditions and receipt."""

from __future__ import annotations

import errno

import pytest
import pyvips

from processor.errors import PhotoError
from processor.imaging import encode as printing
from processor.imaging import line
from processor.imaging.decoders.damage import verdict_of
from processor.imaging.line import develop
from processor.recipe import DecodeLimits, Recipe, Size
from processor.source import Source
from testkit.photos.exif import exif
from testkit.photos.heif import heic
from testkit.photos.hostile import not_photos
from testkit.photos.jpeg import jpeg
from testkit.photos.raster import png, with_text
from testkit.photos.raw import dng, preview
from testkit.photos.scene import scene
from tests.imaging.prints import developed, outcome, recipe


def test_a_photo_becomes_all_sizes_in_all_formats() -> None:
    """Largest size first; with the facts of the camera."""
    rendering = developed(jpeg(exif_block=exif()), recipe((100, 100), (300, 300), formats=("jpeg", "avif")))

    found = [(print_.size, print_.format, print_.width, print_.height) for print_ in rendering.renditions]
    expected = [
        ("s300x300", "jpeg", 300, 200),
        ("s300x300", "avif", 300, 200),
        ("s100x100", "jpeg", 100, 67),
        ("s100x100", "avif", 100, 67),
    ]
    assert expected == found
    assert ("jpeg", 480, 320, "DW-1") == (rendering.format, rendering.width, rendering.height, rendering.camera.model)
    assert "2024-05-17T18:30:15+02:00" == rendering.taken_at


def test_a_size_has_its_own_formats_and_quality() -> None:
    """If the settings ask for it."""
    sizes = {
        "fine": Size(width=100, height=100, quality={"jpeg": 99}),
        "plain": Size(width=100, height=100, formats=("jpeg", "webp")),
    }
    rendering = developed(jpeg(), Recipe(sizes=sizes))

    found = {(print_.size, print_.format): len(print_.data) for print_ in rendering.renditions}
    assert {("fine", "jpeg"), ("plain", "jpeg"), ("plain", "webp")} == set(found)
    assert found["fine", "jpeg"] > found["plain", "jpeg"]


def test_a_small_original_is_encoded_once_for_all_sizes_that_it_does_not_fill() -> None:
    """It is never enlarged, so they are one picture."""
    rendering = developed(jpeg(scene(50, 40)), recipe((100, 100), (300, 300)))

    large, small = rendering.renditions
    assert (50, 40) == (large.width, large.height)
    assert large.data is small.data


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("photo.jpg", True),
        ("PHOTO.JPEG", True),
        ("a.b/photo.v2.jpe", True),
        ("photo.png", False),
        ("photo", False),
        ("jpg", False),
        ("", False),
    ],
)
def test_a_name_that_says_something_else_is_noted(name: str, expected: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """And never believed."""
    receipt = developed(jpeg(), file_name=name).receipt

    assert ("jpeg", expected) == (receipt.detected_format, receipt.extension_matches)


def test_the_receipt_tells_what_it_took() -> None:
    """Each step in ms, the peak in MiB, the versions; a child would say that it was one."""
    photo = jpeg(exif_block=exif(orientation=6))
    receipt = developed(photo, recipe((300, 300), formats=("jpeg", "webp"))).receipt

    expected = ["structure", "open", "decode", "upright and colour", "encode jpeg", "encode webp", "inspect"]
    assert sorted(expected) == sorted(receipt.steps_ms)
    assert all(value >= 0 for value in receipt.steps_ms.values())
    assert 20 < receipt.peak_memory_mib < 2_000
    assert not receipt.isolated
    assert {"darkroom-engine", "libvips"} <= set(receipt.engine)


@pytest.mark.parametrize(
    "data",
    [jpeg(), heic(), png("RGBA"), dng(scene(960, 640), preview=preview(240, 160))],
    ids=["jpeg", "heic", "png", "raw"],
)
def test_the_end_of_decoding_is_told_once(data: bytes) -> None:
    """From then on no hostile byte is read: the clock may change. A RAW of two parts has one end."""
    calls: list[str] = []
    with Source.from_bytes(data) as source:
        develop(source, recipe((480, 480), (240, 240)), file_name="", on_decoded=lambda: calls.append("decoded"))

    assert ["decoded"] == calls


def test_a_photo_that_fails_never_tells_the_end_of_decoding() -> None:
    """There is none."""
    calls: list[str] = []
    broken = png()[:600] + bytes(40) + png()[640:]
    with Source.from_bytes(broken) as source, pytest.raises(PhotoError):
        develop(source, recipe(), file_name="", on_decoded=lambda: calls.append("decoded"))

    assert [] == calls


def test_an_unknown_error_is_a_verdict_with_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect of Darkroom ends the photo, not the queue: five deliveries would end the same way."""

    def defect(*_: object) -> None:
        raise KeyError("a defect")

    monkeypatch.setattr(line, "open_original", defect)
    with pytest.raises(PhotoError) as caught:
        developed(jpeg())

    assert "RENDERING_FAILED" == caught.value.code
    assert "KeyError: 'a defect'" in str(caught.value)
    assert "KeyError" not in caught.value.public


@pytest.mark.parametrize("step", ["placeholder", "dominant_colour"])
def test_an_error_behind_the_decoder_is_a_verdict_too(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Such as a picture of more channels than it should have."""

    def defect(_: object) -> None:
        raise ValueError("zip() argument 2 is shorter than argument 1")

    monkeypatch.setattr(line, step, defect)
    assert "RENDERING_FAILED" == outcome(jpeg())


@pytest.mark.parametrize(
    ("text", "code"), [("jpegsave: no such quality", "RENDERING_FAILED"), ("out of memory", "DECODER_OUT_OF_MEMORY")]
)
def test_an_encoder_that_fails_blames_no_photo(monkeypatch: pytest.MonkeyPatch, text: str, code: str) -> None:
    """It is a defect of ours, or too little memory; never damage."""

    def failing(*_: object, **__: object) -> None:
        raise pyvips.Error(text)

    monkeypatch.setattr(printing, "encode", failing)
    assert code == outcome(jpeg())


@pytest.mark.parametrize(
    "fault",
    [OSError(errno.EMFILE, "Too many open files"), RuntimeError("can't start new thread"), MemoryError()],
    ids=repr,
)
def test_a_fault_of_the_machine_is_no_verdict(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    """It may pass: the message is delivered again."""

    def failing(*_: object) -> None:
        raise fault

    monkeypatch.setattr(line, "open_original", failing)
    with pytest.raises(type(fault)):
        developed(jpeg())


def test_a_png_text_keyword_in_latin_1_is_no_error() -> None:
    """W3C PNG, 11.3.3.2: keywords are Latin-1; Python's libvips binding reads field names as UTF-8."""
    assert "480×320" == outcome(with_text(png(), "Légende", "été"))

    credited = developed(with_text(png(exif_block=exif(artist="A. Photographer")), "Légende", "été"))
    assert b"A. Photographer" in credited.renditions[0].data
    assert "été".encode("latin-1") not in credited.renditions[0].data


@pytest.mark.parametrize("name", not_photos())
def test_what_is_no_photo_never_reaches_a_decoder(name: str) -> None:
    """Whatever its name says: two verdicts, nothing else."""
    assert outcome(not_photos()[name]) in {"NOT_AN_IMAGE", "UNSUPPORTED_FORMAT"}


def test_the_limits_of_the_recipe_hold() -> None:
    """Checked before any pixel is decoded."""
    with pytest.raises(PhotoError) as caught:
        developed(jpeg(), Recipe(limits=DecodeLimits(max_dimension_px=479)))

    assert "DIMENSIONS_TOO_LARGE" == caught.value.code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("VipsJpeg: premature end of JPEG image", "TRUNCATED"),
        ("pngload: libspng read error", "TRUNCATED"),
        ("gifload: unexpected end of file", "TRUNCATED"),
        ("vips_malloc: out of memory --- size == 900MB", "DECODER_OUT_OF_MEMORY"),
        ("tiff2vips: decode error", "CORRUPT"),
        ("vips_tracked: out of memory -- size == 45MB", "DECODER_OUT_OF_MEMORY"),
        ("glib: Error creating thread: Resource temporarily unavailable", "DECODER_OUT_OF_MEMORY"),
        ("VipsJpeg: Insufficient memory (case 4)", "DECODER_OUT_OF_MEMORY"),
        ("tiff2vips: ZSTD compression support is not configured", "UNSUPPORTED_FORMAT"),
        ("tiff2vips: samples_per_pixel not a whole number of bytes", "UNSUPPORTED_FORMAT"),
    ],
)
def test_every_error_of_libvips_is_a_verdict(text: str, code: str) -> None:
    """Early end, excess or damage, by what it says."""
    assert code == verdict_of(pyvips.Error(text)).code
