"""The HEIF and AVIF walker: the primary picture's claims, and its bytes inside the file."""

from __future__ import annotations

import struct

import pytest

from processor.imaging.structure import isobmff as walker
from processor.imaging.structure.header import Header
from testkit.photos import extra
from testkit.photos.extra import bare_heif, box, full_box, iloc_of, ispe, nclx
from testkit.photos.heif import avif, heic, transparent_heic
from testkit.photos.jpeg import cut, zero_tailed
from tests.imaging.structure.claims import claims, named, refusal

HEIC = Header(format="heic", width=64, height=48)
SIZE = ispe(64, 48)
NO_PRIMARY = "CORRUPT: The file is damaged: the HEIF file names no primary picture."
NO_SIZE = "CORRUPT: The file is damaged: the HEIF's primary picture has no size."
TOO_MANY = "TOO_MANY_FRAMES: The HEIF file holds too many pictures: expected at most 256 (of at most 1,024 tiles),"
UNSUPPORTED = "UNSUPPORTED_FORMAT: This kind of HEIF is not supported: expected HEVC or AV1 inside,"


def crowd(*, tiles: int = 0, pictures: int = 1) -> bytes:
    """Build a HEIF whose primary picture is a grid of *tiles*, or that holds *pictures*."""
    if not tiles:
        return bare_heif(dict.fromkeys(range(1, 1 + pictures), b"hvc1"), properties=[SIZE])
    made_of = range(2, 2 + tiles)
    return bare_heif({1: b"grid", **dict.fromkeys(made_of, b"hvc1")}, properties=[SIZE], tiles={1: made_of})


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_heic_tells_its_size_as_stored(orientation: int) -> None:
    """Before its rotation property is applied."""
    stored = (480, 320) if orientation == 1 else (320, 480)

    header = claims(heic(orientation=orientation))
    assert ("heic", *stored) == (header.format, header.width, header.height)


def test_an_alpha_plane_is_no_second_photo() -> None:
    """It is an auxiliary picture of the first."""
    assert ("heic", 1) == (claims(transparent_heic()).format, claims(transparent_heic()).frames)


def test_an_avif_is_told_by_its_codec_and_not_by_its_brand() -> None:
    """Both may call themselves ``mif1``."""
    assert ["avif", "avif"] == [
        claims(data).format for data in (avif(), bare_heif({1: b"av01"}, properties=[SIZE], brand=b"mif1"))
    ]


def test_newer_versions_of_the_boxes_have_wider_numbers() -> None:
    """Items beyond 65,535, more than 127 properties."""
    assert HEIC == claims(bare_heif({70_000: b"hvc1"}, primary=70_000, properties=[SIZE], wide=True))
    grid = {70_000: b"grid", 70_001: b"hvc1"}
    assert HEIC == claims(bare_heif(grid, primary=70_000, properties=[SIZE], tiles={70_000: [70_001]}, wide=True))


def test_a_grid_has_the_codec_of_its_tiles() -> None:
    """Phones cut photos into tiles of 512 px; the grid's own size counts."""
    tiles = dict.fromkeys(range(2, 50), b"hvc1")

    assert HEIC == claims(bare_heif({1: b"grid", **tiles}, properties=[SIZE], tiles={1: list(tiles)}))


def test_a_colour_named_by_code_points_is_read() -> None:
    """Primaries, transfer, matrix."""
    found = claims(bare_heif({1: b"av01"}, properties=[SIZE, box(b"colr", b"prof1234"), nclx(12, 13)], brand=b"avif"))

    assert (12, 13, 1) == found.nclx


def test_bytes_in_the_description_itself_are_whole_when_it_is() -> None:
    """Construction method 1 counts from the ``idat`` box."""
    assert HEIC == claims(bare_heif({1: b"hvc1"}, properties=[SIZE], iloc=iloc_of(1, 999_999, 9, method=1)))


@pytest.mark.parametrize("version", [0, 1, 2])
def test_a_picture_beyond_the_end_is_refused(version: int) -> None:
    """Whatever the version of the box that says where it lies."""
    data = bare_heif({1: b"hvc1"}, properties=[SIZE], iloc=iloc_of(1, 5_000, 99, version=version))

    expected = f"TRUNCATED: The file is incomplete: its picture needs 5,099 bytes and the file has {len(data)}."
    assert expected == refusal(data)


