"""The function's zip and the identity of layers: bytes that follow from the checkout, and from nothing else."""

from __future__ import annotations

import os
import re
import shutil
import stat
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path
from zipfile import ZipFile

import pytest

from components import build
from components.build import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Copy the sources of the packages."""
    for part in ("processor", "requirements"):
        shutil.copytree(ROOT / part, tmp_path / "checkout" / part, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "checkout"


def names(path: Path) -> list[str]:
    """List the names in the zip at *path*, in its order."""
    with ZipFile(path) as archive:
        return archive.namelist()


def test_the_same_files_give_the_same_zip() -> None:
    """Neither the order of files nor the clock decides a byte: an unchanged layer publishes no new version."""
    files = [("b.py", b"b = 1\n" * 100), ("a/c.py", b"c = 2\n")]

    assert build.zip_bytes(files) == build.zip_bytes(reversed(files))


def test_the_function_holds_the_processing_package_and_its_start_script(tmp_path: Path) -> None:
    """No tests, no tools, no caches, nothing of this machine; the script is at the root, as the handler states."""
    path = build.build_function(ROOT, tmp_path)

    found = names(path)
    assert found == sorted(found)
    assert {"run.sh", "processor/settings/tree.py"} <= set(found)
    assert [] == [name for name in found if not re.fullmatch(r"run\.sh|processor/[a-z_0-9/]+\.py", name)]
    with ZipFile(path) as archive:
        assert (ROOT / "processor/handlers/rendition.py").read_bytes() == archive.read(
            "processor/handlers/rendition.py"
        )


def test_only_the_start_script_may_be_executed(tmp_path: Path) -> None:
    """Lambda runs as another user and must read every file; the Lambda Web Adapter must execute the script."""
    with ZipFile(build.build_function(ROOT, tmp_path)) as archive:
        modes = {entry.filename: oct(entry.external_attr >> 16) for entry in archive.infolist()}

    assert "0o100755" == modes.pop("run.sh")
    assert {"0o100644"} == set(modes.values())


def test_a_copy_of_the_checkout_gives_the_same_bytes(tmp_path: Path, checkout: Path) -> None:
    """Times, modes and compiled modules differ between two clones; the function does not."""
    module = checkout / "processor" / "keys.py"
    module.chmod(0o600)
    os.utime(module, (0, 0))

    here, there = (build.build_function(sources, tmp_path) for sources in (ROOT, checkout))

    assert here == there


def test_another_module_is_another_file(tmp_path: Path, checkout: Path) -> None:
    """A path never changes its bytes: what a running deployment reads stays what it has announced."""
    before = build.build_function(checkout, tmp_path)
    kept = before.read_bytes()
    with (checkout / "processor" / "keys.py").open("a") as module:
        module.write("# changed\n")
    after = build.build_function(checkout, tmp_path)

    assert before != after
    assert kept == before.read_bytes()
    assert before.name == after.name == "function.zip"


def test_two_previews_at_once_find_the_same_function(tmp_path: Path) -> None:
    """Previews of dev and prod run side by side in one checkout."""
    with ProcessPoolExecutor(2) as pool:
        found = set(pool.map(build.build_function, repeat(ROOT, 4), repeat(tmp_path)))

    [path] = found
    assert [path] == [one for one in tmp_path.rglob("*") if one.is_file()]
    assert 0o644 == stat.S_IMODE(path.stat().st_mode)
    with ZipFile(path) as archive:
        assert archive.testzip() is None


def test_functions_that_nothing_used_for_a_week_are_removed(tmp_path: Path, checkout: Path) -> None:
    """Each changed module leaves a file of a megabyte."""
    old = build.build_function(ROOT, tmp_path)
    os.utime(old, (0, 0))
    (checkout / "processor" / "keys.py").unlink()

    new = build.build_function(checkout, tmp_path)

    assert [new.parent] == list(tmp_path.glob("function-*"))


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """A folder stands where the file should go: no temporary file stays beside it."""
    (tmp_path / "taken").mkdir()

    with pytest.raises(IsADirectoryError):
        build.write_atomically(tmp_path / "taken", b"x")

    assert ["taken"] == [path.name for path in tmp_path.iterdir()]


def test_a_layer_is_known_by_its_pins_and_its_target(checkout: Path) -> None:
    """Another pin, layer or processor is another layer; a comment in the lock is not."""

    def identity(layer: str = "imaging", architecture: str = "arm64") -> build.File:
        return build.layer_identity(checkout, layer, architecture)

    lock = checkout / "requirements" / "imaging.lock"
    before = identity()
    others = {before, identity("runtime"), identity(architecture="x86_64")}
    lock.write_text(f"# a comment\n{lock.read_text()}    # via another\n")

    assert 3 == len(others)
    assert before == identity()
    lock.write_text(lock.read_text().replace("pyvips==", "pyvips==9"))
    assert before != identity()
