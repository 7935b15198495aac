"""Draw one case as an SVG bar chart: wall and CPU time of each peer, in both light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from bench.run import DARKROOM, Measurement

WIDTH, LABEL_WIDTH, VALUE_WIDTH = 800, 170, 240
BAR_HEIGHT, BAR_GAP, ROW_HEIGHT, TOP, BOTTOM = 12, 2, 40, 56, 34
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-size:16px;font-weight:600}.note{font-size:11px}"
    ".wall{fill:#8c959f}.cpu{fill:#d0d7de}.ours .wall{fill:#bc4c00}.ours .cpu{fill:#f0b48a}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.cpu{fill:#484f58}}"
)


def bar_chart(title: str, note: str, measurements: Sequence[Measurement]) -> str:
    """Draw the bars, one scale for all; *note* says where and when."""
    longest = max((max(it.wall_ms, it.cpu_ms) for it in measurements), default=1.0)
    scale = (WIDTH - LABEL_WIDTH - VALUE_WIDTH) / longest
    height = TOP + ROW_HEIGHT * len(measurements) + BOTTOM
    rows = "".join(_row(it, TOP + index * ROW_HEIGHT, scale) for index, it in enumerate(measurements))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-label="{escape(title)}">'
        f"<style>{STYLE}</style>"
        f'<text class="title" x="0" y="22">{escape(title)}</text>'
        f'<text class="note" x="0" y="42">Upper bar: wall time. Lower bar: CPU time. Shorter is better.</text>'
        f'{rows}<text class="note" x="0" y="{height - 8}">{escape(note)}</text></svg>\n'
    )


def _row(it: Measurement, top: int, scale: float) -> str:
    kind = ' class="ours"' if it.peer == DARKROOM else ""
    wall, cpu = it.wall_ms * scale, it.cpu_ms * scale
    below = top + BAR_HEIGHT + BAR_GAP
    values = f"{it.wall_ms:.0f} ms · CPU {it.cpu_ms:.0f} ms · {it.peak_rss_mib:.0f} MiB"
    return (
        f'<g{kind}><text x="0" y="{top + BAR_HEIGHT + 5}">{escape(it.peer)}</text>'
        f'<rect class="wall" x="{LABEL_WIDTH}" y="{top}" width="{wall:.1f}" height="{BAR_HEIGHT}"/>'
        f'<rect class="cpu" x="{LABEL_WIDTH}" y="{below}" width="{cpu:.1f}" height="{BAR_HEIGHT}"/>'
        f'<text x="{LABEL_WIDTH + max(wall, cpu) + 8:.1f}" y="{top + BAR_HEIGHT + 5}">{values}</text></g>'
    )
