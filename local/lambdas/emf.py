"""Find metric values in log lines as CloudWatch does (the embedded metric format, EMF).

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
    """Return one value with the present time."""
    at = time.time_ns() // 1_000_000
    return MetricDatum(namespace=namespace, name=name, values=(value,), unit=unit, dimensions=dimensions, at=at)


def embedded_metrics(line: str) -> list[MetricDatum]:
    """Return the metrics that a line embeds, one for each set of dimensions; most lines embed none.

    A line with invalid EMF embeds none either: CloudWatch keeps it as a log line.
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
