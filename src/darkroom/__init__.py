"""Entry point of the ``darkroom`` command: find the program, then run its command line.

A wheel keeps the whole program below this package, as it lies in the repository, so that an installation adds no other
name to Python's (ADR 24). In a checkout the program is the repository itself.
"""

# Nothing else is imported here: until main() runs, Ctrl-C ends with a trace.
import os
import signal
import sys

INTERRUPTED = 130  # 128 + SIGINT, as shells count


def main() -> None:
    """Run the command line. Ctrl-C ends with one line, also while Python still imports."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave)
    sys.path.insert(0, program())
    from darkroom.cli import run  # noqa: PLC0415 - not before Ctrl-C is handled

    sys.exit(run())


def program() -> str:
    """Return the folder that holds the program's packages."""
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib takes 10 ms to import
    bundled = os.path.join(here, "program")  # noqa: PTH118
    return bundled if os.path.isdir(bundled) else os.path.dirname(os.path.dirname(here))  # noqa: PTH112, PTH120


def leave(*_: object) -> None:
    """Write one line and exit at once: nothing has begun, and an exception could be lost inside an import."""
    os.write(2, b"\nError: interrupted before anything began\n")
    os._exit(INTERRUPTED)
