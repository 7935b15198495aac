"""Whatever the bytes, a walker answers with a header or a verdict, and soon."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from time import process_time
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processor.errors import PhotoError
from processor.imaging.exif import read_exif
from processor.imaging.structure.walk import inspect_structure
from processor.recipe import DecodeLimits
from testkit.photos import extra
from testkit.photos.exif import exif
from testkit.photos.heif import avif, heic
from testkit.photos.jpeg import jpeg, private_jpeg
from testkit.photos.raster import animated_gif, animated_webp, bmp, png, tiff_photo, webp
from testkit.photos.raw import dng

HEIF: Final = extra.bare_heif(
    {1: b"grid", 2: b"hvc1", 3: b"hvc1"},
    properties=[extra.ispe(64, 48), extra.nclx(12, 13)],
    tiles={1: [2, 3]},
    iloc=extra.iloc_of(2, 20, 9),
)
GOOD: Final[Mapping[str, bytes]] = {
    "jpeg": private_jpeg(),
    "progressive": jpeg(progressive=True),
    "png": png("P", exif_block=exif()),
    "webp": webp(),
    "animated webp": animated_webp(9),
    "gif": animated_gif(),
    "tiff": tiff_photo(deflate=True),
    "bigtiff": tiff_photo(deflate=True, big=True),
    "bmp": bmp()[:600],
    "heic": heic(),
    "grid": HEIF,
    "avif": avif(),
    "dng": dng()[:2_000],
    "cr3": extra.cr3(),
    "raf": extra.raf(),
}
HEADS: Final = [data[:16] for data in GOOD.values()]
# JPEG markers; four letters of a PNG chunk, a RIFF chunk or a box; the introducers of GIF blocks; a TIFF's magic.
BOUNDARY: Final = re.compile(rb"\xff[\xc0-\xfe]|[A-Za-z][A-Za-z0-9 ]{3}|[\x21\x2c][\xf9\xfe\x01\xff\x00]|II\*\0|MM\0\*")
NEAR: Final = (-5, -4, -3, -1, 0, 1, 2, 3, 4, 5, 8, 9, 12)
HEAD_BYTES: Final = 160
HANG_S = 5.0
"""CPU time that only a walker without bounds takes for a few kilobytes; most files take less than a millisecond."""


def walk(data: bytes) -> None:
    """Walk *data*; anything but a header or a verdict fails, and so does a long walk."""
    started = process_time()
    with suppress(PhotoError):
        inspect_structure(memoryview(data), DecodeLimits(), raw_max_megapixels=160)
    assert process_time() - started < HANG_S


@pytest.mark.parametrize("name", GOOD)
def test_a_file_cut_anywhere_gets_a_verdict(name: str) -> None:
    """At every byte of its first 700, then at some hundred places."""
    data = GOOD[name]
    for end in [*range(min(700, len(data))), *range(700, len(data), 1 + len(data) // 200)]:
        walk(data[:end])


@pytest.mark.parametrize("name", GOOD)
def test_a_file_cut_at_any_boundary_gets_a_verdict(name: str) -> None:
    """Offsets at which a segment, chunk, box, block or directory begins or ends, and one byte before and after."""
    data = GOOD[name]
    marks = {match.start() for match in BOUNDARY.finditer(data)}
    for end in sorted({place + offset for place in marks for offset in NEAR if 0 <= place + offset <= len(data)}):
        walk(data[:end])


@pytest.mark.parametrize("name", GOOD)
def test_a_file_with_any_single_bit_flipped_gets_a_header_or_a_verdict(name: str) -> None:
    """Every bit of the head, where lengths and counts stand, and a bit of each of some hundred bytes behind it."""
    data = bytearray(GOOD[name])
    head = [(place, bit) for place in range(min(len(data), HEAD_BYTES)) for bit in range(8)]
    rest = [(place, place % 8) for place in range(HEAD_BYTES, len(data), 1 + len(data) // 300)]
    for place, bit in head + rest:
        data[place] ^= 1 << bit
        walk(bytes(data))
        data[place] ^= 1 << bit


@pytest.mark.parametrize("name", GOOD)
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_a_file_with_some_bytes_changed_gets_a_header_or_a_verdict(name: str, seed: int) -> None:
    """Lengths, counts and offsets among them: most lie near the start, and break at the ends of their range."""
    data, chance = bytearray(GOOD[name]), random.Random(seed)  # noqa: S311 - the same damage for the same seed
    last = len(data) - 1
    for _ in range(chance.randint(1, 8)):
        place = chance.randint(0, chance.choice((min(last, 499), last)))
        data[place] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))

    walk(bytes(data))


@given(head=st.sampled_from(HEADS), rest=st.binary(max_size=300))
@settings(max_examples=200)
def test_noise_behind_any_magic_number_gets_a_header_or_a_verdict(head: bytes, rest: bytes) -> None:
    """The magic number is the last thing that is believed."""
    walk(head + rest)


@given(st.binary(max_size=200))
def test_noise_gets_a_verdict(data: bytes) -> None:
    """Without any magic number."""
    walk(data)


@given(damage=st.data())
@settings(max_examples=100)
def test_a_damaged_exif_block_never_raises(damage: st.DataObject) -> None:
    """An unreadable value is absent; the photo is good."""
    block = bytearray(exif(orientation=6, private=True, artist="A", copyright_notice="B"))
    for place, value in damage.draw(
        st.lists(st.tuples(st.integers(0, len(block) - 1), st.integers(0, 255)), min_size=1, max_size=8)
    ):
        block[place] = value
    found = read_exif(bytes(block[: damage.draw(st.integers(0, len(block)))]))

    assert found.orientation in range(1, 9)
    assert "SERIAL" not in repr(found.camera)
    assert found.taken_at is None or len(found.taken_at) >= 19


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: extra.tiff_of_shared_values(4_000, 60_000), id="tiff values"),
        pytest.param(lambda: extra.bare_heif({1: b"hvc1"}, iloc=extra.iloc_without_width(5_000)), id="heif extents"),
        pytest.param(lambda: extra.tiff_of_sub_directories(100_000), id="tiff directories"),
    ],
)
def test_a_file_made_to_keep_the_walker_busy_is_refused_soon(make: Callable[[], bytes]) -> None:
    """Each claims gigabytes in a few kilobytes."""
    walk(make())
