"""Publish metrics to the emulator's CloudWatch: those that functions embed in their logs, and Lambda's own.

The dimensions are those that ``components/metrics.py`` reads: ``FunctionName``, and ``function_name`` for Insights.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from local.lambdas.batch_writer import BatchWriter
from local.lambdas.emf import MetricDatum, metric_now

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDatumTypeDef

LAMBDA: Final = "AWS/Lambda"
INSIGHTS: Final = "LambdaInsights"
EVERY_S: Final = 0.5


class MetricWriter:
    """Publishes values in a thread; close() publishes the last of them."""

    def __init__(self, cloudwatch: CloudWatchClient) -> None:
        self._cloudwatch = cloudwatch
        self._batches = BatchWriter[MetricDatum]("metric values", self._write, every_s=EVERY_S)

    def add(self, data: Iterable[MetricDatum]) -> None:
        """Publish *data* soon."""
        for datum in data:
            self._batches.put(datum)

    def close(self) -> None:
        """Publish the remaining values, and stop."""
        self._batches.close()

    def _write(self, data: list[MetricDatum]) -> None:
        """Publish *data* namespace by namespace; remove published values from the list."""
        by_namespace = attrgetter("namespace")
        for namespace, some in groupby(sorted(data, key=by_namespace), key=by_namespace):
            self._cloudwatch.put_metric_data(Namespace=namespace, MetricData=[written(datum) for datum in some])
            data[:] = [datum for datum in data if datum.namespace != namespace]


def written(datum: MetricDatum) -> MetricDatumTypeDef:
    """Write a value as PutMetricData takes it."""
    return {
        "MetricName": datum.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in datum.dimensions.items()],
        "Timestamp": datetime.fromtimestamp(datum.at / 1000, tz=UTC),
        "Unit": datum.unit,  # pyright: ignore[reportReturnType] - a log line may hold any unit; CloudWatch refuses unknown ones
        **({"Value": datum.values[0]} if len(datum.values) == 1 else {"Values": list(datum.values)}),
    }


def began(function: str, *, concurrent: int) -> list[MetricDatum]:
    """Count the start of an invocation; *concurrent*: invocations of its function that run now, this one included."""
    return [
        metric_now(LAMBDA, "Invocations", 1, "Count", FunctionName=function),
        metric_now(LAMBDA, "ConcurrentExecutions", concurrent, "Count", FunctionName=function),
    ]


def ended(function: str, *, failed: bool, duration_ms: float, memory_mib: int, used_mib: float) -> list[MetricDatum]:
    """Measure the end of an invocation.

    Memory comes from the Lambda Insights extension on AWS, whose layer runs on Lambda only.
    """
    return [
        metric_now(LAMBDA, "Errors", int(failed), "Count", FunctionName=function),
        metric_now(LAMBDA, "Duration", duration_ms, "Milliseconds", FunctionName=function),
        metric_now(INSIGHTS, "memory_utilization", 100 * used_mib / memory_mib, "Percent", function_name=function),
        metric_now(INSIGHTS, "used_memory_max", used_mib, "Megabytes", function_name=function),
        metric_now(INSIGHTS, "total_memory", memory_mib, "Megabytes", function_name=function),
    ]


def throttled(function: str) -> list[MetricDatum]:
    """Count a throttled invocation."""
    return [metric_now(LAMBDA, "Throttles", 1, "Count", FunctionName=function)]
