"""Pulumi's command line, and the server that runs programs for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from components.testing.program import ROOT

PASSPHRASE: Final = "open sesame"  # noqa: S105 - of states that live as long as a test
# A command takes seconds; one that takes this long hangs.
HANG_S: Final = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Engine:
    """Pulumi's command line, its home folder, and the address of the server that runs programs."""

    command: str
    home: Path
    client: str

    def run(self, *arguments: str, folder: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a command in *folder*."""
        known = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "PULUMI_HOME": str(self.home),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_DEBUG_COMMANDS": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
            # Written once, at the end: a state after each of 170 resources is most of an update's time.
            "PULUMI_SKIP_CHECKPOINTS": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # A command is over before its garbage matters.
            "GOGC": "off",
            **env,
        }
        return subprocess.run(
            [self.command, *arguments, "--non-interactive", "--color", "never"],
            cwd=folder,
            env=known,
            capture_output=True,
            text=True,
            timeout=HANG_S,
            check=False,
        )


@contextmanager
def started(home: Path) -> Generator[Engine]:
    """Start what the command line needs; raise FileNotFoundError where there is no command line."""
    command = find_command()
    with program_server() as client:
        yield Engine(command=command, home=home, client=client)


def find_command() -> str:
    """Find Pulumi's command line: on PATH, or where `make engine` puts it; raise FileNotFoundError."""
    [version] = re.findall(r"pulumi/pkg/v3 v(\S+)", (ROOT / "engine" / "go.mod").read_text(encoding="utf-8"))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    if found := shutil.which("pulumi") or shutil.which(str(cache / "darkroom" / "pulumi" / version / "pulumi")):
        return found
    raise FileNotFoundError("Pulumi's command line is not here: `make engine` builds it (needs Go)")


@contextmanager
def program_server() -> Generator[str]:
    """Run the server of programs; give its address."""
    script = Path(__file__).with_name("program_server.py")
    # Coverage would trace copies of the program that are gone when it reports.
    env = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE_")}
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
    ) as server:
        assert server.stdin
        assert server.stdout
        yield f"127.0.0.1:{server.stdout.readline().strip()}"
        server.stdin.close()
