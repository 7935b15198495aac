from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from bench.chart import bar_chart
from bench.run import DARKROOM, Measurement

SVG = "{http://www.w3.org/2000/svg}"


def measured(peer: str, wall_ms: float, cpu_ms: float) -> Measurement:
    """Make a measurement of *peer*."""
    return Measurement(
        peer=peer, wall_ms=wall_ms, cpu_ms=cpu_ms, cold_ms=wall_ms, peak_rss_mib=64, outputs=(), versions={}
    )


def widths(svg: str, kind: str) -> list[float]:
    """Read the lengths of the bars of one kind."""
    root = ET.fromstring(svg)  # noqa: S314 - our own text
    return [float(bar.attrib["width"]) for bar in root.iter(f"{SVG}rect") if bar.attrib["class"] == kind]


def test_bars_are_in_proportion_to_the_times() -> None:
    """All bars share one scale, wall and CPU alike."""
    svg = bar_chart("A case", "here", [measured(DARKROOM, 100, 200), measured("sharp", 400, 50)])

    wall, cpu = widths(svg, "wall"), widths(svg, "cpu")

    assert [1.0, 4.0] == [round(bar / wall[0], 2) for bar in wall]
    assert [2.0, 0.5] == [round(bar / wall[0], 2) for bar in cpu]


def test_names_are_escaped() -> None:
    """A peer's name is text, never markup."""
    svg = bar_chart("<b>", "a & b", [measured("x < y", 1, 1)])

    assert {"<b>", "a & b", "x < y"} <= {text.text for text in ET.fromstring(svg).iter(f"{SVG}text")}  # noqa: S314


def test_only_our_own_bars_stand_out() -> None:
    """The reader finds Darkroom at a glance."""
    svg = bar_chart("A case", "here", [measured("sharp", 1, 1), measured(DARKROOM, 1, 1)])

    assert 1 == len(re.findall('class="ours"', svg))
