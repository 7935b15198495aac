"""THIRD_PARTY.md names what goes into each Lambda layer, and what the wheels bundle."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest

from tools import locks, third_party

LAYERS = pytest.mark.parametrize("layer", third_party.LAYERS)
ROW = re.compile(r"^\| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
# Pillow appends the licence of each bundled library to its own, under a heading in capitals.
PILLOW_HEADING = re.compile(r"^-{3,}\n+([A-Z0-9]{2,})\n", re.MULTILINE)
NAME_AND_LICENCE = re.compile(
    r"^Name: (.+?)\n(?:Files: .+\n|Description: .+\n|Availability: .+\n)*License: (.+)$", re.MULTILINE
)


def tables(layer: str) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Read the two tables of a layer: its packages, and what they bundle."""
    page = third_party.PAGE.read_text(encoding="utf-8")
    section = page.partition(f'## Layer "{layer}"')[2].partition("\n## ")[0]
    packages, _, bundled = section.partition("| bundled in |")
    return ROW.findall(packages)[1:], ROW.findall(bundled)


def installed(package: str) -> Distribution:
    """Find a locked package as it is installed here."""
    return distribution(package)


@LAYERS
def test_the_page_names_each_package_of_the_layer_at_its_version(layer: str) -> None:
    """`make lock` writes both; a lock that was changed by hand is noticed."""
    expected = [(one.name, one.version) for one in locks.read(locks.FOLDER / f"{layer}.lock")]
    assert expected == [row[:2] for row in tables(layer)[0]]


@LAYERS
def test_the_page_states_the_licence_that_the_wheel_states(layer: str) -> None:
    """As far as the same version is installed here: a package may be older under an older Python."""
    stated = {name: licence for name, version, licence in tables(layer)[0] if installed(name).version == version}
    assert stated == {name: third_party.licence(installed(name)) for name in stated}
    assert len(stated) > len(tables(layer)[0]) / 2


@LAYERS
def test_the_page_names_each_library_of_the_table(layer: str) -> None:
    """The hand-written facts are on the page."""
    packages = {one.name for one in locks.read(locks.FOLDER / f"{layer}.lock")}
    expected = [
        (package, library.name, library.licence)
        for package, bundle in third_party.bundles().items()
        for library in bundle.libraries
        if package in packages
    ]
    assert expected == [row for row in tables(layer)[1] if not re.fullmatch(r"\d+ Rust crates", row[1])]


@LAYERS
def test_no_wheel_bundles_what_the_table_lacks(layer: str) -> None:
    """Also not the wheels for this machine's processor, which bundle more than those for arm64."""
    known = third_party.bundles()
    for one in locks.read(locks.FOLDER / f"{layer}.lock"):
        third_party.refuse_unknown(one.name, installed(one.name), known)


@pytest.mark.parametrize(
    "file", ["some_wheel.libs/libnew-0a1b2c3d.so.4", "some_wheel-1.dist-info/sboms/auditwheel.cdx.json"]
)
def test_a_wheel_that_bundles_something_new_stops_the_page(tmp_path: Path, file: str) -> None:
    """The one who upgrades looks its licence up."""
    info = tmp_path / "some_wheel-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.4\nName: some-wheel\nVersion: 1\n")
    (info / "RECORD").write_text(f"{file},,\n")
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).touch()

    with pytest.raises(third_party.ThirdPartyError) as refusal:
        third_party.refuse_unknown("some-wheel", Distribution.at(info), third_party.bundles())
    assert f"some-wheel 1 bundles {file}: add it to bundled.toml, with its licence" == str(refusal.value)


def test_a_wheel_without_a_licence_stops_the_page(tmp_path: Path) -> None:
    """No row has an unknown licence."""
    info = tmp_path / "some_wheel-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.4\nName: some-wheel\nVersion: 1\n")

    with pytest.raises(third_party.ThirdPartyError, match="some-wheel: expected a licence in its metadata, found none"):
        third_party.licence(Distribution.at(info))


def test_the_table_has_what_pillow_lists() -> None:
    """Pillow's own list, in the licence file of its wheel."""
    text = installed("pillow").read_text("licenses/LICENSE") or ""
    listed = [name.lower() for name in PILLOW_HEADING.findall(text)]
    known = " ".join(one.name for one in third_party.bundles()["pillow"].libraries)
    assert len(listed) > 15
    assert [] == [name for name in listed if name not in known]


@pytest.mark.parametrize(
    ("package", "file"), [("pillow-heif", "licenses/LICENSES_bundled.txt"), ("numpy", "licenses/LICENSE.txt")]
)
def test_the_table_has_the_terms_that_the_wheel_lists(package: str, file: str) -> None:
    """pillow-heif writes GPLv2 where SPDX has GPL-2.0; what only wheels for Windows hold is left out."""
    listed = NAME_AND_LICENCE.findall(installed(package).read_text(file) or "")
    spdx = {"LGPLv3": "LGPL-3.0", "GPLv2": "GPL-2.0"}
    terms = {spdx.get(terms, terms) for name, terms in listed if "Windows" not in name}
    assert terms
    assert terms <= {one.licence for one in third_party.bundles()[package].libraries}
