"""libvips' own loaders: shrunk while loading, and never half a picture."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from processor.errors import PhotoError
from processor.imaging.decoders.spliced import Spliced
from testkit.photos import hostile
from testkit.photos.ifd import Blob, Directory, Value, long, short, tiff
from testkit.photos.jpeg import cut, encoded, jpeg, zero_tailed
from testkit.photos.raster import gif, interlaced_png, png, png16, tiff_photo, webp
from testkit.photos.scene import Pixels, furthest, scene, textured
from tests.imaging.prints import developed, outcome, pixels_of, psnr, recipe, shown

NATIVE = "libvips reads this format itself"
WHOLE = {
    "jpeg": jpeg(),
    "progressive": jpeg(progressive=True),
    "png": png(),
    "png 16": png16(),
    "interlaced": interlaced_png(),
    "webp": webp(),
    "webp lossless": webp(lossless=True),
    "gif": gif(),
    "tiff": tiff_photo(),
    "tiff deflate": tiff_photo(deflate=True),
    "tiles": tiff_photo(tiled=True),
}


@pytest.mark.parametrize(
    ("side", "why"),
    [
        (960, NATIVE),
        (481, NATIVE),
        (480, f"{NATIVE}, shrunk 2× while loading"),
        (240, f"{NATIVE}, shrunk 4× while loading"),
        (120, f"{NATIVE}, shrunk 8× while loading"),
        (10, f"{NATIVE}, shrunk 8× while loading"),
    ],
)
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_jpeg_is_shrunk_while_loading_as_far_as_its_largest_size_allows(
    side: int, why: str, orientation: int
) -> None:
    """By 2, 4 or 8: exact, and cheaper than decoding every pixel. A turned one by its stored sides."""
    rendering = developed(jpeg(scene(960, 640), orientation=orientation), recipe((side, side)))

    assert why == rendering.receipt.decoder_why
    assert (side, max(1, round(side * 2 / 3))) == (rendering.renditions[0].width, rendering.renditions[0].height)


def test_shrinking_while_loading_looks_like_shrinking_afterwards() -> None:
    """Above 35 dB against the PNG of the same picture, which is never shrunk while loading."""
    pixels = textured(900, 600)

    shrunk = shown(jpeg(pixels, quality=98, subsampling="4:4:4"), recipe((225, 225)))
    assert psnr(shown(png_of(pixels), recipe((225, 225))), shrunk) >= 35


@pytest.mark.parametrize("fraction", [0.3, 0.6, 0.9, 0.97])
@pytest.mark.parametrize("damage", [cut, zero_tailed], ids=["cut", "zeros"])
@pytest.mark.parametrize("name", WHOLE)
def test_half_a_picture_is_never_a_success(name: str, damage: Callable[[bytes, float], bytes], fraction: float) -> None:
    """Cut, or cut and padded with zeros: a verdict, whichever part notices."""
    data = damage(WHOLE[name], fraction)
    if name == "webp" and damage is zero_tailed and fraction > 0.8:
        pytest.skip("VP8 codes parts of one colour as zeros: such a file may be whole")

    with pytest.raises(PhotoError) as caught:
        developed(data)
    assert caught.value.code in {"TRUNCATED", "CORRUPT"}


@pytest.mark.parametrize("name", ["jpeg", "progressive", "png", "webp", "gif", "tiff deflate", "tiles"])
def test_noise_inside_the_coded_data_is_a_verdict_or_a_picture(name: str) -> None:
    """Never another exception, whatever the decoder says."""
    random = np.random.default_rng(4)
    data = np.frombuffer(WHOLE[name], np.uint8)
    for _ in range(30):
        spoiled = data.copy()
        place = int(random.integers(len(data) // 4, len(data) - 40))
        spoiled[place : place + 30] = random.integers(0, 256, 30)
        # Noise in a TIFF's directory may say anything, such as 6,000 bits a sample.
        allowed = {"UNSUPPORTED_FORMAT"} if name.startswith("ti") else set[str]()
        assert outcome(spoiled.tobytes()) in {"CORRUPT", "TRUNCATED", "480×320"} | allowed


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("level", [0, 255])
def test_a_webp_with_a_plain_bottom_is_whole(level: int, *, lossless: bool) -> None:
    """VP8 and VP8L code it as zeros: a framed photo, or one cut out, was refused as incomplete."""
    # A lossy file ends in more than 500 such zeros only where the picture is large.
    width, height = (300, 240) if lossless else (1_500, 1_200)
    pixels = textured(width, height)
    pixels[-height // 3 :] = level
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WEBP", quality=80, lossless=lossless)

    assert np.abs(shown(out.getvalue(), recipe((300, 240)))[-60:].astype(int) - level).max() <= 3


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("trailer", [b"", b"SEFH\0\0trailer"], ids=["bare", "trailer"])
def test_a_jpeg_that_lacks_only_its_end_marker_is_shown(trailer: bytes, *, progressive: bool) -> None:
    """All its pixels are there (Samsung's panoramas); the receipt says so."""
    data = jpeg(textured(480, 320), progressive=progressive)
    rendering = developed(data[:-2] + (b"" if progressive else trailer), file_name="a.jpg")

    assert rendering.receipt.decoder_why.endswith(", without its end marker")
    assert np.array_equal(shown(data), pixels_of(rendering.renditions[0]))


@pytest.mark.parametrize("keep", [0.4, 0.9, 0.995])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_without_end_marker_and_some_pixels_is_incomplete(keep: float, *, progressive: bool) -> None:
    """However few are missing."""
    assert "TRUNCATED" == outcome(cut(jpeg(textured(480, 320), progressive=progressive), keep))


def longer_scan(data: bytes) -> bytes:
    """Repeat some of the coded data: more blocks than the picture has, then bytes that nothing reads."""
    middle = data.index(b"\xff\xda") + 5_000
    return data[:middle] + data[middle - 900 : middle] + data[middle:]


@pytest.mark.parametrize("optimize", [False, True])
@pytest.mark.parametrize("box", [480, 240, 77])
def test_coded_data_that_nothing_reads_is_damage(box: int, *, optimize: bool) -> None:
    """Extraneous bytes before the end marker, in libjpeg's words; at every way to shrink."""
    data = encoded(Image.fromarray(textured(480, 320)), optimize=optimize)
    with pytest.raises(PhotoError, match="its picture data does not fit its picture") as caught:
        developed(longer_scan(data), recipe((box, box)))

    assert "CORRUPT" == caught.value.code


@pytest.mark.parametrize(
    ("height", "subsampling"),
    [(height, "4:4:4") for height in (*range(1, 18), 241)] + [(height, "4:2:0") for height in (*range(1, 34), 241)],
)
def test_no_height_leaves_rows_unread(height: int, subsampling: str) -> None:
    """A healthy scan is read to its last byte, at every height of its last blocks and every shrink."""
    data = jpeg(textured(64, height), subsampling=subsampling)

    for box in (64, 31, 16, 8):
        assert 64 == developed(data, recipe((box, box))).width


def test_another_file_behind_the_photo_is_no_damage() -> None:
    """Its end marker is not that of the photo; damage of the photo is noticed as ever."""
    data = encoded(Image.fromarray(textured(480, 320)))

    assert "480×320" == outcome(data + data)
    assert "480×320" == outcome(data + b"PK\3\4" + bytes(range(256)) * 40)
    assert "CORRUPT" == outcome(longer_scan(data) + data)


@pytest.mark.parametrize("padding", [b"\0", b"\xff"])
def test_padding_before_the_end_marker_is_no_damage(padding: bytes) -> None:
    """Some cameras fill the scan up to a round size."""
    data = jpeg()

    assert "480×320" == outcome(data[:-2] + padding * 500 + data[-2:])


def test_stray_bytes_in_the_header_are_no_damage() -> None:
    """Libjpeg warns of them in the same words."""
    data = jpeg(progressive=True)

    assert "480×320" == outcome(data[:20] + bytes(9) + data[20:])


def test_flipped_bytes_in_a_scan_are_mostly_noticed() -> None:
    """As often as libjpeg's own tool warns; the rest keeps its number of blocks, and nothing can tell."""
    refused = 0
    random = np.random.default_rng(8)
    data = encoded(Image.fromarray(textured(480, 320)))
    for _ in range(30):
        spoiled = np.frombuffer(data, np.uint8).copy()
        places = random.integers(data.index(b"\xff\xda") + 14, len(data) - 2, 8)
        spoiled[places] = random.integers(0, 256, 8)
        refused += outcome(spoiled.tobytes()) in {"CORRUPT", "TRUNCATED"}

    assert refused >= 24


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(
            hostile.jpeg_header(2_000, 2_000),
            "The file is damaged: its picture data breaks off before the picture is whole.",
            id="jpeg larger than its data",
        ),
        pytest.param(
            hostile.png_header(2_000, 2_000),
            "The file is incomplete: its picture data ends too early.",
            id="png larger than its data",
        ),
    ],
)
def test_a_header_that_lies_about_the_size_is_refused(data: bytes, expected: str) -> None:
    """The decoder meets the end of the data before that of the picture."""
    with pytest.raises(PhotoError) as caught:
        developed(data)

    assert expected == caught.value.finding


