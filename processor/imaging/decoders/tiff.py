"""Read TIFF by libvips, in every layout that photo software writes: extra channels, float, Lab, tiled planes.

libtiff gets directories that this module writes, in front of the file's own pixels. They hold only the tags that pixels
need, so that odd private tags cannot stop it; there is one for each plane, which libvips cannot join in tiles; and Lab
is called RGB, so that its samples come as they are stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from struct import pack
from typing import Any, Final

from pyvips import Image

from processor.imaging.colour import straight_alpha
from processor.imaging.decoders.spliced import Spliced
from processor.imaging.structure import tiff_layout as tags
from processor.imaging.structure.header import unsupported
from processor.imaging.structure.tiff import MAGICS, Value
from processor.imaging.structure.tiff_layout import TiffLayout

KEPT: Final = frozenset(
    {
        *(256, 257, 258, 259, 262, 266, 277, 284),  # size, samples, bit order
        *(273, 278, 279, 322, 323, 324, 325),  # strips and tiles
        *(292, 293, 317, 347),  # fax options, predictor, JPEG tables
        *(320, 332, 338, 339, 529, 530, 531, 532),  # palette, inks, extra samples, sample format, YCbCr
        34675,  # ICC profile
    }
)
OFFSETS, COUNTS = (273, 324), (279, 325)
WIDE: Final = frozenset({256, 257, 273, 278, 279, 322, 323, 324, 325})
SHORT, LONG, RATIONAL, UNDEFINED = 3, 4, 5, 7
HEADER_BYTES: Final = 8

Tags = Mapping[int, Sequence[Value]]

LAB_TO_XYZ_D65: Final = [
    [0.9555766 * 0.96422 / 0.95047, -0.0230393, 0.0631636 * 0.82521 / 1.08883],
    [-0.0282895 * 0.96422 / 0.95047, 1.0099416, 0.0210077 * 0.82521 / 1.08883],
    [0.0122982 * 0.96422 / 0.95047, -0.0204830, 1.3299098 * 0.82521 / 1.08883],
]
"""TIFF's Lab is relative to D50, libvips' to D65: exchange the white, then adapt by Bradford's matrix."""
MOSTLY: Final = 127.5
"""Of 255, which libvips gives for true."""


def load_tiff(view: memoryview, layout: TiffLayout, options: Mapping[str, Any]) -> tuple[Image, str]:
    """Open the page lazily: grey, RGB or CMYK of 8 or 16 bit, with alpha where it has any. Return what to note.

    Samples beyond their range raise UNSUPPORTED_FORMAT: to know it, a floating-point file is read twice.
    """
    if layout.sample_format == tags.FLOAT:
        _refuse_unscaled(_stored(view, layout, options))
    image = _stored(view, layout, options)
    if layout.photometric in tags.LAB:
        image = _with_extra(_lab_to_srgb(image, layout), image, layout)
    elif image.format in {"float", "double"}:
        image = _from_float(image, layout)
    elif image.format == "uint":
        image = _typed((image / 65537).rint().cast("ushort"), layout)
    image = _without_ignored(image, layout)
    if layout.premultiplied:
        image = straight_alpha(image)
    return image, _note(layout)


def _stored(view: memoryview, layout: TiffLayout, options: Mapping[str, Any]) -> Image:
    """Open the samples as they are stored."""
    kept = {tag: values for tag, values in layout.directory.tags.items() if tag in KEPT and values}
    if layout.extra:
        kept[tags.EXTRA_SAMPLES] = (tags.UNSPECIFIED,) * len(layout.extra)  # libvips would divide by the first
    if layout.planar and layout.photometric != tags.YCBCR:
        planes: list[Any] = [_open(view, [_plane(kept, layout, number)], options) for number in range(layout.samples)]
        return _typed(planes[0].bandjoin(planes[1:]), layout)
    if layout.photometric in tags.LAB:
        kept |= {tags.PHOTOMETRIC: (tags.RGB,), tags.SAMPLE_FORMAT: (tags.UNSIGNED,) * layout.samples}
    return _open(view, [kept], options)


def _plane(kept: Tags, layout: TiffLayout, number: int) -> Tags:
    """Describe one plane as a grey page."""
    plane = dict(kept) | {
        tags.PHOTOMETRIC: (tags.BLACK_IS_ZERO,),
        tags.SAMPLES: (1,),
        tags.PLANAR: (1,),
        tags.BITS: (layout.bits,),
        tags.SAMPLE_FORMAT: (tags.UNSIGNED if layout.photometric in tags.LAB else layout.sample_format,),
    }
    for tag in (*OFFSETS, *COUNTS):
        if tag in plane:
            share = len(plane[tag]) // layout.samples
            plane[tag] = plane[tag][share * number : share * (number + 1)]
    for tag in (tags.EXTRA_SAMPLES, 34675):
        plane.pop(tag, None)
    return plane


