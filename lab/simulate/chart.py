"""Draw a simulation: the backlog and the latency of uploads over the same hours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, PANEL, GAP, TOP = 800, 70, 20, 200, 70, 60
STYLE: Final = (
    "text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-size:16px;font-weight:600}.note{font-size:11px}"
    ".axis{stroke:#d0d7de}.ours{stroke:#bc4c00}.other{stroke:#8c959f}path{fill:none;stroke-width:2}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.axis{stroke:#484f58}}"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """Points (x in s, y), and what they are. *ours*: drawn in our colour."""

    label: str
    points: Sequence[tuple[float, float]]
    ours: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """Curves over one scale from *lowest* to *highest*; *log*: by powers of ten. *marks*: (y, its text)."""

    title: str
    curves: Sequence[Curve]
    lowest: float
    highest: float
    marks: Sequence[tuple[float, str]]
    log: bool = False

    def share(self, y: float) -> float:
        """Place *y* between bottom (0) and top (1)."""
        low, high, value = (
            math.log10(one) if self.log else one for one in (self.lowest, self.highest, max(y, self.lowest))
        )
        return min(1.0, (value - low) / (high - low))


def draw(title: str, note: str, panels: Sequence[Panel], *, hours: int) -> str:
    """Draw the panels below each other."""
    height = TOP + len(panels) * (PANEL + GAP) + 10
    drawn = "".join(draw_panel(panel, TOP + 20 + index * (PANEL + GAP), hours) for index, panel in enumerate(panels))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-label="{escape(title)}">'
        f'<style>{STYLE}</style><text class="title" x="0" y="20">{escape(title)}</text>'
        f'<text class="note" x="0" y="40">{escape(note)}</text>{drawn}</svg>\n'
    )


def draw_panel(panel: Panel, top: int, hours: int) -> str:
    """Draw one panel with its scales."""
    wide = WIDTH - LEFT - RIGHT
    parts = [f'<text x="0" y="{top - 8}">{escape(panel.title)}</text>']
    for y, text in panel.marks:
        at = top + PANEL * (1 - panel.share(y))
        parts.append(f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text class="note" x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{escape(text)}</text>')
    for hour in range(0, hours + 1, max(1, hours // 8)):
        at = LEFT + wide * hour / hours
        parts.append(f'<text class="note" x="{at:.1f}" y="{top + PANEL + 16}" text-anchor="middle">{hour} h</text>')
    for number, curve in enumerate(panel.curves):
        kind = "ours" if curve.ours else "other"
        points = " ".join(
            f"{LEFT + wide * x / 3600 / hours:.1f},{top + PANEL * (1 - panel.share(y)):.1f}" for x, y in curve.points
        )
        dash = f' stroke-dasharray="{number * 3} {number * 2}"' if number else ""
        parts.append(f'<path class="{kind}" d="M{points}"{dash}/>')
        parts.append(legend(curve.label, kind, dash, LEFT + number * 235, top + PANEL + 34))
    return "".join(parts)


def legend(label: str, kind: str, dash: str, x: int, y: int) -> str:
    """Label a curve."""
    line = f'<path class="{kind}" d="M{x},{y - 4} h24"{dash}/>'
    return f'{line}<text class="note" x="{x + 30}" y="{y}">{escape(label)}</text>'
