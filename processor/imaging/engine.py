"""Set libvips up, and list the versions of the engine and of its decoders for the receipt."""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import version

import pyvips
from pyvips import vips_lib

from processor.recipe import ENGINE_REVISION

DECODER_PACKAGES = {"PIL": "pillow", "pillow_heif": "pillow-heif", "rawpy": "rawpy"}


@cache
def prepare_engine() -> None:
    """Set libvips up, once per process.

    One thread: encoding beside resizing keeps two cores as busy, with a tenth less CPU.
    No operation cache: every photo is new, and the cache would only hold its pixels.
    """
    vips_lib.vips_concurrency_set(1)  # missing in the stubs of pyvips
    pyvips.cache_set_max(0)


def engine_versions() -> dict[str, str]:
    """Return package → version: libvips always, each decoder once it has been loaded."""
    loaded = {package: _version(package) for module, package in DECODER_PACKAGES.items() if module in sys.modules}
    return {"darkroom-engine": str(ENGINE_REVISION), "libvips": _vips_version(), **loaded}


@cache
def _version(package: str) -> str:
    return version(package)


@cache
def _vips_version() -> str:
    return ".".join(str(pyvips.version(part)) for part in range(3))
