"""Packages for Lambda: the same zip for the same input, laid out as Lambda expects, within its limit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest

from tools import package
from tools.package import Package, PackageError

ROOT = Path(__file__).parents[2]


def wheel(folder: Path, name: str, members: Mapping[str, str]) -> Path:
    """Write a wheel."""
    path = folder / name
    with ZipFile(path, "w") as archive:
        for member, text in members.items():
            archive.writestr(member, text)
    return path


def names(path: Path) -> list[str]:
    """List what the zip at *path* holds, in its order."""
    with ZipFile(path) as archive:
        return archive.namelist()


def test_the_same_files_give_the_same_zip(tmp_path: Path) -> None:
    """Neither the order of files nor the clock decides a byte: an unchanged layer publishes no new version."""
    files = [("b.py", b"b = 1\n" * 100), ("a/c.py", b"c = 2\n")]

    first = package.write_zip(tmp_path / "1.zip", files)
    second = package.write_zip(tmp_path / "2.zip", reversed(files))

    assert first.sha256 == second.sha256
    assert ["a/c.py", "b.py"] == names(first.path)
    assert (606, first.path.stat().st_size) == (first.unzipped, first.zipped)


def test_every_file_in_a_zip_can_be_read_by_lambda(tmp_path: Path) -> None:
    """Lambda runs as another user: files without permission for others fail with an import error."""
    built = package.write_zip(tmp_path / "1.zip", [("a.py", b"")])

    with ZipFile(built.path) as archive:
        assert 0o100644 == archive.getinfo("a.py").external_attr >> 16


def test_the_script_that_starts_the_edit_api_may_be_executed(tmp_path: Path) -> None:
    """The Lambda Web Adapter executes it; without the permission the function ends before its first line."""
    built = package.write_zip(tmp_path / "1.zip", [("run.sh", b"#!/bin/sh\n"), ("processor/run.sh", b"")])

    with ZipFile(built.path) as archive:
        modes = {entry.filename: oct(entry.external_attr >> 16) for entry in archive.infolist()}
    assert {"run.sh": "0o100755", "processor/run.sh": "0o100644"} == modes


def test_a_layer_lies_below_python(tmp_path: Path) -> None:
    """Lambda puts a layer's python/ on the path; the system before Darkroom nested it below opt/ and found nothing."""
    wheels = [
        wheel(
            tmp_path,
            "thing-1-py3-none-any.whl",
            {
                "thing/__init__.py": "",
                "thing/__init__.pyi": "",
                "thing/tests/test_thing.py": "",
                "thing/testing/__init__.py": "",
                "thing-1.dist-info/METADATA": "",
                "thing-1.data/purelib/thing/extra.py": "",
                "thing-1.data/scripts/thing": "",
            },
        )
    ]

    assert [
        "python/thing-1.dist-info/METADATA",
        "python/thing/__init__.py",
        "python/thing/extra.py",
        "python/thing/testing/__init__.py",
    ] == sorted(name for name, _ in package.layer_files(wheels))


def test_the_function_is_the_processing_package_alone() -> None:
    """No tests, no tools, no caches, nothing of this machine."""
    found = [name for name, _ in package.function_files(ROOT)]

    assert "processor/settings.py" in found
    assert [] == [name for name in found if not re.fullmatch(r"run\.sh|processor/[a-z_0-9/]+\.py", name)]


def test_the_start_script_lies_at_the_root_of_the_function(tmp_path: Path) -> None:
    """The handler of the edit API's function is run.sh, which Lambda looks for there."""
    script = tmp_path / "processor" / "api" / "run.sh"
    script.parent.mkdir(parents=True)
    script.write_bytes(b"#!/bin/sh\n")
    (script.parent / "app.py").write_bytes(b"app = 1\n")

    assert {"run.sh": b"#!/bin/sh\n", "processor/api/app.py": b"app = 1\n"} == dict(package.function_files(tmp_path))


@pytest.mark.parametrize(
    "name",
    [
        "pyvips-3.2.0-cp311-cp311-linux_aarch64.whl",
        "pyvips-3.2.0-cp313-cp313-manylinux_2_28_x86_64.whl",
        "pyvips-3.2.0-cp313-cp313-macosx_11_0_arm64.whl",
    ],
)
def test_a_wheel_for_another_machine_is_refused(name: str) -> None:
    """A wheel that was built here would fail on Lambda only at its first import."""
    with pytest.raises(PackageError) as refusal:
        package.refuse_foreign([Path(name)], "arm64")

    assert f"{name}: expected a wheel for any platform or manylinux on aarch64" == str(refusal.value)


def test_wheels_for_the_target_are_taken() -> None:
    """Pure Python, or manylinux for the same processor under any of its names."""
    package.refuse_foreign(
        [Path("a-1-py3-none-any.whl"), Path("b-1-cp313-cp313-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl")],
        "arm64",
    )


def test_more_than_lambda_unzips_is_refused() -> None:
    """The limit counts the function and all its layers together."""
    half = Package(path=Path("half.zip"), zipped=1, unzipped=131_072_000, sha256="")
    one = Package(path=Path("one.zip"), zipped=1, unzipped=1, sha256="")

    package.refuse_too_large([half, half])
    with pytest.raises(PackageError) as refusal:
        package.refuse_too_large([half, half, one])
    assert "expected at most 262,144,000 bytes unzipped, received 262,144,001" == str(refusal.value)


def test_what_pip_says_is_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A lock that cannot be read stops the build with pip's reason."""
    monkeypatch.setattr(package, "ROOT", tmp_path)

    with pytest.raises(PackageError, match=r"^pip download failed: .*imaging\.lock"):
        package.build(tmp_path / "dist", "arm64")
