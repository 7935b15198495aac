"""Store the progress of a backfill in a file, so that an interrupted one can be resumed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Self

from processor.errors import UsageError


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Selection of a backfill; resuming a checkpoint of another scope would omit photos."""

    stack: str
    prefix: str
    only: str
    recipe: str

    def __str__(self) -> str:
        """Describe it by the options that select it."""
        parts = {"--stack": self.stack, "--prefix": self.prefix, "--only": self.only, "recipe": self.recipe}
        return " ".join(f"{name} {part}" for name, part in parts.items() if part)


def own_path(stack: str) -> Path:
    """Create the checkpoint of a new run in this folder, beside those of runs that were interrupted or go on."""
    for number in count(1):
        path = Path(f"backfill-{stack}{f'-{number}' if number > 1 else ''}.json")
        with suppress(FileExistsError):
            path.touch(exist_ok=False)
            return path
    raise AssertionError("numbers have no end")


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """Progress of a backfill. *after*: the last key sent. *flying*: keys in flight, with the time of an old error.

    *recipes*: those of keys in flight that have another recipe than the scope.
    """

    scope: Scope
    after: str = ""
    flying: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    recipes: Mapping[str, str] = field(default_factory=dict[str, str])
    done: int = 0
    failed: int = 0
    unresolved: int = 0
    spent_usd: float = 0.0

    def write(self, path: Path) -> None:
        """Replace the file atomically; raise UsageError when it cannot be written."""
        part = path.with_name(f".{path.name}.part")
        try:
            part.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")
            part.replace(path)
        except OSError as error:
            raise UsageError(f"{path}: cannot be written ({error.strerror}), expected a writable checkpoint") from error

    @classmethod
    def read(cls, path: Path, scope: Scope) -> Self:
        """Read the file; raise UsageError when it is no checkpoint, or one of another *scope*."""
        try:
            tree: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            scope_found = Scope(**tree.pop("scope"))
            found = cls(scope=scope_found, **tree)
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}, expected the checkpoint of an interrupted backfill") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UsageError(f"{path}: expected a checkpoint of a backfill, found something else ({error})") from error
        if found.scope != scope:
            raise UsageError(
                f"{path}: expected a checkpoint of {scope}, found one of {found.scope}. Resume it with its own options."
            )
        return found