def test_what_only_looks_like_a_description_is_passed_over() -> None:
    """Items of another version, references and boxes of another kind."""
    odd = extra.infe(9, b"hvc1", version=2)[:8] + b"\0" + extra.infe(9, b"hvc1", version=2)[9:]
    more = full_box(b"iref", box(b"thmb", b"\0\1\0\1\0\1")) + box(b"abcd", odd) + box(b"iprp", box(b"abcd", b""))

    assert HEIC == claims(bare_heif({1: b"hvc1"}, properties=[SIZE], iloc=more))


@pytest.mark.parametrize(
    ("data", "expected"),
    named(
        [
            (
                bare_heif({1: b"hvc1"})[:24],
                "TRUNCATED: The file is incomplete: the HEIF file has no description of its pictures.",
            ),
            (bare_heif({1: b"hvc1"}, primary=None), NO_PRIMARY),
            (bare_heif({1: b"hvc1"}, primary=2), NO_PRIMARY),
            (bare_heif({1: b"hvc1"}), NO_SIZE),
            (bare_heif({1: b"hvc1"}, properties=[ispe(0, 9)]), NO_SIZE),
            (
                bare_heif({1: b"jpeg"}, properties=[SIZE]),
                f"{UNSUPPORTED} received 'jpeg'.",
            ),
            (
                crowd(tiles=1_098),
                f"{TOO_MANY} received 1,098.",
            ),
            (
                crowd(pictures=257),
                f"{TOO_MANY} received 257.",
            ),
            (
                bare_heif({1: b"hvc1"}, properties=[SIZE], iloc=extra.iloc_without_width(100)),
                "CORRUPT: The file is damaged: its pictures lie in more than 65,536 pieces.",
            ),
            (
                bare_heif({1: b"hvc1"}, iloc=full_box(b"iloc", b"\x44\0\0\2\0\1")),
                "CORRUPT: The file is damaged: a table runs past its end.",
            ),
            (
                box(b"ftyp", b"heic\0\0\0\0") + struct.pack(">I4s", 4, b"meta"),
                "CORRUPT: The file is damaged: a box is shorter than its own header.",
            ),
            (
                zero_tailed(heic(), 0.5),
                "TRUNCATED: The file is incomplete: the end of its picture is empty (zeros instead of data).",
            ),
        ]
    ),
)
def test_a_damaged_heif_is_refused_with_its_damage(data: bytes, expected: str) -> None:
    """Each sentence names the part that is missing or wrong."""
    assert expected == refusal(data)


def test_a_heic_that_was_cut_is_refused() -> None:
    """Its description, in front, says where the picture ends."""
    expected = "TRUNCATED: The file is incomplete: its picture needs 4,092 bytes and the file has 2,177."

    assert expected == refusal(cut(heic(), 0.5))


def test_an_image_sequence_without_a_still_picture_is_not_supported() -> None:
    """A film of HEVC frames; the file is whole."""
    sequence = extra.box(b"ftyp", b"msf1" + bytes(4) + b"msf1hevc") + extra.box(b"moov", bytes(64))

    expected = "UNSUPPORTED_FORMAT: This photo cannot be read: a HEIF image sequence without a still picture"
    assert refusal(sequence).startswith(expected)


def test_zeros_behind_the_last_box_are_padding() -> None:
    """Cameras align files to sectors."""
    assert HEIC == claims(bare_heif({1: b"hvc1"}, properties=[SIZE]) + bytes(512))


def test_a_number_without_a_kind_behind_the_last_box_is_padding() -> None:
    """It is too short for a box; one with a kind would be damage."""
    whole = box(b"free", b"")

    assert [b"free"] == [kind for kind, _ in walker.boxes(memoryview(whole + b"\0\0\0\4" + bytes(4)))]


def test_boxes_may_be_long_or_reach_to_the_end() -> None:
    """Sizes 1 (eight bytes follow) and 0 (the rest of the file) of ISO/IEC 14496-12."""
    data = bare_heif({1: b"hvc1"}, properties=[SIZE])
    meta = data.index(b"meta") - 4
    body = data[meta + 8 :]

    assert HEIC == claims(data[:meta] + struct.pack(">I4sQ", 1, b"meta", 16 + len(body)) + body)
    assert HEIC == claims(data[:meta] + struct.pack(">I4s", 0, b"meta") + body)


def test_endless_boxes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk ends, whatever the file says."""
    monkeypatch.setattr(walker, "MAX_BOXES", 50)

    expected = "CORRUPT: The file is damaged: it has more than 50 boxes."
    assert expected == refusal(box(b"ftyp", b"heic\0\0\0\0") + box(b"free", b"") * 60)
