"""Describe how a TIFF page stores its samples, and refuse what no decoder here reads (TIFF 6.0; Adobe's notes)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from processor.imaging.structure.header import corrupt, unsupported
from processor.imaging.structure.tiff import Directory

BITS, COMPRESSION, PHOTOMETRIC, SAMPLES, PLANAR = 258, 259, 262, 277, 284
TILE_OFFSETS, INK_SET, EXTRA_SAMPLES, SAMPLE_FORMAT, SUBSAMPLING = 324, 332, 338, 339, 530

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, MASK, CMYK, YCBCR, CIE_LAB, ICC_LAB = 0, 1, 2, 3, 4, 5, 6, 8, 9
LOG_L, LOG_LUV = 32844, 32845
COLOURS: Final = {
    **dict.fromkeys((WHITE_IS_ZERO, BLACK_IS_ZERO, PALETTE, MASK, LOG_L), 1),
    **dict.fromkeys((RGB, YCBCR, CIE_LAB, ICC_LAB, LOG_LUV), 3),
    CMYK: 4,
}
"""Photometric interpretation → samples of a pixel that are colour."""
LAB: Final = frozenset({CIE_LAB, ICC_LAB})

UNCOMPRESSED, OLD_JPEG, JPEG = 1, 6, 7
COMPRESSIONS: Final = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 32771, 32773, 32946, 34676, 34677, 50001})
"""None, three of fax, LZW, JPEG old and new, Deflate, CCITT RLE, PackBits, old Deflate, SGI Log 32 and 24, WebP."""
COMPRESSION_NAMES: Final = {34887: "LERC", 34925: "LZMA", 50000: "Zstandard", 50002: "JPEG XL", 34712: "JPEG 2000"}
UNSIGNED, SIGNED, FLOAT, UNDEFINED = 1, 2, 3, 4
DEPTHS: Final = {UNSIGNED: {1, 2, 4, 8, 16, 32}, UNDEFINED: {1, 2, 4, 8, 16, 32}, FLOAT: {16, 32}}
UNSPECIFIED, ASSOCIATED, UNASSOCIATED = 0, 1, 2
SEPARATE_INKS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class TiffLayout:
    """*directory*: its tags; *extra*: the meaning of each sample behind the colours (tag 338)."""

    directory: Directory
    photometric: int
    compression: int
    bits: int
    sample_format: int
    samples: int
    extra: tuple[int, ...]
    planar: bool
    tiled: bool

    @classmethod
    def of(cls, directory: Directory) -> TiffLayout:
        """Read the layout; raises UNSUPPORTED_FORMAT for what cannot be read."""
        depths = directory.numbers(BITS) or (1,)
        samples = directory.number(SAMPLES, len(depths))
        layout = cls(
            directory=directory,
            photometric=directory.number(PHOTOMETRIC),
            compression=directory.number(COMPRESSION, UNCOMPRESSED),
            bits=depths[0],
            sample_format=directory.number(SAMPLE_FORMAT, UNSIGNED),
            samples=samples,
            extra=_extra(directory, samples),
            planar=directory.number(PLANAR, 1) == 2 and samples > 1,  # noqa: PLR2004
            tiled=bool(directory.numbers(TILE_OFFSETS)),
        )
        if layout.compression not in COMPRESSIONS:
            name = COMPRESSION_NAMES.get(layout.compression, f"kind {layout.compression}")
            raise unsupported(f"TIFF compression {name}")
        if layout.photometric not in COLOURS or layout.samples < COLOURS[layout.photometric]:
            raise unsupported(f"a TIFF of colour kind {layout.photometric} with {layout.samples} channels")
        if layout.photometric == CMYK and directory.number(INK_SET) == SEPARATE_INKS:
            raise unsupported("a TIFF of inks other than CMYK")
        _refuse_samples(layout, depths)
        return layout

    @property
    def colours(self) -> int:
        """Number of samples of a pixel that are colour."""
        return COLOURS[self.photometric]

    @property
    def alpha(self) -> int | None:
        """The number of the sample that is transparency; None when there is none."""
        places = (place for place, kind in enumerate(self.extra) if kind in {ASSOCIATED, UNASSOCIATED})
        first = next(places, None)
        return None if first is None else self.colours + first

    @property
    def premultiplied(self) -> bool:
        """True if the colours are multiplied by the transparency."""
        return self.alpha is not None and self.extra[self.alpha - self.colours] == ASSOCIATED

    @property
    def ignored(self) -> int:
        """Number of samples that are neither colour nor transparency: saved selections, spot inks."""
        return self.samples - self.colours - (self.alpha is not None)

    @property
    def needs_pillow(self) -> bool:
        """True if libvips cannot read the colours: old-style JPEG, and YCbCr that is not in JPEG strips."""
        return self.compression == OLD_JPEG or (self.photometric == YCBCR and self.compression != JPEG)

    def least_bytes(self, width: int, height: int) -> int:
        """Return the bytes that *width* × *height* px need without compression."""
        whole = width * height * self.bits * self.samples
        if self.photometric != YCBCR:
            return whole // 8
        across, down = (*self.directory.numbers(SUBSAMPLING), 2, 2)[:2]
        # One luma and two chroma samples; TIFF 6.0, section 21: chroma is subsampled 2 × 2 by default.
        return whole * (across * down + 2) // (3 * 8 * max(1, across * down))


def _extra(directory: Directory, samples: int) -> tuple[int, ...]:
    """Return the meaning of each further sample; files without the tag mean transparency by the first, as libtiff."""
    count = samples - COLOURS.get(directory.number(PHOTOMETRIC), 1)
    if count <= 0:
        return ()
    if EXTRA_SAMPLES not in directory.tags:
        return (UNASSOCIATED, *[UNSPECIFIED] * (count - 1))
    said = directory.numbers(EXTRA_SAMPLES)
    return (*said[:count], *[UNSPECIFIED] * (count - len(said)))


def _refuse_samples(layout: TiffLayout, depths: tuple[int, ...]) -> None:
    """Raise UNSUPPORTED_FORMAT for sample depths and formats that cannot be shown truly."""
    kinds = {UNSIGNED: "", UNDEFINED: "", SIGNED: "signed ", FLOAT: "floating-point "}
    signed_lab = layout.photometric in LAB and layout.sample_format == SIGNED
    allowed = {8, 16} if layout.photometric in LAB else DEPTHS.get(layout.sample_format, set[int]())
    known = layout.sample_format in DEPTHS or signed_lab
    if 0 in depths:
        raise corrupt("the TIFF says that its samples have 0 bits")
    if len(set(depths)) > 1 or not known or (layout.bits not in allowed and layout.photometric not in {LOG_L, LOG_LUV}):
        kind = kinds.get(layout.sample_format, "complex ")
        raise unsupported(f"a TIFF of {kind}samples of {'/'.join(map(str, sorted(set(depths))))} bits")
