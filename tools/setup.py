"""Make the virtual environment of this checkout from its hash-locked requirements, as ``make setup`` does.

    python tools/setup.py [--venv .venv]

This needs Python's standard library alone. Whatever pip the machine has installs one file, the hash-pinned wheel of
uv; uv installs the rest without resolving anything, because a resolver would look at what the registry published
since (``coverage[toml]`` under pip before 24, for one). pip's own settings for the registry and its certificates
hold for uv too. The environment is made anew when a lock has changed, so that nothing of an older one stays.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
OLDEST_PYTHON: Final = (3, 11)
INSTALLER: Final = ROOT / "requirements" / "installer.lock"
LOCK: Final = ROOT / "requirements" / "dev.lock"
EMULATOR: Final = ROOT / "requirements" / "emulator.lock"
READY: Final = ".ready"
LAST_LINES: Final = 12


class SetupError(Exception):
    """The environment cannot be made; the text says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Make or keep the environment; print one line about it."""
    parser = argparse.ArgumentParser(description="Make the virtual environment from the hash-locked requirements.")
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv", help="folder of the environment (default: .venv)")
    folder = parser.parse_args(arguments).venv.absolute()
    try:
        refuse_old_python()
        sys.stdout.write(set_up(folder))
    except SetupError as error:
        sys.stderr.write(f"setup: {error}\n")
        return 1
    return 0


def refuse_old_python() -> None:
    """Raise SetupError when the interpreter that runs this is older than the project allows."""
    if sys.version_info < OLDEST_PYTHON:
        found = sys.version.split()[0]
        raise SetupError(f"expected Python 3.11 or newer, found {found}: run make PYTHON=/path/to/python3.11")


def set_up(folder: Path) -> str:
    """Bring the environment at *folder* up to the locks; return the line that says what was done, empty for nothing."""
    began = time.monotonic()
    ready = folder / READY
    state = fingerprint()
    if ready.is_file() and ready.read_text() == state:
        ready.touch()
        return ""
    sys.stdout.write(f"setup: making {folder.name} with Python {sys.version.split()[0]} from the locked packages …\n")
    sys.stdout.flush()
    make_environment(folder)
    python = folder / "bin" / "python"
    registry = registry_of(os.environ, pip_settings(python))
    install(python, registry)
    install_emulator(folder, registry)
    ready.write_text(state)
    return f"setup: {folder.name} is ready after {time.monotonic() - began:.0f} s\n"


def make_environment(folder: Path) -> None:
    """Make an empty environment with pip; raise SetupError where this Python or the disk does not allow it."""
    try:
        venv.create(folder, clear=True, with_pip=True)
    except subprocess.CalledProcessError as error:
        # Debian and Ubuntu split `ensurepip` off their python3 package.
        raise SetupError(
            "this Python lacks ensurepip: install python3-venv, or run make PYTHON=… with another"
        ) from error
    except OSError as error:
        raise SetupError(f"{folder}: cannot be made ({error.strerror}), expected a writable folder") from error


def fingerprint() -> str:
    """Name what the environment is made of: the interpreter and the content of the locks."""
    hashed = hashlib.sha256(sys.version.encode())
    for lock in (INSTALLER, LOCK, EMULATOR):
        hashed.update(lock.read_bytes())
    return hashed.hexdigest()


def install(python: Path, registry: Mapping[str, str]) -> None:
    """Install uv by pip, the rest and this project by uv, and check that what is installed fits together."""
    pip = (str(python), "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "install", "--no-deps", "--only-binary=:all:", "--require-hashes", f"--requirement={INSTALLER}")
    uv = (str(python), "-m", "uv", "pip")
    locked = ("--no-deps", "--require-hashes", f"--build-constraints={LOCK}", f"--requirements={LOCK}")
    run(*uv, "install", f"--python={python}", *locked, **registry)
    # The command `darkroom`; its build backend is among the locked packages.
    run(*uv, "install", f"--python={python}", "--no-deps", "--no-build-isolation", "--offline", "--editable=.")
    run(*uv, "check", f"--python={python}")


def install_emulator(folder: Path, registry: Mapping[str, str]) -> None:
    """Make ``emulator`` below *folder*: the emulator pins botocore, and nothing else may be held back by that."""
    uv, own = (str(folder / "bin" / "python"), "-m", "uv"), folder / "emulator"
    run(*uv, "venv", "--quiet", "--clear", f"--python={uv[0]}", str(own))
    locked = ("--no-deps", "--require-hashes", f"--requirements={EMULATOR}")
    run(*uv, "pip", "install", f"--python={own / 'bin' / 'python'}", *locked, **registry)
    run(*uv, "pip", "check", f"--python={own / 'bin' / 'python'}")


def registry_of(environment: Mapping[str, str], settings: Mapping[str, str]) -> dict[str, str]:
    """Translate pip's *settings* of the package registry into uv's, which does not read them. uv's own settings win."""
    translated = {"UV_DEFAULT_INDEX": settings.get("index-url"), "SSL_CERT_FILE": settings.get("cert")}
    return {name: value for name, value in translated.items() if value and not environment.get(name)}


def pip_settings(python: Path) -> dict[str, str]:
    """Read what pip is configured with, by files and by environment: ``global.index-url`` → ``index-url``.

    *python*: of the new environment, whose pip is there even where the machine's Python has none.
    """
    listed = run(str(python), "-m", "pip", "--disable-pip-version-check", "config", "list")
    settings: dict[str, str] = {}
    for line in listed.splitlines():
        name, equals, value = line.partition("=")
        if equals:
            settings[name.rsplit(".", 1)[-1]] = value.strip("'\"")
    return settings


def run(*command: str, **environment: str) -> str:
    """Run *command* and return what it printed; raise SetupError with the end of that when it fails."""
    merged = {**os.environ, **environment}
    done = subprocess.run(command, cwd=ROOT, env=merged, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-LAST_LINES:]
        raise SetupError("\n".join([f"this command failed: {json.dumps(' '.join(command))}", *said]))
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
