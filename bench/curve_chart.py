"""Draw what 1,000 photos cost over the size of memory: a line per kind, in both light and dark pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from bench.curve import Point, cheapest

WIDTH, HEIGHT = 800, 430
LEFT, RIGHT, TOP, BOTTOM = 64, 590, 60, 370
LABEL_STEP = 20
TITLE = "Compute cost of 1,000 photos over Lambda memory"
LEGEND = "Hollow: does not fit beside the runtime. Ringed: the cheapest that fits."
COLOURS = ("#bc4c00", "#0969da", "#8250df", "#1a7f37", "#bf3989", "#8c959f")
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#24292f}.title{font-size:16px;font-weight:600}.note{font-size:11px}"
    ".grid{stroke:#d0d7de}.hollow{fill:none}.line{fill:none;stroke-width:2}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.grid{stroke:#30363d}}"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """From MiB and USD to places on the page; both begin at zero."""

    most_mib: int
    most_usd: float

    def x(self, mib: float) -> float:
        """Place a size of memory."""
        return LEFT + (RIGHT - LEFT) * mib / self.most_mib

    def y(self, usd: float) -> float:
        """Place a cost."""
        return BOTTOM - (BOTTOM - TOP) * usd / self.most_usd


def curve_chart(curves: Mapping[str, Sequence[Point]], note: str) -> str:
    """Draw the curves on one scale; *note* says where and when."""
    rendered = {kind: [it for it in points if not it.failure] for kind, points in curves.items()}
    everything = [it for points in rendered.values() for it in points]
    scale = Scale(
        most_mib=max((it.memory_mib for it in everything), default=1),
        most_usd=max((it.usd_per_1000 for it in everything), default=1.0),
    )
    lines = "".join(_curve(kind, points, scale, index) for index, (kind, points) in enumerate(rendered.items()))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{TITLE}">'
        f'<style>{STYLE}</style><text class="title" x="0" y="22">{TITLE}</text>'
        f'<text class="note" x="0" y="42">{LEGEND}</text>'
        f"{_grid(sorted({it.memory_mib for it in everything}), scale)}{lines}"
        f'<text class="note" x="0" y="{HEIGHT - 8}">{escape(note)}</text></svg>\n'
    )


def _grid(sizes: Sequence[int], scale: Scale) -> str:
    """Draw a line at each size, and at each quarter of the highest cost."""
    columns = "".join(
        f'<line class="grid" x1="{scale.x(mib):.1f}" x2="{scale.x(mib):.1f}" y1="{TOP}" y2="{BOTTOM}"/>'
        f'<text text-anchor="middle" x="{scale.x(mib):.1f}" y="{BOTTOM + 18}">{mib}</text>'
        for mib in sizes
    )
    rows = "".join(
        f'<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{scale.y(usd):.1f}" y2="{scale.y(usd):.1f}"/>'
        f'<text text-anchor="end" x="{LEFT - 6}" y="{scale.y(usd) + 4:.1f}">${usd:.3f}</text>'
        for usd in (scale.most_usd * quarter / 4 for quarter in range(5))
    )
    return f'{columns}{rows}<text text-anchor="middle" x="{(LEFT + RIGHT) / 2}" y="{BOTTOM + 36}">MiB</text>'


def _curve(kind: str, points: Sequence[Point], scale: Scale, index: int) -> str:
    """Draw one kind: its line, its points, the ring and its name in the legend."""
    colour, best = COLOURS[index % len(COLOURS)], cheapest(points)
    places = [(scale.x(it.memory_mib), scale.y(it.usd_per_1000), it) for it in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in places)
    dots = "".join(_circle(x, y, 4, "full" if it.fits else "hollow") for x, y, it in places)
    ring = "".join(_circle(x, y, 8, "hollow best") for x, y, it in places if it == best)
    line = f'<polyline class="line" points="{path}"/>'
    return f'<g fill="{colour}" stroke="{colour}">{line}{dots}{ring}</g>{_legend(kind, colour, index)}'


def _legend(kind: str, colour: str, index: int) -> str:
    at = TOP + 10 + index * LABEL_STEP
    box = f'<rect x="{RIGHT + 16}" y="{at - 9}" width="10" height="10" fill="{colour}"/>'
    return f'{box}<text x="{RIGHT + 32}" y="{at}">{escape(kind)}</text>'


def _circle(x: float, y: float, radius: int, kind: str) -> str:
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>'
