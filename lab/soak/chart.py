"""Draw the memory of each process over the run as SVG: one line each, for light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

from lab.soak.sampling import EMULATOR, Sample

WIDTH: Final = 800
HEIGHT: Final = 360
LEFT: Final = 50
RIGHT: Final = 190
TOP: Final = 40
BOTTOM: Final = 30
COLOURS: Final = ("#bc4c00", "#0969da", "#1a7f37", "#8250df", "#bf3989", "#9a6700", "#57606a", "#0550ae")
STYLE: Final = (
    "text{font:12px system-ui,sans-serif;fill:#24292f}.title{font-size:15px;font-weight:600}"
    "polyline{fill:none;stroke-width:1.5}.axis{stroke:#8c959f}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}}"
)


def chart(samples: Sequence[Sample], note: str) -> str:
    """Draw all processes but the emulator, whose memory is its store."""
    names = sorted({name for one in samples for name in one.usages} - {EMULATOR})
    longest = max((one.at_s for one in samples), default=1.0)
    most = max((usage.rss_mib for one in samples for name, usage in one.usages.items() if name in names), default=1.0)
    drawn = "".join(series(samples, name, at, (longest, most)) for at, name in enumerate(names))
    base = HEIGHT - BOTTOM
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-label="{escape(note)}">'
        f"<style>{STYLE}</style>"
        f'<text class="title" x="0" y="20">{escape(note)}</text>'
        f'<path class="axis" d="M{LEFT} {TOP}V{base}H{WIDTH - RIGHT}" fill="none"/>'
        f'<text x="0" y="{TOP + 5}">{most:.0f} MiB</text><text x="{LEFT - 14}" y="{base}">0</text>'
        f'<text x="{WIDTH - RIGHT - 40}" y="{HEIGHT - 8}">{longest / 60:.0f} min</text>{drawn}</svg>\n'
    )


def series(samples: Sequence[Sample], name: str, at: int, most: tuple[float, float]) -> str:
    """Draw one process and its name."""
    across, up = (WIDTH - LEFT - RIGHT) / most[0], (HEIGHT - TOP - BOTTOM) / most[1]
    points = " ".join(
        f"{LEFT + one.at_s * across:.1f},{HEIGHT - BOTTOM - one.usages[name].rss_mib * up:.1f}"
        for one in samples
        if name in one.usages
    )
    colour, row = COLOURS[at % len(COLOURS)], TOP + 12 + at * 18
    return (
        f'<polyline stroke="{colour}" points="{points}"/>'
        f'<rect x="{WIDTH - RIGHT + 14}" y="{row - 9}" width="10" height="10" fill="{colour}"/>'
        f'<text x="{WIDTH - RIGHT + 30}" y="{row}">{escape(name)}</text>'
    )
