"""Check the measured time and memory of a rendering."""

from __future__ import annotations

import re
from collections.abc import Iterator
from mmap import PAGESIZE, mmap
from pathlib import Path
from threading import Thread
from time import sleep

import pytest

from processor.imaging import measure
from processor.imaging.measure import PeakMemory, Stopwatch


def test_steps_add_up_in_the_order_of_their_first_start() -> None:
    """Threads add to the same sums."""
    watch = Stopwatch()

    def work() -> None:
        with watch.step("encode"):
            sleep(0.02)

    with watch.step("decode"):
        pass
    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ["decode", "encode"] == list(watch.steps_ms)
    assert watch.steps_ms["encode"] >= 40


def test_a_step_that_fails_is_timed() -> None:
    """The time until a failure counts too."""
    watch = Stopwatch()

    with pytest.raises(KeyError), watch.step("decode"):
        raise KeyError

    assert ["decode"] == list(watch.steps_ms)


def test_waiting_for_items_is_timed_and_their_use_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """A generator's work counts, its consumer's does not."""
    now = [100.0]
    monkeypatch.setattr(measure, "perf_counter", lambda: now[0])
    watch = Stopwatch()

    def items() -> Iterator[int]:
        for number in range(3):
            now[0] += 0.005
            yield number

    seen: list[int] = []
    for number in watch.each("decode", items()):
        seen.append(number)
        now[0] += 0.05

    assert [0, 1, 2] == seen
    assert {"decode": 15.0} == watch.steps_ms


def test_peak_memory_counts_released_memory() -> None:
    """60 MiB that are touched and released count."""
    memory = PeakMemory()
    before = memory.mib()
    with mmap(-1, 60 << 20) as block:  # new pages, whatever freed memory this process still holds
        for page in range(0, len(block), PAGESIZE):
            block[page] = 1

    assert memory.mib() >= before + 50


def test_peak_memory_falls_back_to_the_process_total(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Systems without /proc know the peak since the start."""
    monkeypatch.setattr(measure, "STATUS", tmp_path / "missing")
    monkeypatch.setattr(measure, "CLEAR_REFS", tmp_path / "none" / "missing")

    assert PeakMemory().mib() > 10


def test_peak_memory_reads_the_systems_own_number(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """VmHWM, in kB; a status without it is no error."""
    status, cleared = tmp_path / "status", tmp_path / "clear_refs"
    monkeypatch.setattr(measure, "STATUS", status)
    monkeypatch.setattr(measure, "CLEAR_REFS", cleared)
    status.write_text("Name:\tx\nVmHWM:\t  204800 kB\n")
    cleared.touch()

    assert 200 == PeakMemory().mib()
    assert "5" == cleared.read_text()
    status.write_text("Name:\tx\n")
    assert re.fullmatch(r"[1-9]\d+", str(PeakMemory().mib()))
