"""Formats are told by content."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from processor.errors import PhotoError
from processor.imaging.sniff import sniff
from testkit.photos import extra, hostile
from testkit.photos.heif import avif, heic
from testkit.photos.jpeg import jpeg
from testkit.photos.raster import bmp, gif, png, tiff_photo, webp
from testkit.photos.raw import dng

FTYP = struct.pack(">I4s4sI", 24, b"ftyp", b"mif1", 0)


@pytest.mark.parametrize(
    ("container", "make"),
    [
        ("jpeg", jpeg),
        ("png", png),
        ("webp", webp),
        ("gif", gif),
        ("tiff", tiff_photo),
        ("tiff", lambda: tiff_photo(big=True)),
        ("tiff", dng),
        ("tiff", lambda: b"IIRO" + bytes(60)),  # Olympus ORF
        ("tiff", lambda: b"IIU\0" + bytes(60)),  # Panasonic RW2
        ("bmp", bmp),
        ("isobmff", heic),
        ("isobmff", avif),
        ("isobmff", lambda: FTYP + b"xxxxheic" + bytes(40)),
        ("cr3", extra.cr3),
        ("raf", extra.raf),
        ("raw", lambda: b"\0MRM" + bytes(60)),
        ("raw", lambda: b"FOVb" + bytes(60)),
        ("raw", lambda: b"II\x1a\0\0\0HEAPCCDR" + bytes(50)),  # Canon CRW
    ],
)
def test_a_photo_is_known_by_its_first_bytes(container: str, make: Callable[[], bytes]) -> None:
    """Brands count wherever they stand among the compatible ones; a DNG is a TIFF until its directories are read."""
    assert container == sniff(memoryview(make()))


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        (b"\xff\x0a" + bytes(30), "This kind of image is not supported: received a JPEG XL image."),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "This kind of image is not supported: received a JPEG 2000 image."),
        (b"8BPS\0\1" + bytes(30), "This kind of image is not supported: received a Photoshop document."),
        (b"\0\0\1\0\1\0" + bytes(30), "This kind of image is not supported: received an icon."),
        (hostile.not_photos()["drawing.png"], "This kind of image is not supported: received an SVG drawing."),
        (
            hostile.not_photos()["postscript.png"],
            "This kind of image is not supported: received an EPS or PostScript file.",
        ),
    ],
)
def test_an_image_of_another_kind_is_named(data: bytes, finding: str) -> None:
    """The error names the kind of file."""
    with pytest.raises(PhotoError) as caught:
        sniff(memoryview(data))

    assert ("UNSUPPORTED_FORMAT", finding) == (caught.value.code, caught.value.finding)
    assert caught.value.public == f"{finding} Export the photo as JPEG, HEIC or DNG and upload it again."


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("archive.jpg", "a ZIP archive"),
        ("page.jpg", "a web page or XML text"),
        ("paper.jpg", "a PDF document"),
        ("program.png", "a program"),
        ("film.heic", "a video"),
        ("note.jpg", "text"),
        ("script.jpg", "text"),
    ],
)
def test_a_file_that_is_no_image_is_named(name: str, what: str) -> None:
    """Its extension is not believed."""
    with pytest.raises(PhotoError) as caught:
        sniff(memoryview(hostile.not_photos()[name]))

    found = (caught.value.code, caught.value.finding)
    assert ("NOT_AN_IMAGE", f"This is not a photo: expected an image, received {what}.") == found


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 64, b"\xff\xd8", b"RIFF\0\0\0\0WAVE", b"BM" + bytes(40), b"\x80\x81\x82"]
)
def test_unknown_bytes_are_no_image(data: bytes) -> None:
    """Nothing, zeros, half a magic number, a sound: each is refused, none is guessed."""
    with pytest.raises(PhotoError) as caught:
        sniff(memoryview(data))

    expected = "This is not a photo: its first bytes are those of no known image format."
    assert ("NOT_AN_IMAGE", expected) == (caught.value.code, caught.value.finding)
