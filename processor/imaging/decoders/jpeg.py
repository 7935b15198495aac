"""Read JPEG by libvips and notice lost pixels, also where libjpeg would only report them at the end of its file.

libvips stops reading when it has all rows: it never meets the bytes that a damaged scan leaves over before the next
marker ("extraneous bytes" to libjpeg). So its reading is watched, byte by byte where the scan ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyvips
from pyvips import Image

from processor.errors import PhotoError
from processor.imaging.decoders.damage import forget_warnings, refuse_damage
from processor.imaging.decoders.spliced import Spliced
from processor.imaging.geometry import Box
from processor.imaging.structure.header import Header, corrupt, truncated
from processor.imaging.structure.jpeg import end_of_coded_data
from processor.source import Source

END_MARKER: Final = b"\xff\xd9"
PADDING: Final = (b"\0", b"\xff")
"""Some cameras fill the scan up to a round size."""
SHRINKS: Final = (8, 4, 2)
"""libjpeg-turbo scales by these in its inverse DCT: cheaper than decoding all and as good."""


def jpeg_shrink(stored: Box, frame: Box) -> int:
    """Return the largest factor by which a JPEG of *stored* px may shrink while loading and still fill *frame*."""
    return next((n for n in SHRINKS if Box(stored.width // n, stored.height // n).holds(frame)), 1)


class Jpeg:
    """A JPEG to be read once. *header* from its structure walk."""

    def __init__(self, source: Source, header: Header) -> None:
        self._source = source
        self._header = header
        self._scan_start, self._scan_end = header.scan or (0, 0)
        self._pieces = (source.view, END_MARKER) if header.unfinished else (source.view,)
        self._watched: Spliced | None = None

    def open(self, options: Mapping[str, Any]) -> Image:
        """Open lazily. All of libjpeg's warnings are kept, not the first alone; scans were counted by the walk."""
        options = {**options, "access": "sequential", "fail_on": "truncated", "unlimited": True}
        if not self._scan_end and not self._header.unfinished:
            return Image.jpegload_source(pyvips.Source.new_from_memory(self._source.view), **options)
        self._watched = Spliced(self._pieces, watched=self._scan_end)
        return self._watched.open(Image.jpegload_source, options)

    def refuse_damage(self) -> None:
        """Raise CORRUPT or TRUNCATED when the pixels that were read are not those of the photo."""
        try:
            refuse_damage(harmless=self._header.strays)
        except PhotoError as error:
            if self._header.unfinished:
                raise truncated("the JPEG has no end marker, and its picture breaks off") from error
            raise
        if self._leftover() and self._leftover_of_all():
            raise corrupt("its picture data does not fit its picture")

    def _leftover_of_all(self) -> bytes:
        """Read every row once more: a resize may do without the last ones, or another file may follow the scan."""
        self._scan_end = end_of_coded_data(self._source.view, self._scan_start)
        forget_warnings()
        self.open({}).avg()
        refuse_damage(harmless=self._header.strays)
        return self._leftover()

    def _leftover(self) -> bytes:
        """Return the coded bytes that nothing has read, without padding."""
        if self._watched is None or not self._scan_end:
            return b""
        rest = bytes(self._source.view[self._watched.position : self._scan_end])
        return b"" if any(rest == padding * len(rest) for padding in PADDING) else rest
