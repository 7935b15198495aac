"""Stacks that differ from the committed ones in what a test is about."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

from tools.plan.model import Plan
from tools.plan.recorder import record, stack_config

SETTINGS = "darkroom:settings"


def changed(stack: str, change: dict[str, Any]) -> dict[str, Any]:
    """Give a stack's configuration with *change* merged into its settings."""
    config = copy.deepcopy(stack_config(stack))
    merge(config[SETTINGS], change)
    return config


def merge(tree: dict[str, Any], change: dict[str, Any]) -> None:
    """Merge *change* into *tree*, branch by branch."""
    for key, value in change.items():
        if isinstance(value, dict) and isinstance(tree.get(key), dict):
            merge(tree[key], value)
        else:
            tree[key] = value


def plan_with(stack: str, change: dict[str, Any]) -> Plan:
    """Record *stack* with *change* merged into its settings; each change once."""
    return recorded(stack, json.dumps(change))


@cache
def recorded(stack: str, change: str) -> Plan:
    """Record *stack* with *change*, as JSON."""
    return record(stack, changed(stack, json.loads(change)))
