"""A plan as a text that people read and git compares."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from tools.plan.model import Plan, Resource


class Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such."""


def block(dumper: Dumper, text: str) -> yaml.ScalarNode:
    """Write one text."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


Dumper.add_representer(str, block)


def text_of(plan: Plan) -> str:
    """Write *plan*: every resource by name, with its parent and inputs; then the outputs."""
    head = f"# What the stack {plan.stack} declares. Written by `make plan`, compared by `make test`.\n"
    outputs = f"\noutputs\n{indented(dict(plan.outputs))}"
    return head + "".join(section(one) for one in plan.resources) + outputs


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
    lines = yaml.dump(
        readable(tree), Dumper=Dumper, sort_keys=True, allow_unicode=True, width=110, default_flow_style=None
    ).splitlines()
    return "".join(f"    {line}\n" for line in lines)


def readable(value: Any, key: str = "") -> Any:
    """Open JSON documents, and put tags on one line: there are four on everything."""
    if isinstance(value, Mapping) and key == "tags":
        return " ".join(f"{name}={value[name]}" for name in sorted(value))
    if isinstance(value, Mapping):
        return {name: readable(one, name) for name, one in value.items()}
    if isinstance(value, list) and key == "metrics":  # a widget's rows, each on one line
        return [json.dumps(one) for one in value]
    if isinstance(value, list):
        return [readable(one) for one in value]
    if isinstance(value, str) and value.startswith("{") and key != "variables":
        return opened(value)
    return value


def opened(text: str) -> Any:
    """Read JSON, where it is JSON."""
    try:
        return readable(json.loads(text))
    except ValueError:
        return text
