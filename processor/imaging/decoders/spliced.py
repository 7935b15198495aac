"""Present pieces of memory as one file to libvips, without a copy.

libvips reads from its own threads: read within ``collection_paused()``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final

import pyvips
from pyvips import Image

FINE_ZONE_BYTES: Final = 64


class Spliced:
    """A file of *pieces*, one after the other. *position*: how far its reader has come, in bytes.

    The last bytes before *watched* are handed out one by one, so that *position* tells exactly which were asked for.
    """

    def __init__(self, pieces: Sequence[memoryview | bytes], *, watched: int = 0) -> None:
        self._pieces = [memoryview(piece) for piece in pieces]
        self._starts = [0, *accumulate(map(len, self._pieces))]
        self._watched = watched
        self._fine_from = max(0, watched - FINE_ZONE_BYTES)
        self.position = 0

    def open(self, loader: Callable[..., Image], options: Mapping[str, Any]) -> Image:
        """Open it by one of libvips' source loaders; the position starts anew."""
        self.position = 0
        source: Any = pyvips.SourceCustom()
        # A JPEG of 9 MB is read in 2,200 parts: on_read() would put one more call around each.
        source.signal_connect("read", self.read_into)
        source.on_seek(self.seek)
        image: Any = loader(source, **options)
        # As Image.new_from_source does: what is computed from the image keeps the source alive.
        image._references.append(source)  # noqa: SLF001
        return image

    def read_into(self, buffer: Any) -> int:
        """Fill the front of *buffer* and move on; return the number of bytes, 0 at the end."""
        start = self.position
        stop = start + len(buffer)
        if start < self._watched and stop > self._fine_from:
            stop = self._fine_from if start < self._fine_from else start + 1
        number = bisect_right(self._starts, start) - 1
        if number >= len(self._pieces):
            return 0
        at = self._starts[number]
        chunk = self._pieces[number][start - at : stop - at]
        buffer[: len(chunk)] = chunk
        self.position += len(chunk)
        return len(chunk)

    def seek(self, offset: int, whence: int) -> int:
        """Move as io.IOBase.seek does; return the new position."""
        self.position = max(0, offset + (0, self.position, self._starts[-1])[whence])
        return self.position
