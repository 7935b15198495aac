"""Freed memory stays for the next photo, up to a limit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from processor.imaging import allocator
from processor.imaging.allocator import KEPT_FREE_MIB, KEPT_MIB, private_mib, release_memory

FILL_AND_FREE = """
import sys
from processor.imaging.allocator import *
keep_freed_memory()
before = private_mib()
blocks = [b"x" * (20 << 20) for _ in range(int(sys.argv[1]) // 20)]
del blocks
kept = private_mib() - before
release_memory()
print(kept, private_mib() - before)
"""


def filled_and_freed(mib: int) -> list[int]:
    """Fill and free *mib* in blocks of 20 MiB in a fresh process; return what it holds before and after the release."""
    command = [sys.executable, "-c", FILL_AND_FREE, str(mib)]
    return [int(text) for text in subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()]


def test_freed_memory_is_kept_for_the_next_photo() -> None:
    """Below the limit nothing goes back to the system."""
    freed, kept = filled_and_freed(120)

    assert freed >= 110
    assert freed == kept


def test_beyond_the_limit_it_goes_back() -> None:
    """All but what the next photo begins with."""
    freed, kept = filled_and_freed(240)

    assert freed >= 230
    assert kept <= KEPT_FREE_MIB + 5


@pytest.mark.parametrize(("held", "expected"), [(KEPT_MIB, []), (KEPT_MIB + 1, [("malloc_trim", KEPT_FREE_MIB << 20)])])
def test_the_limit_itself_may_be_held(monkeypatch: pytest.MonkeyPatch, held: int, expected: list[object]) -> None:
    """Held memory counts, not free memory: a photo that leaves nothing costs nothing."""
    calls: list[object] = []
    monkeypatch.setattr(allocator, "private_mib", lambda: held)
    monkeypatch.setattr(allocator, "_libc", lambda *call: calls.append(call))
    release_memory()

    assert expected == calls


def test_a_system_that_does_not_tell_keeps_everything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without /proc there is no limit, and no error."""
    monkeypatch.setattr(allocator, "STATM", tmp_path / "missing")

    assert 0 == private_mib()


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Musl has neither function."""
    monkeypatch.setattr(allocator.ctypes, "CDLL", lambda _: object())
    monkeypatch.setattr(allocator, "private_mib", lambda: KEPT_MIB + 1)
    release_memory()
