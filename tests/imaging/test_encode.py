"""Check the written files: baseline JPEG, WebP, AVIF, without metadata but the credit."""

from __future__ import annotations

import io
from collections.abc import Iterator
from struct import unpack_from

import numpy as np
import pytest
import pyvips
from PIL import Image

from processor.imaging.encode import MAX_CREDIT_BYTES, credit_exif, encode
from processor.imaging.exif import Credit, read_exif
from processor.imaging.model import OutputFormat
from testkit.photos.exif import SECRETS
from testkit.photos.icc import display_p3
from testkit.photos.jpeg import jpeg, private_jpeg
from testkit.photos.scene import furthest, scene, textured
from tests.imaging.prints import developed, pixels_of, recipe

OUTPUTS: tuple[OutputFormat, ...] = ("jpeg", "webp", "avif")
CREDIT = Credit("Zoë Ångström".encode(), "© 2024 Zoë Ångström".encode())
DHT, SOF0, SOF2, SOS, APP0, APP1 = 0xC4, 0xC0, 0xC2, 0xDA, 0xE0, 0xE1


def picture() -> pyvips.Image:
    """Draw the scene as an image in memory."""
    return pyvips.Image.new_from_array(scene()).copy(interpretation="srgb")


def segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and body of a JPEG's segments up to its coded data."""
    position = 2
    while data[position + 1] != SOS:
        (length,) = unpack_from(">H", data, position + 2)
        yield data[position + 1], data[position + 4 : position + 2 + length]
        position += 2 + length


def exif_of(data: bytes) -> bytes:
    """Read a file's EXIF block by Pillow."""
    with Image.open(io.BytesIO(data)) as image:
        return image.info.get("exif", b"").removeprefix(b"Exif\0\0")


@pytest.mark.parametrize(("quality", "sampling"), [(85, 0x22), (89, 0x22), (90, 0x11), (97, 0x11)])
def test_a_jpeg_is_baseline_with_chroma_as_its_quality_asks(quality: int, sampling: int) -> None:
    """4:2:0 below quality 90, 4:4:4 from there on."""
    frame = dict(segments(encode(picture(), "jpeg", quality=quality, credit=None)))[SOF0]

    assert (8, 320, 480, 3) == unpack_from(">BHHB", frame)
    assert sampling == frame[7]


@pytest.mark.parametrize(
    ("from_px", "expected"), [(800, {"s960x960": True, "s799x799": False}), (0, {"s960x960": False, "s799x799": False})]
)
def test_large_jpegs_are_progressive_with_the_same_pixels(from_px: int, expected: dict[str, bool]) -> None:
    """They are smaller, and a page shows them while they load; small ones would not be smaller."""
    photo, plan = jpeg(textured(960, 640), quality=95), recipe((960, 960), (799, 799))
    found = developed(photo, plan.model_copy(update={"progressive_from_px": from_px})).renditions
    plain = developed(photo, plan.model_copy(update={"progressive_from_px": 0})).renditions

    assert expected == {one.size: SOF2 in dict(segments(one.data)) for one in found}
    assert all(np.array_equal(pixels_of(one), pixels_of(other)) for one, other in zip(found, plain, strict=True))
    assert all(len(one.data) < len(other.data) for one, other in zip(found, plain, strict=True) if expected[one.size])


def test_a_jpeg_has_huffman_tables_of_its_own() -> None:
    """Optimised tables hold only the symbols that occur; the file is smaller than with the standard tables."""
    data = encode(picture(), "jpeg", quality=85, credit=None)
    plain = picture().jpegsave_buffer(Q=85, optimize_coding=False, keep=pyvips.ForeignKeep.NONE)

    assert sum(len(body) for marker, body in segments(data) if marker == DHT) < 300
    assert len(data) < len(plain)


