"""Build what Lambda runs: one zip per layer and one for the function, identical for identical input.

    python -m tools.package [--arch arm64|x86_64] [--out dist]

Every wheel comes from a hash-locked file and is unpacked as it is: nothing is installed, so nothing
depends on this machine. pyvips is published as source only; its wheel is built here, and refused
when it is not pure Python.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

ROOT: Final = Path(__file__).parents[1]
PYTHON: Final = "3.13"
LAYERS: Final = ("imaging", "runtime")
MACHINES: Final[Mapping[str, str]] = {"arm64": "aarch64", "x86_64": "x86_64"}
# Lambda's python3.13 runs on Amazon Linux 2023, glibc 2.34: wheels for that or anything older will do.
GLIBC_MINORS: Final = (34, 31, 28, 27, 26, 24, 17)
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 250 MB, function and layers, unzipped
MAX_UNZIPPED_BYTES: Final = 250 * 1024 * 1024
OLDEST_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
IS_FILE_MODE: Final = 0o100644 << 16
IS_PROGRAM_MODE: Final = 0o100755 << 16
# What the Lambda Web Adapter starts, at the root of the function: components/edit_api.py names it as the handler.
WEB_START: Final = "run.sh"


class PackageError(Exception):
    """The packages cannot be built or would not run; the text says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """One zip that was built. Sizes in bytes."""

    path: Path
    zipped: int
    unzipped: int
    sha256: str


def main(arguments: list[str] | None = None) -> int:
    """Build everything and print the sizes."""
    parser = argparse.ArgumentParser(prog="python -m tools.package", description=__doc__)
    parser.add_argument("--arch", choices=sorted(MACHINES), default="arm64", help="processor (default: arm64)")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder of the zips (default: dist)")
    options = parser.parse_args(arguments)
    try:
        packages = build(options.out, options.arch)
        sys.stdout.write(report(packages))
        refuse_too_large(packages)
    except PackageError as error:
        sys.stderr.write(f"package: {error}\n")
        return 1
    return 0


def build(out: Path, arch: str) -> list[Package]:
    """Build the layers for *arch* and the function into *out*."""
    out.mkdir(parents=True, exist_ok=True)
    packages: list[Package] = []
    for layer in LAYERS:
        with tempfile.TemporaryDirectory() as folder:
            wheels = fetch_wheels(ROOT / "requirements" / f"{layer}.lock", Path(folder), arch)
            packages.append(write_zip(out / f"layer-{layer}-{arch}.zip", layer_files(wheels)))
    packages.append(write_zip(out / "function.zip", function_files(ROOT)))
    return packages


def fetch_wheels(lock: Path, folder: Path, arch: str) -> list[Path]:
    """Download into *folder* exactly what *lock* names, checked by hash, for Lambda on *arch*."""
    platforms = [f"--platform=manylinux_2_{minor}_{MACHINES[arch]}" for minor in GLIBC_MINORS]
    target = [*platforms, f"--platform=manylinux2014_{MACHINES[arch]}", f"--python-version={PYTHON}"]
    pip("download", "--no-deps", "--require-hashes", *target, f"--dest={folder}", f"--requirement={lock}")
    for source in sorted(folder.glob("*.tar.gz")):
        pip("wheel", "--no-deps", f"--wheel-dir={folder}", str(source))
    wheels = sorted(folder.glob("*.whl"))
    refuse_foreign(wheels, arch)
    return wheels


def pip(*arguments: str) -> None:
    """Run pip of this environment; raise PackageError with its last words."""
    command = [sys.executable, "-m", "pip", arguments[0], "--quiet", "--disable-pip-version-check", *arguments[1:]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - arguments are ours
    if done.returncode:
        raise PackageError(f"pip {arguments[0]} failed: {done.stderr.strip() or done.stdout.strip()}")


def refuse_foreign(wheels: Iterable[Path], arch: str) -> None:
    """Raise PackageError when a wheel would not run on *arch*, as one built here may not."""
    for wheel in wheels:
        tags = wheel.stem.rsplit("-", 1)[1].split(".")
        if tags != ["any"] and not all(tag.startswith("manylinux") and tag.endswith(MACHINES[arch]) for tag in tags):
            raise PackageError(f"{wheel.name}: expected a wheel for any platform or manylinux on {MACHINES[arch]}")


def layer_files(wheels: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Unpack *wheels* below ``python/``, where Lambda looks for a layer's packages."""
    for wheel in wheels:
        with ZipFile(wheel) as archive:
            for name in archive.namelist():
                place = place_of(PurePosixPath(name))
                if place is not None and not name.endswith("/"):
                    yield f"python/{place}", archive.read(name)


def place_of(name: PurePosixPath) -> PurePosixPath | None:
    """Tell where a wheel's member belongs; None: it is not needed to run.

    ``*.data/{purelib,platlib}`` holds packages, ``*.data/scripts`` commands:
    https://packaging.python.org/en/latest/specifications/binary-distribution-format/
    """
    top, *rest = name.parts
    if top.endswith(".data"):
        return PurePosixPath(*rest[1:]) if rest[:1] in (["purelib"], ["platlib"]) else None
    # Tests of other people's packages: 11 MB of numpy's alone.
    return None if "tests" in rest or name.suffix == ".pyi" else name


def function_files(root: Path) -> Iterator[tuple[str, bytes]]:
    """Give the processing package's modules, the script that starts the edit API, and nothing else."""
    for path in (root / "processor").rglob("*.py"):
        yield path.relative_to(root).as_posix(), path.read_bytes()
    for path in root.glob(f"processor/api/{WEB_START}"):
        yield WEB_START, path.read_bytes()


def write_zip(path: Path, files: Iterable[tuple[str, bytes]]) -> Package:
    """Write *files* in order of their names, with one date for all, and one mode for all but the script."""
    unzipped = 0
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in sorted(files):
            entry = ZipInfo(name, OLDEST_ZIP_DATE)
            entry.create_system, entry.compress_type = 3, ZIP_DEFLATED
            entry.external_attr = IS_PROGRAM_MODE if name == WEB_START else IS_FILE_MODE
            archive.writestr(entry, data)
            unzipped += len(data)
    data = path.read_bytes()
    return Package(path=path, zipped=len(data), unzipped=unzipped, sha256=hashlib.sha256(data).hexdigest())


def report(packages: Iterable[Package]) -> str:
    """Lay out what was built."""
    return "".join(
        f"{package.path.name:28} {package.zipped / 1e6:7.1f} MB zipped {package.unzipped / 1e6:7.1f} MB unzipped"
        f"  sha256 {package.sha256[:16]}\n"
        for package in packages
    )


def refuse_too_large(packages: Iterable[Package]) -> None:
    """Raise PackageError when Lambda would refuse the function with its layers."""
    unzipped = sum(package.unzipped for package in packages)
    if unzipped > MAX_UNZIPPED_BYTES:
        raise PackageError(f"expected at most {MAX_UNZIPPED_BYTES:,} bytes unzipped, received {unzipped:,}")


if __name__ == "__main__":
    sys.exit(main())
