"""Build the Lambda Web Adapter, which tests/runtimes runs: python -m tools.web_adapter.

The binary goes into the user's cache, one folder per version, so that every clone on a machine builds it once
(about three minutes on two cores). Where cargo is missing, one line says so and nothing is built.
Source: the crate `lambda_web_adapter`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

CRATE: Final = "lambda_web_adapter"
VERSION: Final = "1.0.0-rc1"
BINARY: Final = "lambda-adapter"


def main() -> int:
    """Build the adapter unless it is there; 1 when cargo fails."""
    built = path()
    if built.exists():
        sys.stdout.write(f"web adapter {VERSION}: {built}\n")
        return 0
    cargo = shutil.which("cargo")
    if cargo is None:
        sys.stdout.write(f"web adapter: skipped, there is no cargo to build {CRATE} {VERSION} (https://rustup.rs)\n")
        return 0
    sys.stdout.write(f"web adapter: building {CRATE} {VERSION}, which takes about three minutes\n")
    sys.stdout.flush()
    return build(cargo, built)


def path() -> Path:
    """Return the file that the adapter is built as."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "darkroom" / "lambda-adapter" / VERSION / BINARY


def build(cargo: str, built: Path) -> int:
    """Compile into a temporary folder beside *built*, then move the binary there; give cargo's exit code."""
    built.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="build-", dir=built.parent) as folder:
        command = [cargo, "install", "--quiet", "--locked", "--root", folder, "--version", VERSION, CRATE]
        code = subprocess.run(  # noqa: S603 - cargo itself
            command, env={**os.environ, "CARGO_TARGET_DIR": f"{folder}/target"}, check=False
        ).returncode
        if code:
            sys.stderr.write(f"web adapter: cargo could not build {CRATE} {VERSION}; its message is above\n")
            return code
        Path(folder, "bin", BINARY).replace(built)
    sys.stdout.write(f"web adapter {VERSION}: {built}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
