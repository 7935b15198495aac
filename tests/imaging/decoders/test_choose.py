"""Every format meets the decoder that is meant for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from processor.errors import PhotoError
from processor.imaging.decoders.avif import LenientAvif
from processor.imaging.decoders.pillow import Pillow
from processor.imaging.model import Decoder
from processor.imaging.structure.header import Header, needs_memory
from processor.source import Source
from testkit.photos import extra
from testkit.photos.heif import avif, heic
from testkit.photos.jpeg import jpeg, motion_photo, mpo
from testkit.photos.raster import (
    animated_gif,
    animated_webp,
    bmp,
    gif,
    interlaced_png,
    multipage_tiff,
    old_jpeg_tiff,
    palette_png_with_transparency,
    png,
    tiff_photo,
    webp,
)
from testkit.photos.raw import dng, preview
from testkit.photos.scene import furthest
from tests.imaging.prints import developed, pixels_of

NATIVE = "libvips reads this format itself"


@pytest.mark.parametrize(
    ("make", "kind", "decoder", "why"),
    [
        pytest.param(jpeg, "jpeg", "native", NATIVE, id="jpeg"),
        pytest.param(lambda: jpeg(progressive=True), "jpeg", "native", NATIVE, id="progressive"),
        pytest.param(motion_photo, "jpeg", "native", NATIVE, id="motion photo"),
        pytest.param(mpo, "jpeg", "native", NATIVE, id="mpo"),
        pytest.param(png, "png", "native", NATIVE, id="png"),
        pytest.param(interlaced_png, "png", "native", NATIVE, id="interlaced"),
        pytest.param(palette_png_with_transparency, "png", "native", NATIVE, id="palette"),
        pytest.param(webp, "webp", "native", NATIVE, id="webp"),
        pytest.param(animated_webp, "webp", "native", NATIVE, id="animated webp"),
        pytest.param(gif, "gif", "native", NATIVE, id="gif"),
        pytest.param(animated_gif, "gif", "native", NATIVE, id="animated gif"),
        pytest.param(tiff_photo, "tiff", "native", NATIVE, id="tiff"),
        pytest.param(lambda: tiff_photo(big=True), "tiff", "native", NATIVE, id="bigtiff"),
        pytest.param(multipage_tiff, "tiff", "native", NATIVE, id="pages"),
        pytest.param(old_jpeg_tiff, "tiff", "native", NATIVE, id="jpeg in tiff"),
        pytest.param(
            extra.old_style_tiff, "tiff", "pillow", "libvips does not read old-style JPEG in TIFF", id="old tiff"
        ),
        pytest.param(bmp, "bmp", "pillow", "libvips does not read BMP", id="bmp"),
        pytest.param(avif, "avif", "pillow", "Pillow's AVIF decoder is four times as fast as libvips'", id="avif"),
        pytest.param(heic, "heic", "heif", "HEVC needs libheif", id="heic"),
        pytest.param(
            lambda: dng(preview=preview(480, 320)),
            "raw",
            "raw-preview",
            "the embedded preview of 480×320 px: it fills the largest size",
            id="raw",
        ),
    ],
)
def test_a_format_is_decoded_by_its_decoder(make: Callable[[], bytes], kind: str, decoder: Decoder, why: str) -> None:
    """The receipt says which and why; the picture is the scene, of several the first."""
    rendering = developed(make())

    assert (kind, decoder, why) == (rendering.format, rendering.receipt.decoder, rendering.receipt.decoder_why)
    assert (480, 320) == (rendering.width, rendering.height)
    assert furthest(pixels_of(rendering.renditions[0])) <= 3


def test_an_avif_that_needs_too_much_memory_is_not_tried_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second decoder would need as much: the verdict of the first is kept."""

    def load(_: Pillow) -> None:
        raise needs_memory()

    monkeypatch.setattr(Pillow, "load", load)
    with pytest.raises(PhotoError) as caught:
        developed(avif())

    assert ("DECODER_OUT_OF_MEMORY", None) == (caught.value.code, caught.value.__cause__)


def test_an_avif_that_libvips_finds_larger_than_its_header_is_refused() -> None:
    """The limits were checked against what it claims."""
    with Source.from_bytes(avif()) as source, pytest.raises(PhotoError) as caught:
        LenientAvif(source, Header(format="avif", width=48, height=32), needs_memory())

    expected = "The file is damaged: its header says 48 × 32 px, its picture has 480 × 320 px."
    assert expected == caught.value.finding
