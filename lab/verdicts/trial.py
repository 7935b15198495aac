"""Render hostile files in a decoder child, as Lambda does with risky ones, and judge the results."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from lab.verdicts.families import Case
from processor.errors import PhotoError
from processor.imaging.isolation import child
from processor.imaging.renderer import Renderer
from processor.recipe import Recipe, Size
from processor.source import Source

RECIPE: Final = Recipe(sizes={"thumbnail": Size(width=400, height=400)})
SAMPLING_S: Final = 0.01
UNHARMED: Final = "unharmed"
UNSEEN: Final = "damage unseen"
HARMLESS: Final = "rendered"
WRONG: Final = "WRONG SUCCESS"
SAME: Final = 1.5
"""Mean difference of 8-bit values up to which two pictures are the same: coding noise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """The result for one file. *verdict*: an error code, or one of the four words above."""

    case: Case
    verdict: str
    seconds: float


class Judge:
    """Renders cases in one child, which is replaced when it dies. *peak_mib*: the most that a child held."""

    def __init__(self, renderer: Renderer) -> None:
        self.renderer = renderer
        self.peak_mib = 0.0
        self.goods: dict[bytes, bytes] = {}

    def judge(self, case: Case) -> Finding:
        """Render one file."""
        started = time.monotonic()
        try:
            with self.watched():
                thumbnail = self.thumbnail(case.data, case.name)
        except PhotoError as error:
            return Finding(case=case, verdict=error.verdict.value, seconds=time.monotonic() - started)
        seconds = time.monotonic() - started
        return Finding(case=case, verdict=self.success(case, thumbnail), seconds=seconds)

    def success(self, case: Case, thumbnail: bytes) -> str:
        """Compare a success with the picture that the file was made from; return one of the four words."""
        if case.good is None:
            return HARMLESS
        if case.good not in self.goods:
            self.goods[case.good] = self.thumbnail(case.good, "good")
        if same(thumbnail, self.goods[case.good]):
            return UNHARMED
        return WRONG if case.lossy else UNSEEN

    def thumbnail(self, data: bytes, name: str) -> bytes:
        """Render *data* to its smallest size; raise PhotoError."""
        with Source.from_bytes(data) as source:
            return self.renderer.render(source, RECIPE, file_name=name).renditions[0].data

    @contextmanager
    def watched(self) -> Generator[None]:
        """Note the children's memory during the block."""
        with decoders_watched() as peak:
            try:
                yield
            finally:
                self.peak_mib = max(self.peak_mib, peak[0])


@contextmanager
def decoders_watched() -> Generator[list[float]]:
    """Sample the resident memory of this process's decoder children; the list's one element is the peak in MiB."""
    peak, stop = [0.0], threading.Event()

    def watch() -> None:
        while not stop.wait(SAMPLING_S):
            peak[0] = max([peak[0], *map(resident_mib, decoders())])

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        stop.set()
        watcher.join()


def same(one: bytes, other: bytes) -> bool:
    """Return whether two renditions show the same picture."""
    pictures = [np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.int16) for data in (one, other)]
    return pictures[0].shape == pictures[1].shape and bool(np.abs(pictures[0] - pictures[1]).mean() <= SAME)


def decoders() -> list[str]:
    """List the ids of this process's decoder children (proc(5)).

    Until it executes its own program, a new child shares the memory of its parent: that is not what a decoder holds.
    """
    lists = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [pid for one in lists for pid in one.read_text(encoding="ascii").split() if is_decoder(pid)]


def is_decoder(pid: str) -> bool:
    """Return whether a process runs the decoder child's module."""
    try:
        return child.__name__.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def resident_mib(pid: str) -> float:
    """Return a process's resident memory in MiB; 0 when it has just ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
