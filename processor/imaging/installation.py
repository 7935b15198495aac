"""Check once per process that the pixel libraries are the locked ones: a broken installation is no verdict."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Final

from processor.errors import InstallationError

MODULES: Final = ("PIL", "numpy", "pillow_heif", "rawpy")
OPERATIONS: Final = (
    *("jpegload_source", "pngload_source", "webpload_source", "gifload_source", "tiffload_source"),
    *("jpegsave_buffer", "pngsave_buffer", "webpsave_buffer", "gifsave_buffer", "tiffsave_buffer", "heifsave_buffer"),
    *("icc_transform", "text"),
)
"""Operations of libvips that Darkroom calls and that a build may lack."""


@cache
def check_installation() -> None:
    """Raise InstallationError when a library is missing, or libvips is not the one that pyvips-binary bundles.

    Where libvips is installed on the machine (Debian's libvips-dev, Homebrew's vips), pyvips may be built against it.
    That library then replaces the bundled one, lacks options that we use and loads a second libheif.
    """
    missing = [module for module in MODULES if find_spec(module) is None]
    if missing:
        raise InstallationError(f"Python packages are missing: {', '.join(missing)}.")
    loaded, bundled = loaded_libvips(), bundled_libvips()
    if loaded != bundled:
        raise InstallationError(f"libvips {loaded} was loaded: expected {bundled}, which pyvips-binary bundles.")
    lacking = [name for name in OPERATIONS if not has_operation(name)]
    if lacking:
        raise InstallationError(f"libvips {loaded} was built without {', '.join(lacking)}.")


def loaded_libvips() -> str:
    """Return the version of the libvips in this process, such as ``8.18.7``."""
    try:
        import pyvips  # noqa: PLC0415 - the import loads libvips, which may fail
    except (ImportError, OSError) as error:
        raise InstallationError(f"libvips cannot be loaded: {error}.") from error
    return ".".join(str(pyvips.version(part)) for part in range(3))


def bundled_libvips() -> str:
    """Return the version of the libvips in pyvips-binary: the first three numbers of its own version."""
    try:
        return ".".join(version("pyvips-binary").split(".")[:3])
    except PackageNotFoundError as error:
        raise InstallationError("the Python package pyvips-binary is missing.") from error


def has_operation(name: str) -> bool:
    """Return whether libvips has the operation *name*."""
    import pyvips  # noqa: PLC0415 - see loaded_libvips

    return bool(pyvips.type_find("VipsOperation", name))
