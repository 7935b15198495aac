"""Each lock serves one purpose, installs under any pip, and declares what the code imports."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path
from typing import Any, Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tools import locks
from tools.locks import Locked, LockError

ROOT: Final = locks.ROOT
PROJECT: Final[Mapping[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS: Final[Mapping[str, list[str]]] = PROJECT["project"]["optional-dependencies"]
GROUPS: Final[Mapping[str, list[str]]] = PROJECT["dependency-groups"]
# Installed by plain pip, which resolves: `pulumi install` does so with the file at the root.
FOR_PIP: Final = (ROOT / "requirements.txt",)
LOCKS: Final = (*sorted(locks.FOLDER.glob("*.lock")), *FOR_PIP)
EVERY_LOCK: Final = pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)


def python(version: str) -> dict[str, str]:
    """Describe Linux with Python *version* as markers see it."""
    return {
        "python_version": version,
        "python_full_version": f"{version}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "os_name": "posix",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_machine": "aarch64",
        "extra": "",
    }


def locked(name: str, version: str = "3.13") -> dict[str, Locked]:
    """Give the entries of a lock that hold under Python *version*, by name."""
    return held(locks.FOLDER / f"{name}.lock", version)


def held(lock: Path, version: str) -> dict[str, Locked]:
    """Give the entries of the lock at a path that hold under Python *version*, by name."""
    return {one.name: one for one in locks.read(lock) if one.holds_in(python(version))}


@EVERY_LOCK
def test_every_entry_is_pinned_with_hashes(lock: Path) -> None:
    """And nothing else stands in a lock: no index, no other place to look in, no path of this machine."""
    entries = locks.read(lock)
    assert entries
    assert [] == [one.name for one in entries if not one.hashes]
    text = lock.read_text(encoding="utf-8")
    assert text.count("--hash=") == sum(len(one.hashes) for one in entries)
    assert not re.search(r"://|file:|(?<![\w.])/(?:home|root|opt|work|tmp|Users)/", text)


@EVERY_LOCK
@pytest.mark.parametrize("version", ["3.11", "3.13"])
def test_no_package_is_pinned_twice_for_one_python(lock: Path, version: str) -> None:
    """Markers split a package between Pythons; an old pip stops at two pins of one package."""
    names = [one.name for one in locks.read(lock) if one.holds_in(python(version))]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("lock", FOR_PIP, ids=lambda path: path.name)
@pytest.mark.parametrize("version", ["3.11", "3.13"])
def test_an_old_pip_installs_what_plain_pip_installs(lock: Path, version: str) -> None:
    """Before 24, pip forgets a pin when another package asks for the pinned one with an extra (``coverage[toml]``)."""
    entries = held(lock, version)
    asked = [(name, str(one)) for name in entries for one in needs(name, python(version)) if one.extras]
    assert [] == asked
    assert [] == [
        (name, str(one))
        for name in entries
        for one in needs(name, python(version))
        if canonicalize_name(one.name) not in entries
    ]


def test_the_fault_of_an_old_pip_would_be_seen() -> None:
    """dev.lock has it, so that lock must never be installed with a resolver."""
    assert any(one.extras for name in locked("dev", "3.11") for one in needs(name, python("3.11")))


def needs(name: str, environment: Mapping[str, str]) -> Iterator[Requirement]:
    """Give what an installed package asks for in *environment*; what is not for this machine asks for nothing."""
    try:
        stated = requires(name) or []
    except PackageNotFoundError:
        return
    for one in map(Requirement, stated):
        if one.marker is None or one.marker.evaluate(dict(environment)):
            yield one


def test_every_other_lock_is_installed_without_resolving() -> None:
    """Commands in the Makefile, the workflows, CI and the tools that install a lock say ``--no-deps``."""
    for path in installers():
        for command in re.split(r"\n\s*\n|;|&&", path.read_text(encoding="utf-8").replace("\\\n", " ")):
            if re.search(r"pip.{0,60}(install|download)\b", command) and ".lock" in command:
                assert "--no-deps" in command, f"{path.relative_to(ROOT)}: {command.strip()}"


def installers() -> list[Path]:
    """Find the files that install something."""
    patterns = ("Makefile", ".ci/run", ".github/workflows/*.yml", "tools/*.py", "*.md", "docs/*.md")
    return [path for pattern in patterns for path in ROOT.glob(pattern)]


@pytest.mark.parametrize("layer", ["runtime", "imaging"])
def test_tests_run_what_production_runs(layer: str) -> None:
    """Under production's Python the versions are the same; under an older one, but for what has no release for it."""
    production = {name: one.version for name, one in locked(layer).items()}
    assert production == {name: one.version for name, one in locked("dev").items() if name in production}

    older = {name: one for name, one in locked("dev", "3.11").items() if name in production}
    split = {name for name, one in older.items() if one.requirement.marker is not None}
    assert production.keys() == older.keys()
    assert {name for name, one in older.items() if one.version != production[name]} <= split


@pytest.mark.parametrize("version", ["3.11", "3.13"])
def test_tests_run_what_pulumi_installs(version: str) -> None:
    """The program is recorded and deployed by tests with the versions that deploy it to AWS."""
    program = {name: one.version for name, one in held(ROOT / "requirements.txt", version).items()}
    assert program == {name: one.version for name, one in locked("dev", version).items() if name in program}


