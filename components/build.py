"""Build the function's zip from the sources of a checkout and identify its layers. No network, no Pulumi.

Shared by the Pulumi program, ``make package`` and the embedded stack (ADR 23).
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

ROOT: Final = Path(__file__).parents[1]
PYTHON: Final = "3.13"
LAYERS: Final = ("imaging", "runtime")
ARCHITECTURES: Final = ("arm64", "x86_64")
# Raise it when tools/package.py puts other files into a layer for the same lock: layers built before are then stale.
LAYER_FORMAT: Final = 1
OLDEST_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
FILE_MODE: Final = 0o100644 << 16
PROGRAM_MODE: Final = 0o100755 << 16
# The Lambda Web Adapter starts it, at the root of the function: components/edit_api.py names it as the handler.
WEB_START: Final = "run.sh"
# Longer than any `pulumi up` waits for its confirmation.
KEEP_S: Final = 7 * 24 * 3600

# A member of a zip: its name and its bytes.
File = tuple[str, bytes]


def build_function(sources: Path, folder: Path) -> Path:
    """Zip the function of the checkout *sources*; return its path, which contains the hash of the bytes.

    Pulumi reads the file several times: a path that always holds the same bytes cannot change under it. The zip is
    stored, not deflated: zlib's output differs between versions, and the same sources must give the same bytes.
    """
    data = zip_bytes(function_files(sources), ZIP_STORED)
    path = folder / f"function-{hashlib.sha256(data).hexdigest()[:16]}" / "function.zip"
    if path.is_file():
        os.utime(path)
    else:
        write_atomically(path, data)
    remove_old_functions(folder)
    return path


def function_files(sources: Path) -> Iterator[File]:
    """Yield the modules of the processing package and the start script of the edit API."""
    for path in (sources / "processor").rglob("*.py"):
        yield path.relative_to(sources).as_posix(), path.read_bytes()
    yield WEB_START, (sources / "processor" / "api" / WEB_START).read_bytes()


def remove_old_functions(folder: Path) -> None:
    """Remove functions that no run has used for a week; another run may be removing them too."""
    for path in folder.glob("function-*/function.zip"):
        try:
            if time.time() - path.stat().st_mtime > KEEP_S:
                path.unlink()
                path.parent.rmdir()
        except OSError:
            continue


def zip_bytes(files: Iterable[File], compression: int = ZIP_DEFLATED) -> bytes:
    """Zip *files* in the order of their names, with one date for all and one mode for all but the start script."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", compression, compresslevel=9) as archive:
        for name, data in sorted(files):
            entry = ZipInfo(name, OLDEST_ZIP_DATE)
            entry.create_system, entry.compress_type = 3, compression
            entry.external_attr = PROGRAM_MODE if name == WEB_START else FILE_MODE
            archive.writestr(entry, data)
    return buffer.getvalue()


def write_atomically(path: Path, data: bytes) -> None:
    """Write *path* in one step: a reader sees all of the old bytes or all of the new ones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        try:
            file.write(data)
            os.fchmod(file.fileno(), 0o644)
            os.replace(file.name, path)  # noqa: PTH105 - the name of a temporary file is a string
        except BaseException:
            os.unlink(file.name)  # noqa: PTH108
            raise


def layer_path(folder: Path, layer: str, architecture: str) -> Path:
    """Return the path of a layer's zip."""
    return folder / f"layer-{layer}-{architecture}.zip"


def layer_identity(sources: Path, layer: str, architecture: str) -> File:
    """Return the member of a layer's zip that identifies its sources: the hash of its lock, and its target."""
    text = (sources / "requirements" / f"{layer}.lock").read_text(encoding="utf-8")
    pins = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    digest = hashlib.sha256(pins.encode()).hexdigest()
    target = f"python{PYTHON} {architecture}"
    return f"darkroom-layer-{layer}.txt", f"format {LAYER_FORMAT}\nlock {digest}\ntarget {target}\n".encode()


def write_empty_layers(folder: Path) -> None:
    """Write layers of today's locks without libraries, for runs whose libraries are installed elsewhere."""
    for layer in LAYERS:
        for architecture in ARCHITECTURES:
            identity = layer_identity(ROOT, layer, architecture)
            write_atomically(layer_path(folder, layer, architecture), zip_bytes([identity]))


def is_current(zipped: Path, identity: File) -> bool:
    """Return whether a layer's zip holds *identity*; a file that is no zip does not."""
    name, expected = identity
    try:
        with ZipFile(zipped) as archive:
            return archive.read(name) == expected
    except (BadZipFile, KeyError):
        return False
