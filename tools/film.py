"""Record an edit in the page as an animated WebP: typing a command, its plan, live progress, before and after.

Scripted frames have fixed durations, so that a busy machine does not slow the film down. Frames of the running edit are
shown as long as they lasted, at most ``LONGEST_MS``.
"""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page, expect

COMMAND: Final = "make it black and white, increase contrast by 20% and add a vignette"
LETTERS_PER_FRAME: Final = 2
TYPING_MS: Final = 90
SLIDING_MS: Final = 60
READING_MS: Final = 1500
LOOKING_MS: Final = 3000
LONGEST_MS: Final = 500


@dataclass(slots=True)
class Film:
    """Frames, and how long each is shown (ms)."""

    frames: list[Image.Image] = field(default_factory=list[Image.Image])
    durations_ms: list[int] = field(default_factory=list[int])

    def add(self, png: bytes, duration_ms: int) -> None:
        """Add a frame; one that equals the last prolongs it."""
        frame = Image.open(io.BytesIO(png)).convert("RGB")
        if self.frames and frame.tobytes() == self.frames[-1].tobytes():
            self.durations_ms[-1] += duration_ms
        else:
            self.frames.append(frame)
            self.durations_ms.append(duration_ms)

    def save(self, path: Path) -> None:
        """Write an animated WebP that repeats for ever."""
        first, *others = self.frames
        first.save(
            path,
            save_all=True,
            append_images=others,
            duration=self.durations_ms,
            loop=0,
            quality=70,
            method=4,
            allow_mixed=True,
        )


def record(page: Page, path: Path) -> None:
    """Run one edit on the pictures of the open editor, and write its film to *path*."""
    film = Film()
    type_command(page, film)
    run(page, film)
    compare(page, film)
    film.save(path)


def type_command(page: Page, film: Film) -> None:
    """Type the command, a few letters per frame, and leave time to read its plan."""
    film.add(page.screenshot(), READING_MS)
    box = page.get_by_label("What should be done?")
    for at in range(0, len(COMMAND), LETTERS_PER_FRAME):
        box.press_sequentially(COMMAND[at : at + LETTERS_PER_FRAME])
        film.add(page.screenshot(), TYPING_MS)
    expect(page.get_by_role("button", name="Run on")).to_be_enabled()
    film.add(page.screenshot(), READING_MS)


def run(page: Page, film: Film) -> None:
    """Run the command, and follow the progress of all pictures."""
    page.get_by_role("button", name="Run on").click()
    while page.get_by_text("edited.").count() == 0:
        start = time.monotonic()
        png = page.screenshot()
        film.add(png, min(round(1000 * (time.monotonic() - start)), LONGEST_MS))
    page.wait_for_load_state("networkidle")
    film.add(page.screenshot(), READING_MS)


def compare(page: Page, film: Film) -> None:
    """Move the line between before and after."""
    line = page.get_by_role("slider")
    for percent in positions((50, 20, 80, 50), step=5):
        line.fill(str(percent))
        film.add(page.screenshot(), SLIDING_MS)
    film.add(page.screenshot(), LOOKING_MS)


def positions(stops: Sequence[int], *, step: int) -> list[int]:
    """Return every *step*-th position from stop to stop."""
    legs = pairwise(stops)
    return [at for start, end in legs for at in range(start, end, step if end > start else -step)] + [stops[-1]]
