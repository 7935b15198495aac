"""Stacks that differ from the committed ones in what a test is about."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

from components.testing.plan import StackPlan
from components.testing.recorder import record, stack_config
from components.testing.trees import merged

SETTINGS = "darkroom:settings"

# What production takes over from the systems before it, beside their distribution.
ADOPTED: dict[str, Any] = {
    "originals_bucket": True,
    "renditions_bucket": True,
    "photos_table": True,
    "results_bucket": True,
    "sessions_table": True,
    "log_groups": ["galerly-image-processing", "lambdallmproxy-image-processor"],
}

# Settings of production that are wrong, and the one line that says so.
REFUSED: list[tuple[dict[str, Any], str]] = [
    (
        {"rendtions": {}},
        'Pulumi.prod.yaml: rendtions: unknown setting; did you mean "renditions"?',
    ),
    (
        {"renditions": {"sizes": {"small": {"width": -800, "height": 600}}}},
        (
            "Pulumi.prod.yaml: Invalid value -800 for `renditions.sizes.small.width`: "
            "expected a whole number from 1 to 16383. Use 1 or more."
        ),
    ),
    (
        {"cdn": {"certificate_arn": ""}},
        (
            'Pulumi.prod.yaml: Invalid value for `cdn`: found domain "cdn.galerly.com" without certificate_arn, '
            "expected both domain and certificate_arn. Change it."
        ),
    ),
    (
        {"renditions": {"memory_mib": 10_241}},
        (
            "Pulumi.prod.yaml: Invalid value 10241 for `renditions.memory_mib`: "
            "expected a whole number from 128 to 10240. Use 10240 or less."
        ),
    ),
    (
        {"edits": {"timeout_s": "300"}},
        (
            'Pulumi.prod.yaml: Invalid value "300" for `edits.timeout_s`: '
            "expected a whole number from 20 to 900. Write 300 without quotes."
        ),
    ),
    (
        {"deployment": {"insights_layer_arn": "arn:aws:lambda:eu-west-1:580247275435:layer:Insights-Arm64:2"}},
        (
            "Pulumi.prod.yaml: deployment.insights_layer_arn: found "
            '"arn:aws:lambda:eu-west-1:580247275435:layer:Insights-Arm64:2", expected a layer in us-east-1'
        ),
    ),
]


def changed(stack: str, change: dict[str, Any]) -> dict[str, Any]:
    """Return a stack's configuration with *change* merged into its settings."""
    config = copy.deepcopy(stack_config(stack))
    return {**config, SETTINGS: merged(config[SETTINGS], change)}


def plan_with(stack: str, change: dict[str, Any]) -> StackPlan:
    """Record *stack* with *change* merged into its settings; each change once."""
    return recorded(stack, json.dumps(change))


@cache
def recorded(stack: str, change: str) -> StackPlan:
    """Record *stack* with *change*, as JSON."""
    return record(stack, changed(stack, json.loads(change)))
