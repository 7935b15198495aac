"""Tests of metrics in log lines."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.lambdas.emf import MetricDatum, embedded_metrics


def line(**changes: Any) -> str:
    """Write a line in the embedded metric format."""
    rule = {"Namespace": "Darkroom", "Dimensions": [["service"], ["service", "stack"]], "Metrics": [{"Name": "Done"}]}
    about = {"Timestamp": 1_700_000_000_000, "CloudWatchMetrics": [rule]}
    return json.dumps({"_aws": about, "service": "edit", "stack": "local", "Done": 2, **changes})


def test_a_metric_counts_for_each_set_of_its_dimensions() -> None:
    """An alarm by service and an alarm by service and stack both find it."""
    assert [
        MetricDatum(
            namespace="Darkroom",
            name="Done",
            values=(2.0,),
            unit="None",
            dimensions=dimensions,
            at=1_700_000_000_000,
        )
        for dimensions in ({"service": "edit"}, {"service": "edit", "stack": "local"})
    ] == embedded_metrics(line())


def test_a_metric_may_have_many_values() -> None:
    """Up to a hundred in one line."""
    assert [(1.0, 2.5), (1.0, 2.5)] == [datum.values for datum in embedded_metrics(line(Done=[1, 2.5]))]


@pytest.mark.parametrize(
    "text",
    ["plain", '"_aws" but no JSON', '{"_aws": 1}', '{"_aws": {"Timestamp": 1}}', line(Done="two"), line(_aws=[])],
)
def test_other_lines_embed_none(text: str) -> None:
    """Invalid EMF stays a log line; it never stops the host."""
    assert [] == embedded_metrics(text)
