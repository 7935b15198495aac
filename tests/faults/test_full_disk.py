"""The disk that the tests of fault 26 call full is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import HANG_S

pytestmark = pytest.mark.stack

ROOT = Path(__file__).parents[2]
TRY = "import sys, tempfile, os; from tests.factories.invoked import full; sys.addaudithook(full); {}"


def tried(statement: str) -> str:
    """Run *statement* on a full disk; give the last line that the process says."""
    command = [sys.executable, "-c", TRY.format(statement)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=HANG_S)
    return ended.stderr.strip().rpartition("\n")[2]


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("open('x', 'w')", "no space left on device"),
        ("os.open('x', os.O_RDWR | os.O_CREAT)", "no space left on device"),
        ("tempfile.NamedTemporaryFile()", "No usable temporary directory found"),
        ("tempfile.mkdtemp()", "No usable temporary directory found"),
    ],
)
def test_writing_a_file_fails(statement: str, word: str) -> None:
    """The caller gets the error of a full disk."""
    assert word in tried(statement)


def test_memory_files_need_no_disk() -> None:
    """Reading goes on too."""
    assert tried("os.write(os.memfd_create('x'), b'x'); open(sys.executable).close()") == ""
