"""Compare a deployment with the record of the previous one, and remove resources that are no longer declared.

Adapters create new resources and update changed ones. This module finds resources that are no longer declared,
removes those that hold no data, and writes the lines that ``up`` prints.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from local.deployer.adapters.removal import REMOVALS
from local.deployer.adapters.table import KEEPS_ABSENT
from local.deployer.model import DeployedResource
from local.deployer.not_emulated import is_not_emulated
from local.deployer.shapes import code_of
from local.deployer.target import Target
from local.run.run_dir import RECORD

MOST_NAMES: Final = 8
# Start or end of error codes for a missing resource: NoSuchEntity, ResourceNotFoundException, …
ABSENT: Final = ("NoSuch", "NotFound", "NotFoundException", "NonExistentQueue")


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """Differences from the previous deployment. *changed*: properties by resource name.

    *gone*: resources that are no longer declared, or that are declared with another physical name now.
    *unset*: properties by resource name that are no longer declared and that the adapter does not reset.
    """

    new: tuple[str, ...]
    changed: Mapping[str, tuple[str, ...]]
    gone: tuple[DeployedResource, ...]
    unset: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Removed:
    """Result of a removal. *names*: removed resources; *stay*: the others, each with the reason."""

    names: tuple[str, ...] = ()
    stay: tuple[tuple[DeployedResource, str], ...] = ()


def load(folder: Path) -> tuple[DeployedResource, ...]:
    """Read the record in *folder*; return () when there is none."""
    path = folder / RECORD
    return (
        tuple(DeployedResource(**one) for one in json.loads(path.read_text(encoding="utf-8"))) if path.exists() else ()
    )


def save(folder: Path, resources: Iterable[DeployedResource]) -> None:
    """Write the record atomically."""
    partial = (folder / RECORD).with_suffix(".partial")
    partial.write_text(json.dumps([asdict(one) for one in resources], indent=1), encoding="utf-8")
    partial.replace(folder / RECORD)


def merged(before: Iterable[DeployedResource], now: Iterable[DeployedResource]) -> list[DeployedResource]:
    """Return the resources of both, *now* last: the record of a failed deployment keeps all earlier resources."""
    made = list(now)
    known = {(one.type, one.id) for one in made}
    return [*(one for one in before if (one.type, one.id) not in known), *made]


def compare(before: Sequence[DeployedResource], now: Iterable[DeployedResource]) -> Changes:
    """Compare two deployments; a record without digests, of an older version, shows no changed property."""
    # A resource that stayed comes before the one that has its name now: compare with the later one.
    earlier, made = {one.name: one for one in before}, {one.name: one for one in now}
    there = {(one.type, one.id) for one in made.values()}
    pairs = [(earlier[name], one) for name, one in made.items() if name in earlier and earlier[name].inputs]
    unset = {
        new.name: tuple(sorted(old.inputs.keys() - new.inputs.keys())) for old, new in pairs if new.type in KEEPS_ABSENT
    }
    differences = {new.name: different(old.inputs, new.inputs) for old, new in pairs}
    return Changes(
        new=tuple(sorted(made.keys() - earlier.keys())),
        changed={name: keys for name, keys in sorted(differences.items()) if keys},
        # Ids of an older version's record are not comparable: a name that is still declared is the same resource.
        gone=tuple(one for one in before if (one.type, one.id) not in there and (one.inputs or one.name not in made)),
        unset={name: keys for name, keys in sorted(unset.items()) if keys},
    )


def different(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    """Name the properties that differ."""
    return tuple(key for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key))


def remove(target: Target, gone: Iterable[DeployedResource]) -> Removed:
    """Remove resources in reverse order of creation, where that is safe."""
    names: list[str] = []
    stay: list[tuple[DeployedResource, str]] = []
    for one in reversed(tuple(gone)):
        reason = remove_one(target, one)
        if reason:
            stay.append((one, reason))
        else:
            names.append(one.name)
    return Removed(names=tuple(sorted(names)), stay=tuple(reversed(stay)))


def remove_one(target: Target, one: DeployedResource) -> str:
    """Remove a resource; return the reason when it stays, "" when it was removed."""
    if is_not_emulated(one.type):
        return ""
    if not one.inputs:
        return "an older version made it"
    removal = REMOVALS.get(one.type)
    if one.protect or removal is None:
        return "it may hold data, or have an address that is in use"
    try:
        removal(target, one.id)
    except ClientError as error:
        return "" if code_of(error).startswith(ABSENT) or code_of(error).endswith(ABSENT) else in_one_line(error)
    except BotoCoreError as error:
        return in_one_line(error)
    return ""


def in_one_line(error: Exception) -> str:
    """Write an error in one line."""
    return " ".join(str(error).split())


def report(changes: Changes, removed: Removed) -> Iterator[str]:
    """Yield one summary line, then one line for each thing that was not done, with what to do."""
    parts = {
        "changed": [f"{name}: {', '.join(keys)}" for name, keys in changes.changed.items()],
        "new": changes.new,
        "removed": removed.names,
    }
    done = [f"{len(names)} {word} ({listed(names)})" for word, names in parts.items() if names]
    yield f"kept state: {', '.join(done) or 'nothing changed'}"
    for one, reason in removed.stay:
        yield (
            f"kept state: {one.name} ({one.id}) is no longer declared and stays: {reason}; "
            "delete it yourself, or start in another folder"
        )
    for name, keys in changes.unset.items():
        yield (
            f"kept state: {name} keeps its {', '.join(keys)}: the local deployer does not reset a property that is no "
            "longer declared; declare a value, or start in another folder"
        )


def listed(names: Sequence[str]) -> str:
    """Join the first names, and count the others."""
    more = len(names) - MOST_NAMES
    return "; ".join(names[:MOST_NAMES]) + (f"; and {more} more" if more > 0 else "")
