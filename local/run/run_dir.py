"""Manage the folder of a run: its lock, its process ids, its files."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from local.model import RunConfig, RunError
from local.run.child import Child
from local.run.places import DEFAULT, darkroom

# Written by the deployer: one entry per resource.
RECORD: Final = "resources.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class RunDir:
    """Folder of a run: ``run.json``, ``Pulumi.local.yaml``, ``processes.json``, ``lock``, ``logs/``, ``aws/``."""

    path: Path

    @property
    def config(self) -> Path:
        """File with addresses and outputs (``RunConfig``)."""
        return self.path / "run.json"

    @property
    def processes(self) -> Path:
        """File with the process ids by name."""
        return self.path / "processes.json"

    @property
    def logs(self) -> Path:
        """Folder with one log file per process."""
        return self.path / "logs"

    @property
    def aws(self) -> Path:
        """Folder with the emulator's data."""
        return self.path / "aws"

    @contextmanager
    def locked(self) -> Generator[None]:
        """Own the folder for the block; raise RunError when another run owns it, or when it is not writable.

        The lock ends with the process.
        """
        with self.opened() as lock:
            if not take(lock):
                lock.seek(0)
                raise RunError(
                    f"already up (process {lock.read().strip()}, folder {self.path}): "
                    f"use it, or stop it with: {darkroom('down', self.path)}"
                )
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def opened(self) -> IO[str]:
        """Open the lock file; raise RunError when the folder cannot be used."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            return (self.path / "lock").open("a+")
        except OSError as error:
            raise RunError(
                f"{self.path}: cannot be used ({error.strerror}), expected a writable folder: choose another --folder"
            ) from None

    def owner(self) -> int | None:
        """Return the process id of the run that is up; None without one."""
        try:
            with (self.path / "lock").open("r+") as lock:
                return None if take(lock) else int(lock.read().strip())
        except (FileNotFoundError, NotADirectoryError):
            return None

    def nothing_is_up(self) -> str:
        """Write the sentence for a folder without a run: what to do."""
        start = f"start it with: {darkroom('up')}" if self.path == DEFAULT else "start it"
        return f"nothing is up in {self.path}: {start}, or name the folder that `up` was given by --folder or --persist"

    def load(self) -> RunConfig:
        """Read ``run.json``; raise RunError when it is missing, or damaged."""
        try:
            return RunConfig.load(self.config)
        except FileNotFoundError:
            raise RunError(self.nothing_is_up()) from None
        except (LookupError, TypeError, ValueError) as error:
            raise damaged(self.config, error) from None

    def deployed(self) -> RunConfig | None:
        """Return the run that deployed the state in this folder; None when no deployment has ended yet."""
        known = self.load() if self.config.exists() else None
        return known if known and known.outputs else None

    def resources(self) -> int:
        """Count the resources that the deployer recorded."""
        return len(json.loads((self.path / RECORD).read_text(encoding="utf-8")))

    def save_process_ids(self, children: Sequence[Child]) -> None:
        """Write the process ids, for ``status`` and for the next `up`, which stops processes that are left."""
        running = {one.name: one.process.pid for one in children}
        self.processes.write_text(json.dumps(running), encoding="utf-8")

    def process_ids(self) -> Mapping[str, int]:
        """Return the process ids that were written last, by name."""
        try:
            tree: dict[str, Any] = json.loads(self.processes.read_text(encoding="utf-8"))
            return {name: int(pid) for name, pid in tree.items()}
        except FileNotFoundError:
            return {}
        except (AttributeError, TypeError, ValueError) as error:
            raise damaged(self.processes, error) from None

    def empty(self) -> None:
        """Delete the state that a run without --persist left."""
        shutil.rmtree(self.aws, ignore_errors=True)
        self.config.unlink(missing_ok=True)
        # The deployer's record of what is there (local/deployer/kept_state.py).
        (self.path / RECORD).unlink(missing_ok=True)


def damaged(path: Path, error: Exception) -> RunError:
    """Make the error of a file that `up` did not write."""
    return RunError(f"{path}: expected what `up` wrote, found something else ({error}): delete the folder, or the file")


def take(lock: IO[str]) -> bool:
    """Lock an open file unless another process has."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
