"""Check the claims of a file against the limits of the settings."""

from __future__ import annotations

import pytest

from processor.errors import PhotoError
from processor.imaging.model import ImageFormat
from processor.imaging.structure.header import Header, needs_memory, refuse_zero_tail, size_lie
from processor.imaging.structure.walk import check_limits
from processor.recipe import DecodeLimits
from testkit.photos import hostile
from testkit.photos.heif import heic
from tests.imaging.structure.claims import claims, named, refusal

LIMITS = DecodeLimits(max_dimension_px=1_000, max_megapixels=1, max_frames=10)


def header(width: int = 10, height: int = 10, *, frames: int = 1, scans: int = 1) -> Header:
    """Make the claims of a JPEG."""
    return Header(format="jpeg", width=width, height=height, frames=frames, scans=scans)


@pytest.mark.parametrize("good", [header(1_000, 1_000), header(frames=10), header(1_000, 1_000, scans=4_000)], ids=str)
def test_claims_up_to_the_limits_pass(good: Header) -> None:
    """Limits are inclusive."""
    check_limits(good, LIMITS, raw_max_megapixels=160)


@pytest.mark.parametrize(
    ("bad", "verdict", "finding"),
    [
        (
            header(1_001, 10),
            "DIMENSIONS_TOO_LARGE",
            "The photo is too large: expected sides of at most 1,000 px, received 1,001 × 10 px (0.0 MP).",
        ),
        (
            header(10, 1_001),
            "DIMENSIONS_TOO_LARGE",
            "The photo is too large: expected sides of at most 1,000 px, received 10 × 1,001 px (0.0 MP).",
        ),
        (
            header(frames=1_234),
            "TOO_MANY_FRAMES",
            "The animation is too long: expected at most 10 frames, received 1,234.",
        ),
        (
            header(1_000, 1_000, scans=4_001),
            "TOO_MANY_SCANS",
            "The progressive JPEG has too many scans for its size: expected at most 4,000, received 4001.",
        ),
    ],
    ids=["width", "height", "frames", "scans"],
)
def test_claims_beyond_the_limits_are_refused(bad: Header, verdict: str, finding: str) -> None:
    """The sentence says what is allowed and what was found."""
    with pytest.raises(PhotoError) as caught:
        check_limits(bad, LIMITS, raw_max_megapixels=160)

    assert (verdict, finding) == (caught.value.code, caught.value.finding)


def test_a_raw_has_a_limit_of_its_own() -> None:
    """Medium-format sensors exceed what other photos may have."""
    raw = Header(format="raw", width=2_000, height=2_000)
    limits = DecodeLimits(max_megapixels=1)

    check_limits(raw, limits, raw_max_megapixels=4)
    with pytest.raises(PhotoError, match=r"expected at most 3\.5 megapixels, received 2,000 × 2,000 px \(4\.0 MP\)"):
        check_limits(raw, limits, raw_max_megapixels=3.5)


@pytest.mark.parametrize(
    ("data", "expected"),
    named(
        [
            (
                data,
                f"DIMENSIONS_TOO_LARGE: The photo is too large: expected at most 250 megapixels, received {size}.",
            )
            for data, size in (
                (hostile.png_header(17_000, 17_000), "17,000 × 17,000 px (289.0 MP)"),
                (hostile.webp_header(16_000, 16_000), "16,000 × 16,000 px (256.0 MP)"),
                (hostile.jpeg_header(20_000, 20_000), "20,000 × 20,000 px (400.0 MP)"),
                (hostile.gif_screen(30_000, 30_000), "30,000 × 30,000 px (900.0 MP)"),
            )
        ]
    ),
)
def test_a_bomb_of_any_format_is_refused_by_its_header(data: bytes, expected: str) -> None:
    """A 34-byte WebP took Pillow 3.5 GB."""
    assert expected == refusal(data)


def test_a_bomb_as_tiff_is_refused_for_the_pixels_it_lacks() -> None:
    """It is uncompressed, so its size is known."""
    assert refusal(hostile.tiff_header(20_000, 20_000)).startswith("TRUNCATED: ")


def test_a_header_that_ends_early_is_truncated() -> None:
    """Whatever the walker was about to read."""
    expected = "TRUNCATED: The file is incomplete: it ends inside its own header."

    assert expected == refusal(b"BM" + bytes(12) + b"\x28\0\0\0")


@pytest.mark.parametrize(
    ("kind", "scans", "needed"), [("heic", 1, 1907), ("avif", 1, 5245), ("webp", 1, 3337), ("jpeg", 8, 1430)]
)
def test_what_cannot_fit_into_memory_is_refused_before_it_is_decoded(
    kind: ImageFormat, scans: int, needed: int
) -> None:
    """With what it takes at least: 500 megapixels in 1,200 MiB."""
    large = Header(format=kind, width=25_000, height=20_000, scans=scans)
    limits = DecodeLimits(max_megapixels=500, decoder_memory_mib=1_200)
    with pytest.raises(PhotoError) as caught:
        check_limits(large, limits, raw_max_megapixels=160)

    expected = f"expected at most 1,200 MiB, received a photo that takes at least {needed:,} MiB."
    assert "DECODER_OUT_OF_MEMORY" == caught.value.code
    assert f"The photo needs too much memory to decode: {expected}" == caught.value.finding


@pytest.mark.parametrize("kind", ["jpeg", "png", "tiff"])
def test_what_is_read_row_by_row_has_no_need_of_memory(kind: ImageFormat) -> None:
    """A baseline JPEG of 250 megapixels is shrunk while loading, into 200 MiB."""
    check_limits(Header(format=kind, width=17_320, height=14_430), DecodeLimits(), raw_max_megapixels=160)


def test_megapixels_count_in_millions() -> None:
    """As cameras do."""
    assert 24.0 == header(6_000, 4_000).megapixels


def test_a_size_lie_names_both_sizes() -> None:
    """The header's first."""
    expected = "The file is damaged: its header says 10 × 10 px, its picture has 3 × 4 px."
    assert expected == size_lie(header(), 3, 4).finding


@pytest.mark.parametrize("coded", [b"", bytes(127), b"x" * 64 + bytes(63), b"x" * 100 + bytes(100) + b"x"], ids=len)
def test_short_runs_of_zeros_are_data(coded: bytes) -> None:
    """Only a long run at the very end means that a file was cut and padded."""
    refuse_zero_tail(memoryview(coded), "it")


def test_a_long_run_of_zeros_at_the_end_is_a_cut() -> None:
    """64 bytes: no coder ends like that."""
    with pytest.raises(
        PhotoError, match=r"^The file is incomplete: the end of it is empty \(zeros instead of data\)\.$"
    ):
        refuse_zero_tail(memoryview(b"x" * 64 + bytes(64)), "it")


def test_the_limits_of_the_settings_apply_to_the_whole_file() -> None:
    """Not only to headers made in a test."""
    assert refusal(heic(), DecodeLimits(max_dimension_px=479)).startswith("DIMENSIONS_TOO_LARGE: ")
    assert 480 == claims(heic(), DecodeLimits(max_dimension_px=480)).width


def test_too_much_memory_is_one_sentence_with_the_limit_where_it_is_known() -> None:
    """A decoder without memory does not know its limit; its parent does."""
    assert "The photo needs too much memory to decode." == needs_memory().finding
    assert "The photo needs too much memory to decode: expected at most 64 MiB." == needs_memory(64).finding
