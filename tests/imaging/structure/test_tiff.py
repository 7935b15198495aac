"""The directory reader that TIFF, RAW and EXIF share: bounded, and never beyond the file."""

from __future__ import annotations

import struct

import pytest

from processor.imaging.structure.tiff import Directory, directories, first_directory, sub_directory
from testkit.photos import extra, hostile
from testkit.photos.ifd import (
    HEADER,
    Field,
    ascii_text,
    byte,
    long,
    rational,
    short,
    srational,
    tiff,
    undefined,
)
from testkit.photos.ifd import Directory as Written
from tests.imaging.structure.claims import refusal


def read(**entries: Field) -> Directory:
    """Write entries under tags 1, 2, 3 … and read them back."""
    return first_directory(memoryview(tiff(Written(dict(enumerate(entries.values(), 1))))))


def test_every_type_is_read() -> None:
    """Text as bytes, ratios as pairs, numbers as numbers."""
    found = read(
        byte=byte(1, 2),
        text=ascii_text("hello"),
        short=short(3, 4, 5),
        long=long(6),
        ratio=rational(0.5, over=2),
        signed=srational(-1.5, over=2),
        blob=undefined(b"abc"),
        float=Field(type=11, count=1, data=struct.pack("<f", 0.25)),
    )

    expected = [(1, 2), (b"hello\0",), (3, 4, 5), (6,), ((1, 2),), ((-3, 2),), (b"abc",), (0.25,)]
    assert expected == list(found.tags.values())


def test_big_endian_and_bigtiff_are_read_alike() -> None:
    """Motorola order and 8-byte offsets."""
    motorola = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 256, 3, 1, 77, 0, 0)
    big = b"II+\0" + struct.pack("<HHQ", 8, 0, 16) + struct.pack("<QHHQQQ", 1, 256, 16, 1, 77, 0)

    assert [77, 77] == [first_directory(memoryview(data)).number(256) for data in (motorola, big)]


def test_values_that_lie_outside_the_file_are_left_out() -> None:
    """They are never guessed, and no error: EXIF blocks are often cut by editors."""
    data = tiff(Written({1: short(7), 2: ascii_text("a long enough text")}))[:-8]

    assert {1: (7,), 2: ()} == first_directory(memoryview(data)).tags


@pytest.mark.parametrize(
    "field", [Field(type=99, count=1, data=b"abcd"), Field(type=3, count=1 << 30, data=b"abcd")], ids=["type", "count"]
)
def test_values_of_unknown_type_or_absurd_count_are_left_out(field: Field) -> None:
    """The other entries remain."""
    assert {1: (), 2: (7,)} == read(strange=field, good=short(7)).tags


def test_a_directory_answers_by_the_kind_that_is_asked_for() -> None:
    """A value of another kind is absent, not an error."""
    found = read(text=ascii_text(" hello "), number=short(7), ratio=rational(0.5), broken=rational(0, over=0))

    assert (b"hello", b"") == (found.text(1), found.text(2))
    assert (7, 0, 3) == (found.number(2), found.number(1), found.number(99, 3))
    assert ((7,), ()) == (found.numbers(2), found.numbers(3))
    assert (0.5, 7.0, None, None, None) == tuple(found.ratio(tag) for tag in (3, 2, 1, 4, 99))


def test_pages_and_their_sub_images_are_told_apart() -> None:
    """A sub-image of a page is no page of its own."""
    data = tiff(Written({256: short(1), 0x014A: Written({256: short(2)})}, following=Written({256: short(3)})))

    found = [(page.number(256), page.role) for page in directories(memoryview(data))]
    assert [(1, "page"), (3, "page"), (2, "sub")] == found


def test_a_sub_directory_that_cannot_be_read_is_absent() -> None:
    """No pointer, a pointer to nowhere, a pointer to a table that is cut."""
    data = tiff(Written({1: long(999_999), 2: long(8)}))[:-4] + struct.pack("<HHH", 500, 1, 3)
    parent = first_directory(memoryview(data))
    cut = Directory({3: (len(data) - 6,)}, "page")

    assert sub_directory(memoryview(data), parent, 99) is None
    assert sub_directory(memoryview(data), parent, 1) is None
    assert sub_directory(memoryview(data), cut, 3) is None
    assert parent == sub_directory(memoryview(data), Directory({2: (8,)}, "page"), 2) or parent.tags


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(hostile.tiff_loop(), "CORRUPT: The file is damaged: its directories form a loop.", id="loop"),
        pytest.param(
            HEADER + struct.pack("<H", 5_000),
            "CORRUPT: The file is damaged: a directory claims 5,000 entries.",
            id="entries",
        ),
        pytest.param(
            b"II*\0" + struct.pack("<I", 999) + bytes(8),
            "TRUNCATED: The file is incomplete: a directory should stand at byte 999 of 16.",
            id="nowhere",
        ),
        pytest.param(
            b"II*\0" + struct.pack("<I", 4) + bytes(8),
            "TRUNCATED: The file is incomplete: a directory should stand at byte 4 of 16.",
            id="header",
        ),
        pytest.param(
            extra.tiff_of_sub_directories(2_048),
            "CORRUPT: The file is damaged: it has more than 2,048 directories.",
            id="directories",
        ),
        pytest.param(
            extra.tiff_of_shared_values(100, 100_000),
            "CORRUPT: The file is damaged: its directories hold more than 64 MiB.",
            id="memory",
        ),
    ],
)
def test_directories_that_would_cost_time_or_memory_are_refused(data: bytes, expected: str) -> None:
    """Loops, crowds, and entries that share their bytes: each takes a few kilobytes to write."""
    assert expected == refusal(data)
