"""List one photo of each kind that an upload may be: formats, orientations, colour spaces, structures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from testkit.photos import heif, icc, jpeg, layouts, raster, raw, scene

KINDS: Final[Mapping[str, Callable[[], bytes]]] = {
    **{f"orientation-{number}.jpg": lambda number=number: jpeg.jpeg(orientation=number) for number in range(1, 9)},
    "private.jpg": lambda: jpeg.private_jpeg(orientation=6, copyright_notice="(c) Darkroom", artist="A. Photographer"),
    "progressive.jpg": lambda: jpeg.jpeg(progressive=True),
    "display-p3.jpg": lambda: jpeg.jpeg(icc=icc.display_p3()),
    "adobe-rgb.jpg": lambda: jpeg.jpeg(icc=icc.adobe_rgb()),
    "grey.jpg": jpeg.grey_jpeg,
    "cmyk.jpg": jpeg.cmyk_jpeg,
    "motion.jpg": jpeg.motion_photo,
    "transparent.png": lambda: raster.png("RGBA"),
    "16-bit.png": raster.png16,
    "photo.webp": raster.webp,
    "animated.gif": raster.animated_gif,
    "16-bit.tif": lambda: raster.tiff_photo(bits=16),
    "saved-selection.tif": lambda: layouts.layout(layouts.with_channels("selection"), extra=(0,)),
    "lab.tif": lambda: layouts.layout(layouts.lab(8), layouts.CIE_LAB),
    "float.tif": lambda: layouts.layout((scene.scene() / 255).astype(np.float32)),
    "subsampled.tif": layouts.subsampled_ycbcr,
    "photo.bmp": raster.bmp,
    "phone.heic": heif.heic,
    "premultiplied.heic": lambda: heif.half_transparent_heic(premultiplied=True),
    "pq-tiles.hif": lambda: heif.pq_grid(colour_on="tiles"),
    "photo.avif": heif.avif,
    "demosaic.dng": raw.dng,
    "preview.dng": lambda: raw.dng(preview=raw.preview(scene.WIDTH, scene.HEIGHT)),
}
