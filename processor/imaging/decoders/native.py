"""Decode JPEG, PNG, WebP, GIF and TIFF by libvips: streamed from top to bottom, shrunk while loading where exact.

Loaders are named one by one: libvips' own choice would also take SVG, PDF or Ultra HDR (gain-map JPEG) loaders.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import pyvips
from pyvips import Image

from processor.imaging.colour import as_rgb, without_profile
from processor.imaging.decoders.damage import refuse_damage
from processor.imaging.decoders.jpeg import Jpeg, jpeg_shrink
from processor.imaging.decoders.original import Pixels
from processor.imaging.decoders.tiff import load_tiff
from processor.imaging.exif import Exif
from processor.imaging.geometry import Box
from processor.imaging.icc import adobe_rgb_profile
from processor.imaging.nclx import profile_for, profile_for_gamma
from processor.imaging.structure.header import Header
from processor.source import Source

LOADERS: Final[Mapping[str, Callable[..., Image]]] = {
    "png": Image.pngload_source,
    "webp": Image.webpload_source,
    "gif": Image.gifload_source,
}


def load_native(source: Source, header: Header, *, exif: Exif, largest: Box) -> Pixels:
    """Open lazily. *largest*: the largest rung's frame, upright px; data that ends early fails when it is read."""
    options: dict[str, Any] = {"access": "sequential", "fail_on": "truncated"}
    stored = largest.turned(exif.orientation)
    factor = jpeg_shrink(Box(header.width, header.height), stored)
    verify, why = refuse_damage, "libvips reads this format itself"
    if header.format == "jpeg" and factor > 1:
        options["shrink"] = factor
        why += f", shrunk {factor}× while loading"
    if header.layout is not None:
        # Damage inside a strip is an error to libtiff, inside a JPEG strip only a warning.
        options |= {"fail_on": "warning" if header.inner_jpeg else "error"}
        image, note = load_tiff(source.view, header.layout, options)
        why += note
    elif header.format == "jpeg":
        jpeg = Jpeg(source, header)
        image, verify = jpeg.open(options), jpeg.refuse_damage
        why += ", without its end marker" if header.unfinished else ""
    else:
        image = _open(source, header.format, options)
    image, profile = with_named_colour(image, header)
    return Pixels(
        image=image,
        verify=verify,
        decoder="native",
        why=why,
        orientation=exif.orientation,
        profile=profile or (adobe_rgb_profile() if exif.is_adobe_rgb else None),
    )


def with_named_colour(image: Image, header: Header) -> tuple[Image, bytes | None]:
    """Return *image* and the profile that a PNG's chunks amount to; cICP counts more than an embedded profile."""
    if header.nclx is not None:
        image = without_profile(image)
        profile = profile_for(header.nclx)
    else:
        profile = profile_for_gamma(header.gamma, header.chromaticities) if header.gamma else None
    return (as_rgb(image) if profile else image), profile


def load_frames(source: Source, header: Header) -> Image:
    """Open all frames of an animation (GIF, WebP), one below the other."""
    return _open(source, header.format, {"access": "sequential", "fail_on": "truncated", "n": -1})


def _open(source: Source, kind: str, options: dict[str, Any]) -> Image:
    return LOADERS[kind](pyvips.Source.new_from_memory(source.view), **options)
