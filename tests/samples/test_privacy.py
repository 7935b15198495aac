"""Metadata that leaves with a rendition, read by an independent metadata reader and in the file's own segments."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import exifread
import pytest
from PIL import Image

from processor.imaging.model import Rendering
from processor.imaging.renderer import Renderer
from processor.recipe import Recipe, Size
from processor.source import Source
from tests.samples.folder import PHOTOS

pytestmark = pytest.mark.samples
Render = Callable[[str], Rendering]

# JFIF, EXIF, quantisation, frame (baseline, progressive), Huffman tables, restarts, scan. No comment, no other APPn.
ALLOWED_SEGMENTS = {0xE0, 0xE1, 0xDB, 0xC0, 0xC2, 0xC4, 0xDD, 0xDA}
CREDIT = {"Image Artist", "Image Copyright", "Image ExifOffset", "EXIF ColorSpace"}
# What an encoder says about the file itself: upright, its resolution and its size.
FRAME = {
    *(f"Image {tag}" for tag in ("Orientation", "XResolution", "YResolution", "ResolutionUnit")),
    *(f"EXIF {tag}" for tag in ("ExifVersion", "FlashPixVersion", "ExifImageWidth", "ExifImageLength")),
}
ARTIST, COPYRIGHT, EXIF_IFD, GPS_IFD = 0x013B, 0x8298, 0x8769, 0x8825
ORIENTATION, X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 0x0112, 0x011A, 0x011B, 0x0128
ALLOWED_IDS = {ARTIST, COPYRIGHT, EXIF_IFD, ORIENTATION, X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT}
TAGGED = ["photos/display-p3.jpg", "photos/gain-map.jpg", "photos/iphone-p3.heic"]
START_OF_SCAN = 0xDA


def segments(jpeg: bytes) -> Iterator[int]:
    """List the markers up to the first scan (ITU T.81 section B.1.1)."""
    at, marker = 2, 0
    while marker != START_OF_SCAN:
        marker = jpeg[at + 1]
        yield marker
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])


@pytest.mark.parametrize("name", PHOTOS)
def test_no_rendition_tells_more_than_the_credit(name: str, rendered: Render) -> None:
    """No GPS, serial number, maker note, comment or XMP: only artist, copyright and the sRGB mark."""
    for rendition in rendered(name).renditions:
        assert set() == set(segments(rendition.data)) - ALLOWED_SEGMENTS
        tags = exifread.process_file(io.BytesIO(rendition.data), details=True)
        assert set() == tags.keys() - CREDIT - FRAME
        assert "Horizontal (normal)" == str(tags.get("Image Orientation", "Horizontal (normal)"))


@pytest.mark.parametrize("name", PHOTOS)
def test_no_rendition_hides_a_second_picture(name: str, rendered: Render) -> None:
    """One start and one end of image: no thumbnail before the scan, nothing after it."""
    for rendition in rendered(name).renditions:
        assert (1, len(rendition.data) - 2) == (rendition.data.count(b"\xff\xd8\xff"), rendition.data.find(b"\xff\xd9"))


def test_the_samples_do_hold_what_is_looked_for(samples: Path) -> None:
    """The reader finds GPS in the originals, so finding none in renditions means something."""
    tags = [exifread.process_file(io.BytesIO((samples / name).read_bytes())).keys() for name in TAGGED]

    assert all(any(tag.startswith("GPS") for tag in found) for found in tags)


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    """Encode AVIF in one decoder child."""
    with Renderer() as one:
        yield one


@pytest.mark.parametrize("name", TAGGED)
def test_webp_and_avif_carry_no_metadata_but_the_credit(name: str, samples: Path, renderer: Renderer) -> None:
    """The other formats have other boxes for secrets; they stay as empty."""
    recipe = Recipe(sizes={"small": Size(width=200, height=200)}, formats=("jpeg", "webp", "avif"))
    with Source.from_path(samples / name, max_bytes=recipe.limits.max_bytes) as source:
        renditions = renderer.render(source, recipe, file_name=name).renditions

    assert {"jpeg", "webp", "avif"} == {it.format for it in renditions}
    for rendition in renditions:
        assert not any(secret in rendition.data for secret in (b"GPS", b"<x:xmpmeta", b"http://ns.adobe.com", b"Apple"))
        with Image.open(io.BytesIO(rendition.data)) as image:
            assert set() == set(image.getexif()) - ALLOWED_IDS
            assert {} == dict(image.getexif().get_ifd(GPS_IFD))
