"""Read by libvips the AVIF files that Pillow's decoder is too strict for.

Older encoders left out properties that libavif demands, such as the size of the alpha plane.
"""

from __future__ import annotations

import pyvips
from pyvips import Image

from processor.errors import PhotoError
from processor.imaging.colour import blob_of
from processor.imaging.decoders.damage import verdict_of
from processor.imaging.decoders.original import Pixels
from processor.imaging.nclx import profile_for
from processor.imaging.structure.header import Header, size_lie
from processor.source import Source

WHY = "Pillow's AVIF decoder refuses it, libvips' does not"
EXIF_FIELD, XMP_FIELD, EXIF_PREFIX = "exif-data", "xmp-data", b"Exif\0\0"


class LenientAvif:
    """An opened AVIF: *width*, *height* upright px; *exif* as its blob, or None. *strict*: what Pillow said."""

    def __init__(self, source: Source, header: Header, strict: PhotoError) -> None:
        try:
            self._image = Image.heifload_source(pyvips.Source.new_from_memory(source.view))
        except pyvips.Error as error:
            raise verdict_of(error) from strict
        self._header = header
        self.width, self.height = self._image.width, self._image.height
        claimed, found = sorted((header.width, header.height)), sorted((self.width, self.height))
        if found[0] > claimed[0] or found[1] > claimed[1]:
            raise size_lie(header, self.width, self.height)
        self.xmp = blob_of(self._image, XMP_FIELD)
        blob = blob_of(self._image, EXIF_FIELD)
        self.exif = blob.removeprefix(EXIF_PREFIX) if blob else None

    def load(self) -> Pixels:
        """Decode. Rotation and mirror properties are applied already."""
        return Pixels(
            image=self._image,
            decoder="native",
            why=WHY,
            applied=self._header.turned,
            profile=profile_for(self._header.nclx),
        )