def test_the_layers_agree() -> None:
    """Lambda unpacks both into one folder: the second would overwrite half of another version."""
    runtime, imaging = locked("runtime"), locked("imaging")
    shared = runtime.keys() & imaging.keys()
    assert {name: runtime[name].version for name in shared} == {name: imaging[name].version for name in shared}


@pytest.mark.stack
def test_production_is_not_held_back_by_the_emulator() -> None:
    """Only the emulator's environment has ministack's botocore. A lock notes beside a version what constrained it."""
    assert ["emulator"] == [path.stem for path in LOCKS if "ministack==" in path.read_text(encoding="utf-8")]
    decided = {
        path.stem: set(re.findall(r"# +-c (\S+)|# via -c (\S+)", path.read_text(encoding="utf-8"))) for path in LOCKS
    }
    assert set() == decided["runtime"]
    assert {("requirements/runtime.lock", "")} == decided["imaging"]
    emulator = locked("emulator")["botocore"].version
    [pin] = [one for one in emulator_needs() if one.name == "botocore"]
    assert f"=={emulator}" == str(pin.specifier)
    assert Version(locked("runtime")["botocore"].version) >= Version(emulator)


def emulator_needs() -> list[Requirement]:
    """Ask the emulator's own environment what ministack needs."""
    look = "from importlib.metadata import requires; print(*requires('ministack'), sep='\\n')"
    own = Path(sys.prefix) / "emulator" / "bin" / "python"
    stated = subprocess.run([own, "-c", look], capture_output=True, text=True, check=True).stdout
    return [Requirement(one) for one in stated.splitlines()]


def test_what_the_layers_and_the_emulator_hold_is_declared_alike_for_pip() -> None:
    """One lower bound for a requirement, whether a lock or a person installs it."""
    declared = {*PROJECT["project"]["dependencies"], *(one for extra in EXTRAS.values() for one in extra)}
    grouped = {one for name in ("program", "layer-imaging", "layer-runtime", "emulator") for one in GROUPS[name]}
    assert set() == grouped - declared


def test_the_development_lock_holds_every_extra_but_the_emulator() -> None:
    """An extra that is added is locked, or its code would be tested with whatever is newest."""
    stated = [*PROJECT["project"]["dependencies"], *(one for extra in EXTRAS.values() for one in extra)]
    emulator = {canonicalize_name(Requirement(one).name) for one in GROUPS["emulator"]}
    names = {canonicalize_name(Requirement(one).name) for one in stated} - emulator - {"darkroom"}
    assert set() == names - locked("dev", "3.11").keys()


# Which declarations each part of the code may draw on; `base` is what every installation has.
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "__main__.py": ("infrastructure",),
    "components": ("infrastructure",),
    "local": ("stack",),
    "local/emulator": ("emulator",),
    "processor": (),
    "processor/api": ("runtime",),
    "processor/aws": ("runtime",),
    "processor/editing/reports.py": ("runtime",),
    "processor/fetch": ("runtime",),
    "processor/handlers": ("runtime",),
    "processor/telemetry.py": ("runtime",),
    "processor/upload/reports.py": ("runtime",),
}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_imports_what_its_extra_declares(part: str) -> None:
    """Not what happens to come along with something else; deptry holds tests and tools to the same (`make lint`)."""
    allowed = declared_by("base").union(*(declared_by(extra) for extra in PARTS[part]))
    distributions = installed()
    undeclared = {
        (module, str(path.relative_to(ROOT)))
        for path in modules(part)
        for module in imported(path)
        if module not in sys.stdlib_module_names | OWN
        and not allowed & {canonicalize_name(one) for one in distributions.get(module, [module])}
    }
    assert set() == undeclared


@cache
def installed() -> Mapping[str, list[str]]:
    """Return the distributions that each importable module comes from."""
    return packages_distributions()


OWN: Final = frozenset({"components", "local", "processor", "tools"})


def modules(part: str) -> list[Path]:
    """List the modules of a part, less those that are parts of their own."""
    place = ROOT / part
    found = [place] if place.is_file() else sorted(place.rglob("*.py"))
    inner = [ROOT / other for other in PARTS if other.startswith(f"{part}/")]
    return [path for path in found if not any(path == one or one in path.parents for one in inner)]


def imported(path: Path) -> set[str]:
    """Name the top-level modules that a file imports, less those for the type checker alone."""
    found: set[str] = set()
    for node in running(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def running(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk what runs: not below ``if TYPE_CHECKING``."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield node
            yield from running(node)


def declared_by(extra: str) -> set[str]:
    """Name the packages that an extra declares, itself or by taking other extras in."""
    stated = PROJECT["project"]["dependencies"] if extra == "base" else EXTRAS[extra]
    names: set[str] = set()
    for one in map(Requirement, stated):
        if one.name == PROJECT["project"]["name"]:
            names = names.union(*(declared_by(other) for other in one.extras))
        else:
            names.add(canonicalize_name(one.name))
    return names


@pytest.mark.parametrize(
    "line", ["--index-url https://pypi.example/simple", "requests>=2", "-r other.lock", "./local-folder"]
)
def test_a_lock_with_anything_else_is_refused(tmp_path: Path, line: str) -> None:
    """A line that is not a pinned package is quoted."""
    lock = tmp_path / "odd.lock"
    lock.write_text(f"# a comment\n{line}\n")
    with pytest.raises(LockError) as refusal:
        locks.read(lock)
    assert f"odd.lock: expected name==version with hashes, found {line!r}" == str(refusal.value)
