"""Write THIRD_PARTY.md: what each Lambda layer holds, by package and bundled library, with its licence.

    python -m tools.third_party

Names and versions come from the layers' locks; licences from the metadata of the wheels for Lambda's default
architecture, which uv unpacks into a temporary folder; bundled libraries from requirements/bundled.toml, because wheels
list them in no common form.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any, Final

from packaging.utils import canonicalize_name

from tools import locks

PAGE: Final = locks.ROOT / "THIRD_PARTY.md"
BUNDLED: Final = locks.FOLDER / "bundled.toml"
LAYERS: Final = ("runtime", "imaging")
PLATFORM: Final = ("--python-platform=aarch64-manylinux_2_34", "--python-version=3.13")
OSI: Final = "License :: OSI Approved :: "
HEAD: Final = """\
# Third-party software in the Lambda layers

Written by `make lock`, from the locks in `requirements/`, the metadata of the wheels for arm64, and
`requirements/bundled.toml` for the libraries that the wheels bundle; a test keeps it current. The packages of the
development environment, which is not distributed, are not listed.

Darkroom itself is under the Apache License 2.0. A layer holds programs under other terms, which apply when you
distribute the layer: pillow-heif's authors put their wheels under GPL-2.0, because they bundle x265 (Darkroom only
decodes HEIC and never calls it); libvips, LibRaw, libheif and others are under the LGPL. Deploying a layer into your
own AWS account is not distribution.
"""


class ThirdPartyError(Exception):
    """The page cannot be written; the text says which wheel lacks which fact."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Library:
    """One bundled library. *files*: glob patterns of its shared libraries in the wheel."""

    name: str
    licence: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """The libraries that one wheel bundles. *source*: origin of the list."""

    source: str
    libraries: tuple[Library, ...]


def main() -> int:
    """Write the page."""
    try:
        PAGE.write_text(page(), encoding="utf-8")
    except ThirdPartyError as error:
        sys.stderr.write(f"third_party: {error}\n")
        return 1
    return 0


def page() -> str:
    """Unpack the wheels of both layers and describe them."""
    known = bundles()
    parts: list[str] = [HEAD]
    for layer in LAYERS:
        with tempfile.TemporaryDirectory() as folder:
            unpack(layer, Path(folder))
            parts += section(layer, Path(folder), known)
    return "\n".join(parts)


def bundles() -> dict[str, Bundle]:
    """Read the table of bundled libraries, by package."""
    tree: dict[str, Any] = tomllib.loads(BUNDLED.read_text(encoding="utf-8"))
    return {
        package: Bundle(
            source=one["source"],
            libraries=tuple(
                Library(name=each["name"], licence=each["licence"], files=tuple(each.get("files", ())))
                for each in one["libraries"]
            ),
        )
        for package, one in tree.items()
    }


def unpack(layer: str, folder: Path) -> None:
    """Unpack the wheels of *layer* into *folder* with uv, without resolving anything."""
    locked = ("--no-deps", "--require-hashes", f"--requirements={locks.FOLDER / f'{layer}.lock'}")
    build = f"--build-constraints={locks.FOLDER / 'dev.lock'}"
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", f"--target={folder}", *PLATFORM, *locked, build]
    done = subprocess.run(command, cwd=locks.ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise ThirdPartyError(f"uv could not unpack the layer {layer}: {done.stderr.strip()}")


def section(layer: str, folder: Path, known: Mapping[str, Bundle]) -> Iterator[str]:
    """Describe one layer: its packages, then what they bundle."""
    wheels: dict[str, Distribution] = {canonicalize_name(one.name): one for one in distributions(path=[str(folder)])}
    yield f'## Layer "{layer}"\n\n| package | version | licence |\n|---|---|---|'
    for one in locks.read(locks.FOLDER / f"{layer}.lock"):
        yield f"| {one.name} | {one.version} | {licence(wheels[one.name])} |"
    yield "\n| bundled in | library | licence |\n|---|---|---|"
    for name, wheel in sorted(wheels.items()):
        refuse_unknown(name, wheel, known)
        if name in known:
            yield from rows(name, wheel, known[name])
    sources = "\n".join(f"- {name}: {known[name].source}" for name in sorted(wheels) if name in known)
    yield f"\nWhere the bundled libraries are listed:\n\n{sources}\n"


def rows(package: str, wheel: Distribution, bundle: Bundle) -> Iterator[str]:
    """Describe what *wheel* bundles; Rust crates in one row, as there are dozens of them."""
    for one in bundle.libraries:
        yield f"| {package} | {one.name} | {one.licence} |"
    if crates := rust_crates(wheel):
        terms = ", ".join(sorted({term for terms in crates.values() for term in terms}))
        yield f"| {package} | {len(crates)} Rust crates | {terms} |"


def licence(wheel: Distribution) -> str:
    """Give the licence that *wheel* states: an SPDX expression, else its classifiers, else its own words."""
    classified = [one.removeprefix(OSI) for one in stated(wheel, "Classifier") if one.startswith(OSI)]
    for found in (stated(wheel, "License-Expression"), classified, stated(wheel, "License")):
        if found:
            return ", ".join(found)
    raise ThirdPartyError(f"{wheel.name}: expected a licence in its metadata, found none")


def stated(wheel: Distribution, field: str) -> list[str]:
    """Read all values of one field of a wheel's metadata."""
    return [str(one) for one in wheel.metadata.get_all(field) or ()]


def rust_crates(wheel: Distribution) -> dict[str, list[str]]:
    """Read the licences of the Rust crates in the wheel's bill of materials (CycloneDX), by name and version."""
    found: dict[str, list[str]] = {}
    for file in wheel.files or ():
        if ".dist-info/sboms/" in file.as_posix() and file.suffix == ".json":
            listed = json.loads(Path(str(wheel.locate_file(file))).read_text(encoding="utf-8"))
            for one in listed.get("components", ()):
                if one.get("purl", "").startswith("pkg:cargo/"):
                    found[f"{one['name']} {one['version']}"] = terms_of(one)
    return found


def terms_of(component: Mapping[str, Any]) -> list[str]:
    """Give the licences of one component, which CycloneDX states as an expression or as ids."""
    stated = [one.get("expression") or one["license"].get("id") for one in component.get("licenses", ())]
    return [one for one in stated if one]


def refuse_unknown(package: str, wheel: Distribution, known: Mapping[str, Bundle]) -> None:
    """Raise ThirdPartyError when *wheel* holds a shared library, or a bill of materials, that the table lacks."""
    patterns = [one for library in (known[package].libraries if package in known else ()) for one in library.files]
    for file in wheel.files or ():
        unknown = is_library(file.as_posix()) and not any(fnmatch(file.name, one) for one in patterns)
        if unknown or (package not in known and "sboms" in file.parts):
            raise ThirdPartyError(
                f"{package} {wheel.version} bundles {file}: add it to {BUNDLED.name}, with its licence"
            )


def is_library(path: str) -> bool:
    """Tell whether a file is a shared library that is no extension module of Python."""
    name = path.rpartition("/")[2]
    return name.startswith("lib") and (name.endswith(".so") or ".so." in name)


if __name__ == "__main__":
    sys.exit(main())
