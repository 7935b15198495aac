"""Build what Lambda runs: one zip per layer and one for the function, identical for identical input.

    python -m tools.package [--arch arm64|x86_64] [--out dist]

Wheels for Lambda come from a hash-locked file and are unpacked by uv. pyvips is published as source only: it is built
from scratch with the build tools of requirements/dev.lock, and must come out as pure Python (pyproject.toml, tool.uv).
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final, Self
from zipfile import ZipFile

import click

from components.build import (
    ARCHITECTURES,
    LAYERS,
    PYTHON,
    ROOT,
    File,
    build_function,
    layer_identity,
    layer_path,
    write_atomically,
    zip_bytes,
)

MACHINES: Final[Mapping[str, str]] = {"arm64": "aarch64", "x86_64": "x86_64"}
# Lambda's python3.13 runs on Amazon Linux 2023, glibc 2.34: wheels for that or anything older will do.
PLATFORM: Final = "manylinux_2_34"
SOURCE_ONLY: Final = "pyvips"
FOLDER: Final = click.Path(file_okay=False, path_type=Path)
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 250 MB, function and layers, unzipped
MAX_UNZIPPED_BYTES: Final = 250 * 1024 * 1024
# Ibid.: 50 MB, each zip
MAX_ZIPPED_BYTES: Final = 50 * 1024 * 1024
# What an installer writes about itself; RECORD lists it.
INSTALLER_NOTES: Final = {"INSTALLER", "RECORD", "REQUESTED", "uv_build.json", "uv_cache.json"}


class PackageError(Exception):
    """The packages cannot be built or would not run; the text says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """One zip that was built. Sizes in bytes."""

    path: Path
    zipped: int
    unzipped: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Self:
        """Measure the zip at *path*."""
        data = path.read_bytes()
        with ZipFile(path) as archive:
            unzipped = sum(entry.file_size for entry in archive.infolist())
        return cls(path=path, zipped=len(data), unzipped=unzipped, sha256=hashlib.sha256(data).hexdigest())


@click.command()
@click.option("--arch", type=click.Choice(ARCHITECTURES), default="arm64", show_default=True, help="Processor.")
@click.option("--out", type=FOLDER, default=ROOT / "dist", show_default="dist", help="Folder of the zips.")
def main(*, arch: str, out: Path) -> None:
    """Build the layers and the function, and print their sizes."""
    try:
        packages = build(ROOT, out, arch)
        click.echo(report(packages), nl=False)
        refuse_too_large(packages)
    except PackageError as error:
        click.echo(f"package: {error}", err=True)
        sys.exit(1)


def build(root: Path, out: Path, arch: str) -> list[Package]:
    """Build the layers for *arch* and the function of the checkout *root* into *out*."""
    layers = [build_layer(root, out, layer, arch) for layer in LAYERS]
    return [Package.of(path) for path in (*layers, build_function(root, out))]


def build_layer(root: Path, out: Path, layer: str, arch: str) -> Path:
    """Build the zip of one layer; return its path."""
    path = layer_path(out, layer, arch)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        install(root, layer, arch, folder)
        refuse_foreign(folder, arch)
        write_atomically(path, zip_bytes([*layer_files(folder), layer_identity(root, layer, arch)]))
    return path


def install(root: Path, layer: str, arch: str, folder: Path) -> None:
    """Unpack into *folder* exactly what the lock of *layer* names, checked by hash, for Lambda on *arch*."""
    target = (f"--python-platform={MACHINES[arch]}-{PLATFORM}", f"--python-version={PYTHON}", f"--target={folder}")
    # Whatever another project's build left in the cache does not count.
    source = ("--only-binary=:all:", f"--no-binary={SOURCE_ONLY}", f"--refresh-package={SOURCE_ONLY}")
    tools = "--build-constraints=requirements/dev.lock"
    lock = ("--no-deps", "--require-hashes", f"--requirements=requirements/{layer}.lock")
    uv(root, "pip", "install", f"--python={sys.executable}", *target, *source, tools, *lock)


def uv(root: Path, *arguments: str) -> None:
    """Run uv in *root*, so that it reads pyproject.toml; raise PackageError with its last words."""
    command = [sys.executable, "-m", "uv", "--quiet", *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603 - our arguments
    if done.returncode:
        raise PackageError(f"uv {' '.join(arguments[:2])} failed: {done.stderr.strip() or done.stdout.strip()}")


def refuse_foreign(folder: Path, arch: str) -> None:
    """Raise PackageError when a wheel unpacked in *folder* would not run on *arch*."""
    for wheel in sorted(folder.glob("*.dist-info/WHEEL")):
        lines = wheel.read_text(encoding="utf-8").splitlines()
        platforms = {line.rpartition("-")[2] for line in lines if line.startswith("Tag:")}
        ours = all(one.startswith("manylinux") and one.endswith(MACHINES[arch]) for one in platforms)
        if platforms != {"any"} and not ours:
            found = ", ".join(sorted(platforms))
            expected = f"expected a wheel for any platform or manylinux on {MACHINES[arch]}"
            raise PackageError(f"{wheel.parent.stem}: found a wheel for {found}, {expected}")


def layer_files(folder: Path) -> Iterator[File]:
    """Yield what is installed in *folder* below ``python/``, where Lambda looks for a layer's packages."""
    for path in folder.rglob("*"):
        name = PurePosixPath(path.relative_to(folder).as_posix())
        if path.is_file() and is_needed(name):
            yield f"python/{name}", path.read_bytes()


def is_needed(name: PurePosixPath) -> bool:
    """Return whether an installed file is needed to run: no commands, no installer's notes, no tests, no types."""
    top, *rest = name.parts
    if not rest:
        return not top.startswith(".")
    if top.endswith(".dist-info"):
        return name.name not in INSTALLER_NOTES
    # Tests of other people's packages: 11 MB of numpy's alone.
    return top != "bin" and not {"tests", "__pycache__"} & set(rest) and name.suffix != ".pyi"


def report(packages: Iterable[Package]) -> str:
    """Lay out what was built."""
    return "".join(
        f"{package.path.name:28} {package.zipped / 1e6:7.1f} MB zipped {package.unzipped / 1e6:7.1f} MB unzipped"
        f"  sha256 {package.sha256[:16]}\n"
        for package in packages
    )


def refuse_too_large(packages: Iterable[Package]) -> None:
    """Raise PackageError when Lambda would refuse a zip, or the function with its layers."""
    for package in packages:
        if package.zipped > MAX_ZIPPED_BYTES:
            limit = f"expected at most {MAX_ZIPPED_BYTES:,} bytes zipped"
            raise PackageError(f"{package.path.name}: {limit}, received {package.zipped:,}")
    unzipped = sum(package.unzipped for package in packages)
    if unzipped > MAX_UNZIPPED_BYTES:
        raise PackageError(f"expected at most {MAX_UNZIPPED_BYTES:,} bytes unzipped, received {unzipped:,}")


if __name__ == "__main__":
    main()
