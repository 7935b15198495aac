from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from bench.chart import bar_chart
from bench.run import DARKROOM
from tests.factories.measured import measured

SVG = "{http://www.w3.org/2000/svg}"


def widths(svg: str, kind: str) -> list[float]:
    """Read the lengths of the bars of one kind."""
    root = ET.fromstring(svg)  # noqa: S314 - our own text
    return [float(bar.attrib["width"]) for bar in root.iter(f"{SVG}rect") if bar.attrib["class"] == kind]


def test_bars_are_in_proportion_to_the_times() -> None:
    """All bars share one scale, wall and CPU alike."""
    svg = bar_chart(
        "A case", "here", [measured(DARKROOM, wall_ms=100, cpu_ms=200), measured("sharp", wall_ms=400, cpu_ms=50)]
    )

    wall, cpu = widths(svg, "wall"), widths(svg, "cpu")

    assert [1.0, 4.0] == [round(bar / wall[0], 2) for bar in wall]
    assert [2.0, 0.5] == [round(bar / wall[0], 2) for bar in cpu]


def test_names_are_escaped() -> None:
    """A peer's name is text, never markup."""
    svg = bar_chart("<b>", "a & b", [measured("x < y")])

    assert {"<b>", "a & b", "x < y"} <= {text.text for text in ET.fromstring(svg).iter(f"{SVG}text")}  # noqa: S314


def test_only_our_own_bars_stand_out() -> None:
    """The reader finds Darkroom at a glance."""
    svg = bar_chart("A case", "here", [measured("sharp"), measured(DARKROOM)])

    assert 1 == len(re.findall('class="ours"', svg))
