"""Open an original with the decoder that its content calls for. Pixel libraries load only when a file needs them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from processor.errors import PhotoError, Verdict
from processor.imaging.decoders.original import Original, Part, Pixels, single
from processor.imaging.exif import read_exif
from processor.imaging.geometry import Box, largest_frame, rungs_for
from processor.imaging.structure.header import Header
from processor.recipe import Recipe
from processor.source import Source


def open_original(source: Source, header: Header, recipe: Recipe) -> Original:
    """Open without decoding more than a header; raises PhotoError."""
    if header.format == "raw":
        from processor.imaging.decoders.raw import open_raw  # noqa: PLC0415 - rawpy and numpy: 120 ms

        return open_raw(source, header, recipe)
    if header.format == "heic":
        return _open_heif(source, header, recipe)
    if header.format == "avif":
        return _open_avif(source, header, recipe)
    if header.format == "bmp" or header.legacy:
        return _open_pillow(source, header, recipe)
    return _open_native(source, header, recipe)


def _open_native(source: Source, header: Header, recipe: Recipe) -> Original:
    from processor.imaging.decoders.native import load_native  # noqa: PLC0415 - as above: one decoder, one import

    exif = read_exif(source.view if header.format == "tiff" else header.exif, xmp=header.xmp, iptc=header.iptc)
    size = Box(header.width, header.height).turned(exif.orientation)
    rungs = rungs_for(recipe.sizes, size)

    def load() -> Pixels:
        return load_native(source, header, exif=exif, largest=largest_frame(rungs))

    return single(size, rungs, load, exif)


def _open_heif(source: Source, header: Header, recipe: Recipe) -> Original:
    from processor.imaging.decoders.heif import Heif  # noqa: PLC0415 - pillow-heif and PIL: 60 ms

    heif = Heif(source, header)
    size = Box(heif.width, heif.height)
    return single(size, rungs_for(recipe.sizes, size), heif.load, read_exif(heif.exif, xmp=heif.xmp))


def _open_avif(source: Source, header: Header, recipe: Recipe) -> Original:
    """Open by Pillow, which is four times as fast; by libvips what Pillow refuses, when opened or when decoded."""
    try:
        original = _open_pillow(source, header, recipe)
    except PhotoError as strict:
        return _open_lenient_avif(source, header, recipe, strict)

    def parts() -> Iterator[Part]:
        try:
            yield from original.parts()
        except PhotoError as strict:
            yield from _open_lenient_avif(source, header, recipe, strict).parts()

    return replace(original, parts=parts)


def _open_lenient_avif(source: Source, header: Header, recipe: Recipe, strict: PhotoError) -> Original:
    if strict.verdict in {Verdict.DECODER_OUT_OF_MEMORY, Verdict.DIMENSIONS_TOO_LARGE}:
        raise strict
    from processor.imaging.decoders.avif import LenientAvif  # noqa: PLC0415 - as above

    picture = LenientAvif(source, header, strict)
    size = Box(picture.width, picture.height)
    return single(size, rungs_for(recipe.sizes, size), picture.load, read_exif(picture.exif, xmp=picture.xmp))


def _open_pillow(source: Source, header: Header, recipe: Recipe) -> Original:
    from processor.imaging.decoders.pillow import Pillow  # noqa: PLC0415 - PIL: 20 ms

    picture = Pillow(source, header)
    size = Box(picture.width, picture.height).turned(picture.orientation)
    return single(size, rungs_for(recipe.sizes, size), picture.load, read_exif(picture.exif, xmp=picture.xmp))
