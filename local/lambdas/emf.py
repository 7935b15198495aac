"""One value of a metric, and how CloudWatch finds values in log lines (the embedded metric format, EMF).

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

MARK: Final = '"_aws"'


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricDatum:
    """Values of one metric at one time. *at*: ms since 1970."""

    namespace: str
    name: str
    values: tuple[float, ...]
    unit: str
    dimensions: Mapping[str, str]
    at: int


def metric_now(namespace: str, name: str, value: float, unit: str, **dimensions: str) -> MetricDatum:
    """Give one value as of now."""
    at = time.time_ns() // 1_000_000
    return MetricDatum(namespace=namespace, name=name, values=(value,), unit=unit, dimensions=dimensions, at=at)


def embedded_metrics(line: str) -> list[MetricDatum]:
    """Give the metrics that a line embeds: each with each of its sets of dimensions; most lines embed none.

    A line that only looks like EMF embeds none either: CloudWatch keeps it as the log line that it is.
    """
    if MARK not in line:
        return []
    try:
        root = json.loads(line)
        about = root["_aws"]
        return [
            datum
            for rule in about["CloudWatchMetrics"]
            for datum in directive_metrics(rule, root, int(about["Timestamp"]))
        ]
    except (ValueError, KeyError, TypeError):
        return []


def directive_metrics(rule: Mapping[str, Any], root: Mapping[str, Any], at: int) -> Iterator[MetricDatum]:
    """Apply one metric directive to the line's fields."""
    for dimensions in rule.get("Dimensions", [[]]):
        for metric in rule["Metrics"]:
            found = root[metric["Name"]]
            values = cast("list[float]", found if isinstance(found, list) else [found])
            yield MetricDatum(
                namespace=rule["Namespace"],
                name=metric["Name"],
                values=tuple(float(value) for value in values),
                unit=metric.get("Unit", "None"),
                dimensions={name: str(root[name]) for name in dimensions},
                at=at,
            )
