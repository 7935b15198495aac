"""Write a plan as a text that people read and git compares."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, cast

import yaml

from components.testing.plan import Resource, StackPlan

STYLE: Final[Mapping[str, Any]] = {
    "sort_keys": True,
    "allow_unicode": True,
    "width": 110,
    "default_flow_style": None,  # the innermost on one line
}


class Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such."""


def block(dumper: Dumper, text: str) -> yaml.ScalarNode:
    """Write one text."""
    return cast("Any", dumper).represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


Dumper.add_representer(str, block)


def text_of(plan: StackPlan) -> str:
    """Write *plan*: every resource by name, with its parent and inputs; then the outputs."""
    head = f"# What the stack {plan.stack} declares. Written by `make plan`, compared by `make test`.\n"
    outputs = f"\noutputs\n{indented(dict(plan.outputs))}"
    return head + "".join(section(one) for one in plan.resources) + outputs


def difference_of(before: StackPlan, after: StackPlan) -> str:
    """Write what *after* declares and *before* does not: new resources, and those with other inputs."""
    known = {one.name: one for one in before.resources}
    changed = [one for one in after.resources if one.name not in known or one.inputs != known[one.name].inputs]
    head = f"# What the stack {after.stack} declares besides. Written by `make plan`, compared by `make test`.\n"
    return head + "".join(section(one) for one in changed)


def section(one: Resource) -> str:
    """Write one resource."""
    options = {
        "parent": one.parent,
        "protect": one.protect,
        "retain on delete": one.retained,
        "import": one.import_id,
    }
    notes = [name if value is True else f"{name} {value}" for name, value in options.items() if value]
    title = " · ".join([one.name, one.type, *notes])
    return f"\n{title}\n{indented(one.inputs) if one.custom else ''}"


def indented(tree: Mapping[str, Any]) -> str:
    """Write a tree as YAML, documents inside it as trees of their own."""
    if not tree:
        return ""
    text = cast("str", yaml.dump(readable(tree), Dumper=Dumper, **STYLE))
    return "".join(f"    {line}\n" for line in text.splitlines())


def readable(value: Any, key: str = "") -> Any:
    """Open JSON documents, and keep on one line what is read as one: a resource's tags, a row of a widget."""
    if isinstance(value, Mapping):
        tree = cast("Mapping[str, Any]", value)
        if key == "tags":
            return " ".join(f"{name}={one}" for name, one in sorted(tree.items()))
        return {name: readable(one, name) for name, one in tree.items()}
    if isinstance(value, list):
        rows = cast("list[Any]", value)
        return [json.dumps(one) if key == "metrics" else readable(one) for one in rows]
    return opened(value) if isinstance(value, str) and value.startswith("{") else value


def opened(text: str) -> Any:
    """Read JSON, where it is JSON."""
    try:
        return readable(json.loads(text))
    except ValueError:
        return text
