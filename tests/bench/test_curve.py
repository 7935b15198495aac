from __future__ import annotations

from xml.etree import ElementTree as ET

from bench.curve import Point, by_kind, cheapest, failed, one_for_all, point, vcpus
from bench.curve_chart import curve_chart

SVG = "{http://www.w3.org/2000/svg}"


def at(memory_mib: int, usd: float, *, kind: str = "JPEG", seconds: float = 1.0, rss: float = 200) -> Point:
    """Make a point."""
    return Point(kind=kind, memory_mib=memory_mib, seconds=seconds, peak_rss_mib=rss, usd_per_1000=usd)


def test_1769_mib_are_one_vcpu() -> None:
    """As AWS documents."""
    assert 1.0 == vcpus(1769)


def test_a_point_is_billed_for_the_network_too() -> None:
    """850 ms and the assumed 150 ms at 2 GB: 2,000 GB-seconds for 1,000 photos."""
    found = point("JPEG", 2048, wall_ms=850, peak_rss_mib=200, usd_per_gb_s=0.00001)

    assert (1.0, 0.02) == (found.seconds, found.usd_per_1000)


def test_a_point_fits_when_the_memory_alarm_stays_silent() -> None:
    """The runtime's 64 MiB count, and 90 % is the alarm."""
    assert at(1000, 1, rss=836).fits
    assert not at(1000, 1, rss=837).fits


def test_the_cheapest_must_fit_and_render() -> None:
    """A failed point costs nothing and is still not the cheapest."""
    points = [failed("JPEG", 512, "DECODE_TIMEOUT"), at(768, 0.01, rss=700), at(1024, 0.03), at(1769, 0.04)]

    best = cheapest(points)

    assert best is not None
    assert 1024 == best.memory_mib
    assert cheapest(points[:2]) is None


def test_of_two_that_cost_the_same_the_faster_is_taken() -> None:
    """CPU-bound work costs the same at every size."""
    best = cheapest([at(1024, 0.03, seconds=2), at(2048, 0.03, seconds=1)])

    assert best is not None
    assert 2048 == best.memory_mib


def test_one_size_for_all_must_fit_every_kind() -> None:
    """The largest kind decides; the mean says what that costs."""
    small = [at(512, 0.01), at(1024, 0.02), at(2048, 0.04)]
    large = [at(512, 0.1, kind="RAW", rss=600), at(1024, 0.2, kind="RAW", rss=600), failed("RAW", 2048, "CORRUPT")]

    assert {1024: 0.11} == one_for_all(by_kind([*small, *large]))


def test_curves_are_sorted_by_memory() -> None:
    """Whatever the order of measuring."""
    curves = by_kind([at(2048, 1), at(512, 1), at(1024, 1, kind="RAW")])

    assert {"JPEG": [512, 2048], "RAW": [1024]} == {
        kind: [one.memory_mib for one in points] for kind, points in curves.items()
    }


def test_the_chart_shows_what_does_not_fit_and_rings_the_cheapest() -> None:
    """A hollow point, two full ones, one ring."""
    points = [at(512, 0.01, rss=600), at(1024, 0.02), at(2048, 0.04), failed("JPEG", 256, "DECODE_TIMEOUT")]

    svg = ET.fromstring(curve_chart({"JPEG <1>": points}, "here & now"))  # noqa: S314 - our own text

    circles = [circle.attrib["class"] for circle in svg.iter(f"{SVG}circle")]
    assert ["hollow", "full", "full", "hollow best"] == circles
    assert {"JPEG <1>", "here & now"} <= {text.text for text in svg.iter(f"{SVG}text")}


def test_points_lie_where_their_figures_say() -> None:
    """Half the memory is half the way; half the cost is half the height."""
    svg = ET.fromstring(curve_chart({"JPEG": [at(1000, 0.02), at(2000, 0.04)]}, ""))  # noqa: S314

    line = next(svg.iter(f"{SVG}polyline")).attrib["points"]
    (left, low), (right, high) = [[float(value) for value in pair.split(",")] for pair in line.split()]
    zero = next(float(text.attrib["y"]) - 4 for text in svg.iter(f"{SVG}text") if text.text == "$0.000")
    assert (left - 64) * 2 == right - 64
    assert (zero - low) * 2 == zero - high


def test_a_chart_of_nothing_can_be_drawn() -> None:
    """A run in which every photo failed still ends."""
    assert "<svg" in curve_chart({"JPEG": [failed("JPEG", 512, "CORRUPT")]}, "")
