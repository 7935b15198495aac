"""Name the metrics that alarms and the dashboard read: AWS's and our own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi

from components.function import LambdaFunction
from components.queues import DeadLetters, WorkQueue
from processor.settings.services import EditSettings, FunctionSettings, RenditionSettings
from processor.settings.tree import CdnSettings

DARKROOM: Final = "Darkroom"


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """One metric with its dimensions and statistic (Sum, Average, Maximum, p99)."""

    namespace: str
    name: str
    dimensions: Mapping[str, pulumi.Input[str]]
    stat: str = "Sum"

    def row(self, **options: object) -> list[Any]:
        """Return the metric as a row of a dashboard's widget: namespace, name, dimensions in turn, options."""
        pairs = [part for pair in self.dimensions.items() for part in pair]
        return [self.namespace, self.name, *pairs, {"stat": self.stat, **options}]


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """The resources that alarms and the dashboard watch. *pipes*: names of the pipes of events by table."""

    stack: str
    functions: Mapping[str, LambdaFunction]
    lanes: Mapping[str, WorkQueue]
    dead_letters: Mapping[str, DeadLetters]
    renditions: RenditionSettings
    edits: EditSettings
    cdn: CdnSettings
    distribution_id: pulumi.Input[str]
    insights: bool
    pipes: Mapping[str, str] = field(default_factory=dict[str, str])


def of_function(name: str, settings: FunctionSettings, stat: str = "Sum") -> Metric:
    """Return Lambda's metric *name* of a function."""
    return Metric(namespace="AWS/Lambda", name=name, dimensions={"FunctionName": settings.function_name}, stat=stat)


def memory_of(settings: FunctionSettings, name: str = "memory_utilization") -> Metric:
    """Return a function's memory as Lambda Insights measures it; AWS/Lambda has no such metric."""
    return Metric(
        namespace="LambdaInsights", name=name, dimensions={"function_name": settings.function_name}, stat="Maximum"
    )


def of_queue(name: str, queue: WorkQueue | DeadLetters) -> Metric:
    """Return the maximum of SQS's metric *name* of a queue."""
    return Metric(namespace="AWS/SQS", name=name, dimensions={"QueueName": queue.physical}, stat="Maximum")


def of_table(name: str, table: str) -> Metric:
    """Return DynamoDB's metric *name* of a table."""
    return Metric(namespace="AWS/DynamoDB", name=name, dimensions={"TableName": table})


def of_cdn(name: str, distribution_id: pulumi.Input[str], stat: str = "Average") -> Metric:
    """Return CloudFront's metric *name* of the distribution, published in us-east-1 only."""
    dimensions: dict[str, pulumi.Input[str]] = {"DistributionId": distribution_id, "Region": "Global"}
    return Metric(namespace="AWS/CloudFront", name=name, dimensions=dimensions, stat=stat)


def of_pipe(name: str, pipe: str) -> Metric:
    """Return EventBridge's metric *name* of a pipe."""
    return Metric(namespace="AWS/EventBridge/Pipes", name=name, dimensions={"PipeName": pipe})


def own(name: str, service: str, stack: str, stat: str = "Sum") -> Metric:
    """Return a metric that one of our functions publishes (``processor/telemetry.py``)."""
    return Metric(namespace=DARKROOM, name=name, dimensions={"service": service, "stack": stack}, stat=stat)