def _open(view: memoryview, pages: Sequence[Tags], options: Mapping[str, Any]) -> Image:
    """Open the file with *pages* as its directories."""
    order = MAGICS[bytes(view[:4])]
    start, written = len(view) + len(view) % 2, b"\0" * (len(view) % 2)
    if start >> 32:
        raise unsupported("a TIFF of 4 GiB or more")
    head = pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, start)
    for page in pages:
        written += _directory(page, order, start)
    return Spliced([head, view[HEADER_BYTES:], written]).open(Image.tiffload_source, options)


def _directory(page: Tags, order: str, at: int) -> bytes:
    """Write a directory that stands at byte *at*, the last of its file (TIFF 6.0, section 2)."""
    table, heap, heap_at = b"", b"", at + 2 + 12 * len(page) + 4
    for tag in sorted(page):
        kind, count, data = _field(tag, page[tag], order)
        table += pack(f"{order}HHI", tag, kind, count)
        if len(data) <= 4:  # noqa: PLR2004 - fits into the entry
            table += data.ljust(4, b"\0")
        else:
            table += pack(f"{order}I", heap_at + len(heap))
            heap += data + b"\0" * (len(data) % 2)
    return pack(f"{order}H", len(page)) + table + bytes(4) + heap


def _field(tag: int, values: Sequence[Value], order: str) -> tuple[int, int, bytes]:
    """Return type, count and bytes of an entry."""
    if isinstance(values[0], bytes):
        return UNDEFINED, len(values[0]), values[0]
    if isinstance(values[0], tuple):
        flat = [part for pair in values if isinstance(pair, tuple) for part in pair]
        return RATIONAL, len(values), pack(f"{order}{len(flat)}I", *flat)
    whole = [value for value in values if isinstance(value, int)]
    if tag in {34675, 347}:
        return UNDEFINED, len(whole), bytes(whole)
    wide = tag in WIDE
    return LONG if wide else SHORT, len(whole), pack(f"{order}{len(whole)}{'I' if wide else 'H'}", *whole)


def _typed(image: Image, layout: TiffLayout) -> Image:
    """Name the colours of an image that was computed from stored samples."""
    wide = image.format == "ushort"
    if layout.colours == 1:
        return image.copy(interpretation="grey16" if wide else "b-w")
    if layout.photometric == tags.CMYK:
        return image.copy(interpretation="cmyk")
    return image.copy(interpretation="rgb16" if wide else "srgb")


def _from_float(image: Image, layout: TiffLayout) -> Image:
    """Scale samples of 0-1 to 16 bit. LogLuv and LogL stay as libvips computes them."""
    if layout.photometric in {tags.LOG_L, tags.LOG_LUV}:
        return image.colourspace("srgb")
    return _typed((image * 65535).rint().cast("ushort"), layout)


def _refuse_unscaled(image: Image) -> None:
    """Raise UNSUPPORTED_FORMAT when most samples exceed 1, which photo software means by white."""
    above: Any = image > 1
    if above.avg() > MOSTLY:
        raise unsupported("a TIFF of floating-point samples beyond the range from 0 to 1")


def _lab_to_srgb(image: Image, layout: TiffLayout) -> Image:
    """Convert stored CIE L*a*b* (TIFF 6.0, section 23: a* and b* signed) or ICC Lab (unsigned) to 8-bit sRGB."""
    wide, icc = image.format == "ushort", layout.photometric == tags.ICC_LAB
    full, half, unit = (65280.0 if icc else 65535.0, 32768, 256) if wide else (255.0, 128, 1)
    lightness = image[0] * (100 / full)
    sides: list[Any] = [image[1], image[2]]
    opponents = [(side - half if icc else (side >= half).ifthenelse(side - 2 * half, side)) / unit for side in sides]
    lab = lightness.bandjoin(opponents).copy(interpretation="lab")
    adapted = lab.colourspace("xyz").recomb(Image.new_from_array(LAB_TO_XYZ_D65)).copy(interpretation="xyz")
    return adapted.colourspace("srgb")


def _with_extra(colours: Image, stored: Image, layout: TiffLayout) -> Image:
    """Join the samples behind the colours of *stored*, as 8 bit."""
    if layout.samples == layout.colours:
        return colours
    extra = stored.extract_band(layout.colours, n=layout.samples - layout.colours)
    return colours.bandjoin((extra / 257).cast("uchar") if stored.format == "ushort" else extra)


def _without_ignored(image: Image, layout: TiffLayout) -> Image:
    """Keep the colours and the transparency alone."""
    if image.bands <= layout.colours or layout.photometric == tags.PALETTE or not layout.ignored:
        return image
    colours = image.extract_band(0, n=layout.colours)
    joined = colours if layout.alpha is None else colours.bandjoin(image[layout.alpha])
    return joined if layout.photometric in tags.LAB else _typed(joined, layout)


def _note(layout: TiffLayout) -> str:
    """Return remarks for the receipt."""
    parts: list[str] = []
    if layout.ignored:
        parts.append(f"{layout.ignored} of its channels ignored: neither colour nor transparency")
    if layout.sample_format == tags.FLOAT:
        parts.append("floating-point samples scaled from 0-1")
    return "".join(f", {part}" for part in parts)
