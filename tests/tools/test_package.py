"""Packages for Lambda: the same zip for the same input, laid out as Lambda expects, within its limit."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
from pathlib import Path

import pytest

from tools import package
from tools.package import Package, PackageError

ROOT = Path(__file__).parents[2]


def installed(folder: Path, *names: str, tag: str = "py3-none-any") -> Path:
    """Lay out what an installer of the wheel `thing` leaves in *folder*."""
    for name in (*names, "thing-1.dist-info/METADATA"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (folder / "thing-1.dist-info/WHEEL").write_text(f"Wheel-Version: 1.0\nTag: {tag}\n", encoding="utf-8")
    return folder


# Builds like pyvips: with an extension where pkg-config finds libvips, in pure Python elsewhere.
BACKEND = """
import os, subprocess, zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    found = subprocess.run([os.environ.get("PKG_CONFIG", "pkg-config"), "--exists", "vips"]).returncode == 0
    tag = "py3-none-linux_aarch64" if found else "py3-none-any"
    info = "pyvips-9.dist-info/"
    with zipfile.ZipFile(f"{folder}/pyvips-9-{tag}.whl", "w") as wheel:
        wheel.writestr("pyvips.py", "")
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: pyvips\\nVersion: 9\\n")
        wheel.writestr(info + "WHEEL", f"Wheel-Version: 1.0\\nRoot-Is-Purelib: {not found}\\nTag: {tag}\\n")
        wheel.writestr(info + "RECORD", "")
    return f"pyvips-9-{tag}.whl"
"""


@pytest.fixture
def libvips_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in for a machine with libvips' headers, and for an index that has a source distribution of pyvips."""
    project = tmp_path / "pyvips-9"
    project.mkdir()
    (project / "backend.py").write_text(BACKEND, encoding="utf-8")
    settings = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    (project / "pyproject.toml").write_text(f'[project]\nname = "pyvips"\nversion = "9"\n{settings}', encoding="utf-8")
    index = tmp_path / "index"
    index.mkdir()
    with tarfile.open(index / "pyvips-9.tar.gz", "w:gz") as source:
        source.add(project, "pyvips-9")
    program = tmp_path / "bin" / "pkg-config"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    for name, value in {"UV_NO_INDEX": "1", "UV_FIND_LINKS": str(index), "UV_CACHE_DIR": str(tmp_path / "c")}.items():
        monkeypatch.setenv(name, value)
    return index


def test_pyvips_is_pure_python_where_libvips_is_installed(libvips_here: Path, tmp_path: Path) -> None:
    """Compiled against the system's libvips, pyvips would use it; such a wheel in uv's cache is not taken either."""
    (tmp_path / "requirements").mkdir()
    digest = hashlib.sha256((libvips_here / "pyvips-9.tar.gz").read_bytes()).hexdigest()
    lock = f"pyvips==9 --hash=sha256:{digest}\n"
    (tmp_path / "requirements" / "imaging.lock").write_text(lock, encoding="utf-8")
    (tmp_path / "requirements" / "dev.lock").touch()

    def platform(folder: str) -> str:
        package.install(tmp_path, "imaging", "arm64", tmp_path / folder)
        return (tmp_path / folder / "pyvips-9.dist-info" / "WHEEL").read_text(encoding="utf-8").rsplit("-", 1)[1]

    assert "linux_aarch64\n" == platform("without")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert "any\n" == platform("with")


def test_a_layer_lies_below_python(tmp_path: Path) -> None:
    """Lambda puts a layer's python/ on the path; the system before Darkroom nested it below opt/ and found nothing."""
    installed(
        tmp_path,
        "thing/__init__.py",
        "thing/__init__.pyi",
        "thing/__pycache__/__init__.cpython-313.pyc",
        "thing/tests/test_thing.py",
        "thing/testing/__init__.py",
        "thing-1.dist-info/licenses/LICENSE",
        "thing-1.dist-info/RECORD",
        "thing-1.dist-info/INSTALLER",
        "single.py",
        "bin/thing",
        ".lock",
    )

    assert [
        "python/single.py",
        "python/thing-1.dist-info/METADATA",
        "python/thing-1.dist-info/WHEEL",
        "python/thing-1.dist-info/licenses/LICENSE",
        "python/thing/__init__.py",
        "python/thing/testing/__init__.py",
    ] == sorted(name for name, _ in package.layer_files(tmp_path))


@pytest.mark.parametrize(
    ("tag", "platform"),
    [
        ("cp311-cp311-linux_aarch64", "linux_aarch64"),
        ("cp313-cp313-manylinux_2_28_x86_64", "manylinux_2_28_x86_64"),
        ("cp313-cp313-macosx_11_0_arm64", "macosx_11_0_arm64"),
    ],
)
def test_a_wheel_for_another_machine_is_refused(tmp_path: Path, tag: str, platform: str) -> None:
    """A wheel that was built here would fail on Lambda only at its first import."""
    with pytest.raises(PackageError) as refusal:
        package.refuse_foreign(installed(tmp_path, tag=tag), "arm64")

    expected = "expected a wheel for any platform or manylinux on aarch64"
    assert f"thing-1: found a wheel for {platform}, {expected}" == str(refusal.value)


@pytest.mark.parametrize(
    "tag", ["py3-none-any", "cp313-cp313-manylinux_2_27_aarch64\nTag: cp313-cp313-manylinux_2_28_aarch64"]
)
def test_wheels_for_the_target_are_taken(tmp_path: Path, tag: str) -> None:
    """Pure Python, or manylinux for the same processor under any of its names."""
    package.refuse_foreign(installed(tmp_path, tag=tag), "arm64")


def test_more_than_lambda_unzips_is_refused() -> None:
    """The limit counts the function and all its layers together."""
    half = Package(path=Path("half.zip"), zipped=1, unzipped=131_072_000, sha256="")
    one = Package(path=Path("one.zip"), zipped=1, unzipped=1, sha256="")

    package.refuse_too_large([half, half])
    with pytest.raises(PackageError) as refusal:
        package.refuse_too_large([half, half, one])
    assert "expected at most 262,144,000 bytes unzipped, received 262,144,001" == str(refusal.value)


def test_a_zip_that_lambda_does_not_take_is_refused() -> None:
    """A zip is sent to Lambda directly; `pulumi up` would fail at the end of the upload."""
    big = Package(path=Path("dist/big.zip"), zipped=52_428_801, unzipped=1, sha256="")

    with pytest.raises(PackageError) as refusal:
        package.refuse_too_large([big])
    assert "big.zip: expected at most 52,428,800 bytes zipped, received 52,428,801" == str(refusal.value)


def test_what_uv_says_is_passed_on(tmp_path: Path) -> None:
    """A lock that cannot be read stops the build with uv's reason."""
    with pytest.raises(PackageError, match=r"^uv pip install failed: (?s:.*)imaging\.lock"):
        package.build(tmp_path, tmp_path / "dist", "arm64")
