"""`pulumi install`: requirements.txt is complete for what the program imports, and pip can install it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKED = frozenset(
    re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
)


def needs(package: str) -> Iterator[Requirement]:
    """Yield what *package* requires on this machine, without any of its extras."""
    for line in requires(package) or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement


@pytest.mark.parametrize("package", sorted(LOCKED))
def test_whatever_a_locked_package_requires_is_locked(package: str) -> None:
    """Pip refuses what has no hash; old pips also refuse what is required with an extra, which no lock can hold."""
    requirements = list(needs(package))

    assert set() == {canonicalize_name(one.name) for one in requirements} - LOCKED
    assert [] == [str(one) for one in requirements if one.extras]


def imports(module: str) -> Iterator[str]:
    """Name what a module of this project imports; nothing for other modules."""
    path = ROOT / f"{module.replace('.', '/')}.py"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8") if path.is_file() else "")):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def test_whatever_the_program_imports_is_locked() -> None:
    """A module that is there by make's installation only would end a preview after `pulumi install`."""
    reached: set[str] = set()
    waiting = ["__main__"]
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached.add(module)
            waiting += imports(module)
    owners = packages_distributions()
    libraries = {canonicalize_name(owners[top][0]) for top in {one.partition(".")[0] for one in reached} & set(owners)}

    assert {"pulumi", "pulumi-aws", "pulumi-random", "pydantic"} <= libraries
    assert libraries <= LOCKED


@pytest.mark.stack
@pytest.mark.skipif("CI" not in os.environ, reason="needs a package index and a minute: set CI=1 to run it")
def test_the_steps_of_pulumi_install_give_a_program_that_runs(tmp_path: Path) -> None:
    """Pulumi's pip toolchain: an environment, the newest pip, requirements.txt. The bundled pip can read it, too."""
    python = tmp_path / ".venv" / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet"]
    requirements = ["--requirement", "requirements.txt"]
    for command in (
        [sys.executable, "-m", "venv", str(tmp_path / ".venv")],
        [*pip, "--dry-run", *requirements],
        [*pip, "--upgrade", "pip", "setuptools", "wheel"],
        [*pip, *requirements],
        [str(python), "-m", "pip", "check"],
    ):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert (0, command) == (done.returncode, command), done.stderr

    imports = "from components.testing.recorder import record; from tools.plan.text import text_of"
    script = f"{imports}; print(end=text_of(record('dev')))"
    planned = subprocess.run([python, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert 0 == planned.returncode, planned.stderr
    assert (ROOT / "tests" / "golden" / "plan.dev.txt").read_text(encoding="utf-8") == planned.stdout