def test_a_bomb_in_a_profile_is_not_unpacked() -> None:
    """40 MB of zeros in 40 kB: the picture is good, and memory stays flat."""
    rendering = developed(hostile.png_profile_bomb(40 << 20))

    assert furthest(pixels_of(rendering.renditions[0])) <= 2
    assert rendering.receipt.peak_memory_mib < developed(png()).receipt.peak_memory_mib + 30


def test_the_photo_of_a_tiff_with_a_thumbnail_in_front_is_shown() -> None:
    """The first page that is no reduced image."""
    rendering = developed(tiff(Directory(page(scene(60, 40), reduced=1), following=Directory(page(scene())))))

    assert (480, 320) == (rendering.width, rendering.height)
    assert furthest(pixels_of(rendering.renditions[0])) <= 2


def page(pixels: Pixels, *, reduced: int = 0) -> dict[int, Value]:
    """Describe an uncompressed RGB page."""
    height, width = pixels.shape[:2]
    return {
        0x00FE: long(reduced),
        0x0100: long(width),
        0x0101: long(height),
        0x0102: short(8, 8, 8),
        0x0103: short(1),
        0x0106: short(2),
        0x0111: Blob(pixels.tobytes()),
        0x0115: short(3),
        0x0116: long(height),
        0x0117: long(pixels.nbytes),
    }


def png_of(pixels: Pixels) -> bytes:
    """Encode *pixels* without loss."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def test_reading_behind_the_last_piece_is_the_end() -> None:
    """No bytes, and the position stays."""
    spliced = Spliced([b"one", b"two"])
    buffer = bytearray(4)

    assert (6, 0, 6) == (spliced.seek(0, io.SEEK_END), spliced.read_into(buffer), spliced.position)
    assert bytes(4) == buffer
