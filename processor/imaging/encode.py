"""Encode finished pictures: JPEG, WebP, AVIF; no metadata of the original but its credit is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from struct import pack
from typing import Final

from pyvips import ForeignKeep, GValue, Image

from processor.imaging.colour import set_blob
from processor.imaging.exif import ARTIST, COPYRIGHT, Credit
from processor.imaging.geometry import Rung
from processor.imaging.measure import Stopwatch
from processor.imaging.model import OutputFormat, Rendition
from processor.imaging.structure.tiff import EXIF_IFD
from processor.recipe import Recipe

COLOUR_SPACE, SRGB = 0xA001, 1
ASCII, SHORT, LONG = 2, 3, 4
ENTRY_BYTES = 12
MAX_CREDIT_BYTES = 1_024

# "auto" subsamples chroma below quality 90 and keeps it from there on (libvips' jpegsave, heifsave).
ENCODERS: Final[Mapping[OutputFormat, Callable[[Image, int, int, bool], bytes]]] = {
    "jpeg": lambda image, quality, keep, progressive: image.jpegsave_buffer(
        Q=quality, optimize_coding=True, interlace=progressive, keep=keep
    ),
    "webp": lambda image, quality, keep, _: image.webpsave_buffer(Q=quality, effort=4, keep=keep),
    "avif": lambda image, quality, keep, _: image.heifsave_buffer(Q=quality, compression="av1", effort=3, keep=keep),
}


def encode(
    image: Image, output: OutputFormat, *, quality: int, credit: Credit | None, progressive: bool = False
) -> bytes:
    """Return the whole file. *image*: sRGB, 8 bit, upright, in memory; *quality* 1-100; *progressive*: JPEG alone."""
    if credit is None or credit == Credit():
        return ENCODERS[output](image, quality, ForeignKeep.NONE, progressive)
    return ENCODERS[output](credited(image, credit), quality, ForeignKeep.EXIF, progressive)


def credited(image: Image, credit: Credit) -> Image:
    """Copy *image* without metadata but the credit, so that nothing private can leak."""
    bare = _without_metadata(image)
    set_blob(bare, "exif-data", credit_exif(credit))
    return bare


def _without_metadata(image: Image) -> Image:
    """Copy *image* without texts and binary metadata."""
    try:
        names = image.get_fields()
    except UnicodeDecodeError:  # a PNG keyword in Latin-1: pyvips reads names as UTF-8 only
        pixels = image.write_to_memory()
        plain = Image.new_from_memory(pixels, image.width, image.height, image.bands, image.format)
        return plain.copy(interpretation=image.interpretation)
    bare = image.copy()
    for name in names:
        if image.get_typeof(name) in {GValue.blob_type, GValue.gstr_type, GValue.refstr_type} or name == "orientation":
            bare.remove(name)
    return bare


def credit_exif(credit: Credit) -> bytes:
    """Write an EXIF blob that holds artist, copyright and the sRGB mark alone (CIPA DC-008; little-endian)."""
    known = ((ARTIST, credit.artist), (COPYRIGHT, credit.copyright))
    texts = [(tag, text[:MAX_CREDIT_BYTES] + b"\0") for tag, text in known if text]
    texts_at = 8 + 2 + (len(texts) + 1) * ENTRY_BYTES + 4
    entries, body = b"", b""
    for tag, text in texts:
        place = text.ljust(4, b"\0") if len(text) <= 4 else pack("<I", texts_at + len(body))  # noqa: PLR2004 - inline
        entries += pack("<HHI", tag, ASCII, len(text)) + place
        body += text + b"\0" * (len(text) % 2) if len(text) > 4 else b""  # noqa: PLR2004
    entries += pack("<HHII", EXIF_IFD, LONG, 1, texts_at + len(body))
    photo = pack("<HHHIHHI", 1, COLOUR_SPACE, SHORT, 1, SRGB, 0, 0)
    return b"Exif\0\0II*\0\x08\0\0\0" + pack("<H", len(texts) + 1) + entries + b"\0\0\0\0" + body + photo


@dataclass(frozen=True, slots=True)
class _Pending:
    """One rendition whose file is being encoded."""

    size: str
    output: OutputFormat
    width: int
    height: int
    data: Future[bytes]


class EncodeQueue:
    """Encodes pictures on *encoders* while the next one is made, each file once, with *credit* in every file."""

    def __init__(
        self, encoders: ThreadPoolExecutor, recipe: Recipe, watch: Stopwatch, *, credit: Credit | None
    ) -> None:
        self._encoders = encoders
        self._recipe = recipe
        self._watch = watch
        self._credit = credit
        self._pending: list[_Pending] = []
        self._picture: Image | None = None
        self._files: dict[tuple[OutputFormat, int], Future[bytes]] = {}

    def put(self, rung: Rung, picture: Image) -> None:
        """Encode *picture* in all formats of *rung*. A small original is the same picture in several sizes."""
        if picture is not self._picture:
            self._picture, self._files = picture, {}
        for output in self._recipe.formats_of(rung.size):
            how = (output, self._recipe.quality_of(rung.size, output))
            if how not in self._files:
                self._files[how] = self._encoders.submit(self._encode, picture, *how)
            self._pending.append(_Pending(rung.size, output, picture.width, picture.height, self._files[how]))

    def renditions(self) -> tuple[Rendition, ...]:
        """Wait for all files; raises the first error of an encoder."""
        self._picture = None
        return tuple(
            Rendition(size=one.size, format=one.output, width=one.width, height=one.height, data=one.data.result())
            for one in self._pending
        )

    def _encode(self, picture: Image, output: OutputFormat, quality: int) -> bytes:
        with self._watch.step(f"encode {output}"):
            progressive = 0 < self._recipe.progressive_from_px <= max(picture.width, picture.height)
            return encode(picture, output, quality=quality, credit=self._credit, progressive=progressive)
