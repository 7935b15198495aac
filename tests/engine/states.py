"""States of released stacks, as short as they can be and still be what the engine left.

    python -m tests.engine.states NAME      deploy both stacks of this checkout and write states/NAME/<stack>.json

A file holds one resource per line. Resources are known by their names, which are unique in this program; outputs are
kept as far as they are no inputs. What the engine notes for itself (times, source positions) is left out.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

from components.testing.program import PROJECT, Json
from components.testing.recorder import STACKS
from tests.engine.command import started
from tests.engine.provider import name_of
from tests.engine.stacks import copy_checkout, new_stack

FOLDER: Final = Path(__file__).with_name("states")
ROOT_TYPE: Final = "pulumi:pulumi:Stack"
# Kept as the engine wrote them, unless they are empty.
KEPT: Final = ("custom", "id", "type", "protect", "retainOnDelete", "additionalSecretOutputs", "inputs")
ARCHIVE_KEYS: Final = ("path", "hash")


def main() -> None:
    """Deploy each stack as a new one and write the state that is left."""
    parser = argparse.ArgumentParser(prog="python -m tests.engine.states", description="Write the states of a release.")
    parser.add_argument("release", metavar="NAME", help="name of the release, and of the folder of its states")
    release: str = parser.parse_args().release
    with tempfile.TemporaryDirectory() as scratch, started(Path(scratch)) as engine:
        for name in STACKS:
            stack = new_stack(engine, name, copy_checkout(Path(scratch) / f"{name}-checkout"), Path(scratch) / name)
            outcome = stack.up()
            if not outcome.succeeded:
                raise SystemExit(outcome.text)
            write(stack.export("--show-secrets")["deployment"], FOLDER / release / f"{name}.json")


def write(deployment: Json, path: Path) -> None:
    """Write the resources that `pulumi stack export --show-secrets` gave."""
    lines = [json.dumps(short(one), sort_keys=True) for one in deployment["resources"]]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def short(resource: Json) -> Json:
    """Leave out what follows from the rest, and where this machine keeps its archives."""
    inputs, outputs = resource.get("inputs", {}), resource.get("outputs", {})
    written = {
        **{key: resource.get(key) for key in KEPT},
        "name": name_of(resource["urn"]),
        "outputs": {key: value for key, value in outputs.items() if inputs.get(key) != value},
        "parent": name_of(resource.get("parent", "")),
        "provider": resource.get("provider", "").rpartition("::")[0].rpartition("::")[2],
        "dependencies": [name_of(urn) for urn in resource.get("dependencies", ())],
        "propertyDependencies": {
            key: [name_of(urn) for urn in urns]
            for key, urns in resource.get("propertyDependencies", {}).items()
            if urns
        },
    }
    return anywhere({key: value for key, value in written.items() if value})


def anywhere(value: Any) -> Any:
    """Cut the folders off an archive's path."""
    if isinstance(value, list):
        return [anywhere(one) for one in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    known = cast("Json", value)
    if all(key in known for key in ARCHIVE_KEYS):
        return {**known, "path": Path(known["path"]).name}
    return {key: anywhere(one) for key, one in known.items()}


def read(path: Path, stack: str) -> list[Json]:
    """Read a state as `pulumi stack import` takes it."""
    urns: dict[str, str] = {}
    whole: list[Json] = []
    for one in json.loads(path.read_text(encoding="utf-8")):
        above = urns.get(one.get("parent", ""), "")
        kinds = "" if not above or f"::{ROOT_TYPE}::" in above else f"{above.split('::')[2]}$"
        urns[one["name"]] = f"urn:pulumi:{stack}::{PROJECT}::{kinds}{one['type']}::{one['name']}"
        whole.append(expanded(one, urns, {known["urn"]: known.get("id", "") for known in whole}))
    return whole


def expanded(short: Json, urns: Mapping[str, str], ids: Mapping[str, str]) -> Json:
    """Undo what `short` did. *urns*, *ids*: of this resource and those before it."""

    def named(names: list[str]) -> list[str]:
        return [urns[name] for name in names]

    provider = urns.get(short.get("provider", ""), "")
    return {
        **{key: value for key, value in short.items() if key != "name"},
        "urn": urns[short["name"]],
        "outputs": {**short.get("inputs", {}), **short.get("outputs", {})},
        "parent": urns.get(short.get("parent", ""), ""),
        "provider": f"{provider}::{ids[provider]}" if provider else "",
        "dependencies": named(short.get("dependencies", [])),
        "propertyDependencies": {key: named(names) for key, names in short.get("propertyDependencies", {}).items()},
    }


if __name__ == "__main__":
    main()
