"""A picture's size from its AV1 data, and boxes that claim another."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from processor.imaging.structure.av1 import Sequence, read_sequence
from processor.imaging.structure.header import Header
from testkit.photos.extra import bare_heif, iloc_of, ispe
from testkit.photos.heif import avif
from tests.imaging.structure.claims import claims, refusal

DELIMITER = b"\x12\x00"


def bits(*fields: tuple[int, int]) -> bytes:
    """Write (value, width) pairs, the highest bit first."""
    text = "".join(f"{value:0{width}b}" for value, width in fields)
    return int(text.ljust(-len(text) % 8 + len(text), "0"), 2).to_bytes((len(text) + 7) // 8, "big")


def obu(kind: int, body: bytes, *, sized: bool = True, extended: bool = False) -> bytes:
    """Frame a body of at most 127 bytes."""
    head = bytes([kind << 3 | extended << 2 | sized << 1]) + (b"\0" if extended else b"")
    return head + (bytes([len(body)]) if sized else b"") + body


def sized(width: int, height: int) -> tuple[tuple[int, int], ...]:
    """Write both sides in 16 bits each."""
    return (15, 4), (15, 4), (width - 1, 16), (height - 1, 16)


REDUCED = bits((0, 3), (1, 1), (1, 1), (4, 5), *sized(640, 480))
PLAIN = bits((0, 3), (0, 1), (0, 1), (0, 1), (0, 1), (0, 5), (0, 12), (4, 5), *sized(640, 480))
# Two operating points, a high level with its tier, and delays.
FULL = bits(
    *((0, 3), (0, 1), (0, 1), (0, 1), (1, 1), (1, 5)),
    *((0, 12), (9, 5), (1, 1), (1, 1), (7, 4)),
    *((0, 12), (4, 5), (0, 1)),
    *sized(640, 480),
)
TIMED = bits((0, 3), (0, 1), (0, 1), (1, 1), (1, 32), (1, 32), (1, 1))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (obu(1, REDUCED), Sequence(640, 480, still=True)),
        (DELIMITER + obu(1, REDUCED), Sequence(640, 480, still=True)),
        (DELIMITER + obu(1, REDUCED, sized=False), Sequence(640, 480, still=True)),
        (obu(1, REDUCED, extended=True), Sequence(640, 480, still=True)),
        (obu(1, PLAIN), Sequence(640, 480, still=False)),
        (obu(1, FULL), Sequence(640, 480, still=False)),
        (bytes([1 << 3 | 2, 0x80 | len(REDUCED), *[0x80] * 7]) + REDUCED, Sequence(640, 480, still=True)),
        (obu(1, TIMED), None),
        (obu(6, b"frame"), None),
        (DELIMITER * 20 + obu(1, REDUCED), None),
        (b"", None),
    ],
    ids=[
        "reduced",
        "delimiter",
        "no size",
        "extension",
        "plain",
        "full",
        "long size",
        "timing",
        "none",
        "late",
        "empty",
    ],
)
def test_the_sequence_header_tells_the_size(data: bytes, expected: Sequence | None) -> None:
    """Stills have a reduced one; what films have is left to the decoder."""
    assert expected == read_sequence(memoryview(data))


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (333, 77), (1, 300)])
def test_it_agrees_with_what_an_encoder_was_given(size: tuple[int, int]) -> None:
    """Written by Pillow with libaom."""
    out = io.BytesIO()
    Image.new("RGB", size).save(out, "AVIF", speed=10)

    assert size == (claims(out.getvalue()).width, claims(out.getvalue()).height)
    out_of_boxes = out.getvalue()[out.getvalue().index(b"mdat") + 4 :]
    assert Sequence(*size, still=True) == read_sequence(memoryview(out_of_boxes))


@pytest.mark.parametrize("size", [(16, 16), (480, 319), (481, 320), (5_000, 5_000)])
def test_boxes_that_claim_another_size_are_refused(size: tuple[int, int]) -> None:
    """Pillow would stretch the picture to it, whatever memory that takes."""
    data = avif()
    place = data.index(b"ispe")
    lying = data[: place - 4] + ispe(*size) + data[place + 16 :]

    width, height = size
    expected = f"its header says {width} × {height} px, its picture has 480 × 320 px."
    assert f"CORRUPT: The file is damaged: {expected}" == refusal(lying)


@pytest.mark.parametrize(("claimed", "good"), [((640, 480), True), ((320, 240), True), ((641, 480), False)])
def test_a_frame_may_be_smaller_than_its_sequence_allows(*, claimed: tuple[int, int], good: bool) -> None:
    """Only a still's reduced header fixes the size."""
    plain = obu(1, PLAIN)

    def built(offset: int) -> bytes:
        boxes = bare_heif({1: b"av01"}, properties=[ispe(*claimed)], brand=b"avif", iloc=iloc_of(1, offset, len(plain)))
        return boxes + plain

    data = built(len(built(0)) - len(plain))
    if good:
        assert Header(format="avif", width=claimed[0], height=claimed[1]) == claims(data)
    else:
        assert refusal(data).endswith("its picture has 640 × 480 px.")


@given(st.binary(max_size=80))
def test_noise_has_a_size_or_none(data: bytes) -> None:
    """Ends early at worst, which the walker calls truncated."""
    try:
        found = read_sequence(memoryview(data))
    except IndexError:
        return
    assert found is None or (found.width >= 1 and found.height >= 1)