def test_a_jpeg_without_credit_has_no_metadata_at_all() -> None:
    """Neither EXIF nor profile, comment or thumbnail: a viewer takes it as sRGB."""
    markers = {marker for marker, _ in segments(encode(picture(), "jpeg", quality=85, credit=None))}

    assert set() == markers - {DHT, SOF0, 0xDB, APP0}


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("credit", [None, Credit(), CREDIT], ids=["none", "empty", "credit"])
def test_every_format_decodes_to_the_picture(output: OutputFormat, credit: Credit | None) -> None:
    """Another library reads its size and colours."""
    with Image.open(io.BytesIO(encode(picture(), output, quality=95, credit=credit))) as image:
        assert (output.upper(), (480, 320)) == (image.format, image.size)
        assert furthest(np.asarray(image.convert("RGB"))) <= 4


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("credit", [None, Credit()], ids=["none", "empty"])
def test_without_a_credit_there_is_no_exif(output: OutputFormat, credit: Credit | None) -> None:
    """An empty block would cost a hundred bytes in every thumbnail."""
    assert b"" == exif_of(encode(picture(), output, quality=80, credit=credit))


@pytest.mark.parametrize("output", OUTPUTS)
def test_the_credit_survives_with_its_bytes(output: OutputFormat) -> None:
    """UTF-8 included: © and accents."""
    assert CREDIT == read_exif(exif_of(encode(picture(), output, quality=80, credit=CREDIT))).credit


@pytest.mark.parametrize(
    "credit",
    [Credit(b"A"), Credit(b"", b"B"), Credit(b"abc", b"abcd"), Credit(b"x" * 5, b"y" * 6)],
    ids=["artist", "copyright", "inline", "outside"],
)
def test_a_credit_of_any_length_can_be_read_back(credit: Credit) -> None:
    """Up to four bytes stand in the entry itself."""
    assert credit == read_exif(credit_exif(credit).removeprefix(b"Exif\0\0")).credit


def test_a_credit_is_bounded() -> None:
    """Every thumbnail carries it."""
    found = read_exif(credit_exif(Credit(b"x" * 99_999)).removeprefix(b"Exif\0\0")).credit

    assert MAX_CREDIT_BYTES == len(found.artist)


def test_the_credit_block_holds_srgb_and_nothing_else() -> None:
    """It holds artist, copyright and colour space."""
    exif = read_exif(credit_exif(CREDIT).removeprefix(b"Exif\0\0"))

    assert {0x013B, 0x8298, 0x8769} == set(exif.image.tags)
    assert {0xA001: (1,)} == exif.photo.tags


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("orientation", [1, 6])
def test_nothing_private_leaves_in_any_format(*, keep: bool, orientation: int) -> None:
    """No GPS, serial, owner, maker note, comment, thumbnail, XMP or profile; the credit as the settings say."""
    data = private_jpeg(orientation=orientation, artist="Zoë", copyright_notice="© Zoë", icc=display_p3())
    assert [] == [secret for secret in SECRETS if secret not in data]
    expected = Credit("Zoë".encode(), "© Zoë".encode()) if keep else Credit()

    for rendition in developed(data, recipe((240, 240), formats=OUTPUTS, keep=keep)).renditions:
        assert [] == [secret for secret in (*SECRETS, b"DW-1", b"GPS", b"xmpmeta") if secret in rendition.data]
        assert expected == read_exif(exif_of(rendition.data)).credit
        with Image.open(io.BytesIO(rendition.data)) as image:
            assert {} == dict(image.getexif().get_ifd(0x8825))
            assert {} == dict(image.getexif().get_ifd(0x0001))
            assert "icc_profile" not in image.info or not image.info["icc_profile"]
            assert "comment" not in image.info


def test_a_rendition_is_named_by_its_format_and_size() -> None:
    """Every configured format of every size, decodable."""
    rendering = developed(private_jpeg(), recipe((240, 240), (120, 120), formats=OUTPUTS))

    found = [(print_.size, print_.format, pixels_of(print_).shape) for print_ in rendering.renditions]
    assert [(f"s{side}x{side}", output, (side * 2 // 3, side, 3)) for side in (240, 120) for output in OUTPUTS] == found


def test_the_given_image_keeps_its_metadata() -> None:
    """It is shared with the next rung: only a copy is stripped."""
    image = pyvips.Image.new_from_buffer(private_jpeg(), "").copy_memory()
    before = set(image.get_fields())
    encode(image, "jpeg", quality=80, credit=CREDIT)

    assert before == set(image.get_fields())
    assert "exif-data" in before
