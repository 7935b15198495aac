"""The ``darkroom`` command: find the program, then hand over to its command line.

A wheel keeps the whole program below this package, as it lies in the repository, so that an installation adds no other
name to Python's. In a checkout the program is the repository itself.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

INTERRUPTED = 130  # 128 + SIGINT, as shells count


def main() -> NoReturn:
    """Run the command line. Ctrl-C ends with one line, also while Python still imports."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave)
    sys.path.insert(0, str(program()))
    from darkroom.cli import run  # noqa: PLC0415 - not before Ctrl-C is handled

    sys.exit(run())


def program() -> Path:
    """Return the folder that holds the program's packages."""
    bundled = Path(__file__).with_name("program")
    return bundled if bundled.is_dir() else Path(__file__).parents[2]


def leave(*_: object) -> NoReturn:
    """Say one line and end at once: nothing has begun, and an exception could be lost inside an import."""
    os.write(2, b"\nError: interrupted before anything began\n")
    os._exit(INTERRUPTED)
