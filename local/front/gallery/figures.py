"""Read metrics for the operators' page: one value per minute of the last hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from local.alarms.evaluate import Series
from local.alarms.reading import query, values
from local.model import STACK
from processor.telemetry import NAMESPACE

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

HOUR_S: Final = 3600
MINUTE_S: Final = 60
# The emulator keeps metrics for two weeks.
EVER_S: Final = 14 * 24 * 3600
AGE_S: Final = 60
OF_FUNCTION: Final[Mapping[str, str]] = {
    "invocations": "Invocations/Sum",
    "errors": "Errors/Sum",
    "durationMs": "Duration/p50",
    "slowestMs": "Duration/Maximum",
}
Points = list[list[float]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Metrics at *now* (s since 1970)."""

    cloudwatch: CloudWatchClient
    now: float

    def of_functions(self) -> dict[str, dict[str, Points]]:
        """Return charts of every function that ran: ``[time, value]`` for each minute with data."""
        names = sorted(dimensions["FunctionName"] for dimensions in self.listed("AWS/Lambda", "Invocations"))
        series = {
            (name, field): Series(
                namespace="AWS/Lambda",
                name=metric.partition("/")[0],
                dimensions=(("FunctionName", name),),
                stat=metric.partition("/")[2],
            )
            for name in names
            for field, metric in OF_FUNCTION.items()
        }
        drawn = self.drawn(series.values())
        return {name: {field: drawn[series[name, field]] for field in OF_FUNCTION} for name in names}

    def of_photos(self) -> dict[str, Any]:
        """Return charts of the renditions, how many there were, and the cost of their compute."""
        series = {
            "rendered": own("PhotosRendered", "rendition"),
            "failed": own("PhotosFailed", "rendition"),
            "durationMs": own("PhotoDuration", "rendition", "p50"),
            "slowestMs": own("PhotoDuration", "rendition", "Maximum"),
        }
        drawn = self.drawn(series.values())
        compute_usd, rendered = self.totals([own("EstimatedCostUsd", "rendition"), series["rendered"]])
        charts = {name: drawn[one] for name, one in series.items()}
        return {**charts, "renderedInAll": rendered, "computeUsd": compute_usd}

    def of_edits(self) -> dict[str, Any]:
        """Return charts of the edits, and failures by code."""
        series = {
            "done": own("EditsDone", "edit"),
            "failed": own("EditsFailed", "edit"),
            "durationMs": own("EditDuration", "edit", "p50"),
            "slowestMs": own("EditDuration", "edit", "Maximum"),
        }
        drawn = self.drawn(series.values())
        done, failed = self.totals([series["done"], series["failed"]])
        return {
            **{name: drawn[one] for name, one in series.items()},
            "doneInAll": done,
            "failedInAll": failed,
            "failuresByCode": self.by_code("EditsFailed", "edit"),
        }

    def by_code(self, metric: str, service: str) -> dict[str, float]:
        """Count a metric by error code."""
        found = [one for one in self.listed(NAMESPACE, metric) if one.get("service") == service and "code" in one]
        series = {one["code"]: own(metric, service, code=one["code"]) for one in found}
        return dict(zip(series, self.totals(series.values()), strict=True))

    def age_of(self, queue: str) -> float | None:
        """Return the age of the oldest message of *queue*, s."""
        series = Series(
            namespace="AWS/SQS",
            name="ApproximateAgeOfOldestMessage",
            dimensions=(("QueueName", queue),),
            stat="Maximum",
        )
        return values(self.cloudwatch, [series], start=self.now - AGE_S, end=self.now).get(series)

    def totals(self, wanted: Iterable[Series]) -> list[float]:
        """Sum up each of *wanted* since the first deployment."""
        listed = list(wanted)
        if not listed:
            return []
        found = values(self.cloudwatch, listed, start=self.now - EVER_S, end=self.now)
        return [found.get(one, 0) for one in listed]

    def drawn(self, wanted: Iterable[Series]) -> dict[Series, Points]:
        """Return each of *wanted* by the minute, oldest first."""
        listed = list(wanted)
        if not listed:
            return {}
        answer = self.cloudwatch.get_metric_data(
            MetricDataQueries=[query(f"q{at}", one, period_s=MINUTE_S) for at, one in enumerate(listed)],
            StartTime=datetime.fromtimestamp(self.now - HOUR_S, UTC),
            EndTime=datetime.fromtimestamp(self.now, UTC),
            ScanBy="TimestampAscending",
        )
        found = {one.get("Id"): one for one in answer["MetricDataResults"]}
        return {
            one: [
                [at.timestamp(), value]
                for at, value in zip(
                    found[f"q{number}"].get("Timestamps", []), found[f"q{number}"].get("Values", []), strict=True
                )
            ]
            for number, one in enumerate(listed)
        }

    def listed(self, namespace: str, metric: str) -> list[dict[str, str]]:
        """List the dimensions that a metric was published with."""
        pages = self.cloudwatch.get_paginator("list_metrics").paginate(Namespace=namespace, MetricName=metric)
        return [
            {str(one.get("Name")): str(one.get("Value")) for one in metric.get("Dimensions", [])}
            for page in pages
            for metric in page["Metrics"]
        ]


def own(name: str, service: str, stat: str = "Sum", **by: str) -> Series:
    """Describe a metric that one of our functions publishes."""
    dimensions = {"service": service, "stack": STACK, **by}
    return Series(namespace=NAMESPACE, name=name, dimensions=tuple(sorted(dimensions.items())), stat=stat)
