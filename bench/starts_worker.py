"""Start one function in this fresh process: ``python -m bench.starts_worker FUNCTION`` prints what that took.

The clock runs over the imports and the making of AWS clients, as Lambda's init phase and the first event do; what is
imported here before it starts is the interpreter's own. Two secrets of the edit API are not asked for.
"""

# ruff: noqa: PLC0415 - what is measured is imported while the clock runs
from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping

HEAVY = ("PIL", "numpy", "pillow_heif", "pyvips", "rawpy", "httpx", "ssrfguard")
"""Modules that only some photos, or some addresses, need."""


def _rendition() -> None:
    from processor.handlers import rendition

    rendition.worker()


def _edit() -> None:
    from processor.handlers import edit

    edit.worker()


def _edit_api() -> None:
    from processor.api import asgi

    class ParameterStore:
        """Knows a secret without asking for it."""

        def __init__(self, **_: object) -> None:
            pass

        def read(self, name: str) -> str:
            return name

    known: dict[str, object] = asgi.__dict__
    known["ParameterStore"] = ParameterStore
    asgi.application()


FUNCTIONS: Mapping[str, Callable[[], None]] = {"rendition": _rendition, "edit": _edit, "edit-api": _edit_api}


def main(function: str) -> None:
    """Start and print."""
    cpu, wall = time.process_time(), time.perf_counter()
    FUNCTIONS[function]()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    report = {"cpu_ms": cpu * 1000, "wall_ms": wall * 1000, "heavy": [name for name in HEAVY if name in sys.modules]}
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
