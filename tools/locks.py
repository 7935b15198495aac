"""Read the hash-locked requirements: packages, versions, markers and hashes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "requirements"
HASH: Final = re.compile(r"--hash=(sha256:[0-9a-f]{64})(?=\s|$)")


class LockError(Exception):
    """A lock holds what is no pinned package; the text quotes it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Locked:
    """One entry of a lock. *name* is normalized (PEP 503)."""

    name: str
    version: str
    requirement: Requirement
    hashes: tuple[str, ...]

    def holds_in(self, environment: Mapping[str, str]) -> bool:
        """Return whether the entry is installed in *environment* (markers' names: ``python_full_version``, …)."""
        marker = self.requirement.marker
        return marker is None or marker.evaluate(dict(environment))


def read(path: Path) -> list[Locked]:
    """Read the lock at *path*; raise LockError at a line that is neither a pinned package nor a comment."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")]
    entries = re.sub(r"\\\n", " ", "\n".join(lines)).splitlines()
    return [entry(path, line) for line in entries if line.strip()]


def entry(path: Path, line: str) -> Locked:
    """Read one entry: ``name==version ; marker --hash=… --hash=…``."""
    stated = line.partition(" --hash=")[0].strip()
    if stated.startswith("-") or "==" not in stated:
        raise LockError(f"{path.name}: expected name==version with hashes, found {line.strip()!r}")
    requirement = Requirement(stated)
    [pin] = requirement.specifier
    hashes = tuple(HASH.findall(line))
    return Locked(name=canonicalize_name(requirement.name), version=pin.version, requirement=requirement, hashes=hashes)
