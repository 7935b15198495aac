"""Set libvips up, and list the versions of the engine and of its decoders for the receipt."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from typing import Final

import pyvips
from pyvips import vips_lib

from processor.imaging.allocator import keep_freed_memory, release_memory
from processor.recipe import ENGINE_REVISION

DECODER_PACKAGES = {"PIL": "pillow", "pillow_heif": "pillow-heif", "rawpy": "rawpy"}


MIB_PER_VCPU: Final = 1769
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""


@cache
def prepare_engine() -> None:
    """Set libvips and the allocator up, once per process.

    One thread: encoding beside resizing keeps two cores as busy, with a tenth less CPU.
    No operation cache: every photo is new, and the cache would only hold its pixels.
    """
    vips_lib.vips_concurrency_set(1)  # missing in the stubs of pyvips
    pyvips.cache_set_max(0)
    keep_freed_memory()


@contextmanager
def prepared_engine() -> Generator[None]:
    """Set the engine up for one photo, and give back what the photo leaves behind beyond a limit."""
    prepare_engine()
    try:
        yield
    finally:
        release_memory()


def vcpus() -> int:
    """Return how many cores this process may keep busy: Lambda shows two where it gives the time of one."""
    memory_mib = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
    return max(1, round(int(memory_mib) / MIB_PER_VCPU)) if memory_mib else len(os.sched_getaffinity(0))


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
