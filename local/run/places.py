"""Find the folders of the embedded stack, and write commands as the user has to type them."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


def default_folder() -> Path:
    """Return the folder of a run without --folder: in a checkout ``out/local``, else in the user's state folder.

    https://specifications.freedesktop.org/basedir-spec/latest/
    """
    if (ROOT / "pyproject.toml").is_file():
        return ROOT / "out" / "local"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "darkroom" / "local"


DEFAULT: Final = default_folder()


def darkroom(arguments: str, folder: Path = DEFAULT) -> str:
    """Write a ``darkroom`` command for the run in *folder*."""
    option = "" if folder == DEFAULT else f" --folder {shlex.quote(near(folder))}"
    return f"{program()} {arguments}{option}"


def program() -> str:
    """Return the ``darkroom`` command of this Python: its bare name where the shell finds that one."""
    beside = beside_python("darkroom")
    found = shutil.which("darkroom")
    if found and beside.exists() and Path(found).samefile(beside):
        return "darkroom"
    return shlex.quote(near(beside)) if beside.exists() else f"{python()} -m darkroom"


def python() -> str:
    """Return the path of this Python."""
    return shlex.quote(near(Path(sys.executable)))


def beside_python(name: str) -> Path:
    """Return the path of a program that is installed with this Python."""
    return Path(sys.executable).with_name(name)


def near(path: Path) -> str:
    """Shorten *path* when it lies below the current folder."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
