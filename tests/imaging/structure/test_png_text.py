"""Text chunks are counted as they will be when they are unpacked."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import pytest

from processor.imaging.structure.png_text import TextBudget
from testkit.photos.exif import iim
from testkit.photos.hostile import chunk, png_text_bomb
from testkit.photos.raster import png
from tests.imaging.structure.claims import claims, refusal

AFTER_IHDR = 33
TOO_LARGE = "METADATA_TOO_LARGE: The PNG's text is too large: expected at most 33,554,432 bytes, received more."
MIB = 1 << 20


def with_texts(*chunks: bytes) -> bytes:
    """Put chunks behind the header of a good PNG."""
    data = png()
    return data[:AFTER_IHDR] + b"".join(chunks) + data[AFTER_IHDR:]


def ztxt(size: int) -> bytes:
    """Compress *size* bytes of text."""
    return chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * size, 1))


def itxt(size: int, *, compressed: bool = True) -> bytes:
    """Write *size* bytes of international text."""
    text = zlib.compress(b"a" * size, 1) if compressed else b"a" * size
    return chunk(b"iTXt", b"XML:com.adobe.xmp\0" + bytes([compressed, 0]) + b"de\0Kommentar\0" + text)


@pytest.mark.parametrize(
    "make",
    [
        lambda: png_text_bomb(30 * MIB),
        lambda: with_texts(ztxt(10 * MIB), itxt(10 * MIB), itxt(5 * MIB, compressed=False)),
        lambda: with_texts(*[ztxt(1000)] * 1_000),
    ],
    ids=["one", "kinds", "many"],
)
def test_texts_up_to_the_limit_pass(make: Callable[[], bytes]) -> None:
    """32 MiB in all, 1,000 of them."""
    assert 480 == claims(make()).width


@pytest.mark.parametrize(
    "make",
    [
        lambda: png_text_bomb(40 * MIB),
        lambda: with_texts(*[ztxt(MIB)] * 33),
        lambda: with_texts(itxt(40 * MIB)),
        lambda: with_texts(*[itxt(4 * MIB)] * 5, *[ztxt(4 * MIB)] * 5),
        lambda: with_texts(chunk(b"tEXt", b"Comment\0" + b"a" * 33 * MIB)),
        lambda: with_texts(itxt(33 * MIB, compressed=False)),
    ],
    ids=["one", "many", "international", "both", "plain", "plain international"],
)
def test_texts_beyond_the_limit_are_refused(make: Callable[[], bytes]) -> None:
    """200 kB of them took libvips 900 MB."""
    assert TOO_LARGE == refusal(make())


def test_too_many_texts_are_refused() -> None:
    """However short they are."""
    expected = "METADATA_TOO_LARGE: The PNG has too many text chunks: expected at most 1,000, received more."

    assert expected == refusal(with_texts(*[chunk(b"tEXt", b"a\0b")] * 1_001))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (b"zTXt", b"no end of the keyword" * 10),
        (b"zTXt", b"Comment\0\0no deflated data"),
        (b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * 999)[:-5]),
        (b"iTXt", b"Comment\0"),
        (b"iTXt", b"Comment\0\1\0no end"),
        (b"iTXt", b"Comment\0\1\0en\0\0"),
        (b"tEXt", b""),
    ],
    ids=["keyword", "noise", "cut", "empty", "language", "no text", "nothing"],
)
def test_a_broken_text_is_no_damage(kind: bytes, body: bytes) -> None:
    """Decoders skip it: the picture is whole."""
    assert 480 == claims(with_texts(chunk(kind, body))).width


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (b"\niptc\n 9\n" + iim((2, 80, b"Zoe")).hex().encode(), {"iptc": iim((2, 80, b"Zoe"))}),
        (b"\niptc\n 3\n616263", {}),
        (b"\niptc\n 3\nno digits", {}),
        ("\niptc\n 3\né".encode(), {}),
    ],
    ids=["whole", "no data sets", "no digits", "no ascii"],
)
def test_iptc_in_a_text_is_kept_where_it_is_whole(text: bytes, kept: dict[str, bytes]) -> None:
    """A profile in ImageMagick's form: a name, a length, hexadecimal digits."""
    budget = TextBudget()
    budget.read(b"tEXt", memoryview(b"Raw profile type iptc\0" + text))

    assert kept == budget.kept
