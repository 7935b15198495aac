"""Keep Python's garbage collector off libvips' threads.

libvips calls Python from threads of its own, to read a source or to log. A collection that starts there may release
images, and to release one libvips can wait for the very thread that runs the collection: a deadlock.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock


class _Pause:
    """Counts the blocks that hold the collector off, in all threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._blocks = 0
        self._enabled = False

    def begin(self) -> None:
        """Switch the collector off with the first block."""
        with self._lock:
            if not self._blocks:
                self._enabled = gc.isenabled()
                gc.disable()
            self._blocks += 1

    def end(self) -> None:
        """Switch it back as it was with the last block."""
        with self._lock:
            self._blocks -= 1
            if not self._blocks and self._enabled:
                gc.enable()


_PAUSE = _Pause()


@contextmanager
def collection_paused() -> Generator[None]:
    """Collect no garbage during the block, in which libvips reads a photo."""
    _PAUSE.begin()
    try:
        yield
    finally:
        _PAUSE.end()
