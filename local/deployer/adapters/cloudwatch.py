"""Alarms and dashboards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from local.deployer.model import Given, Made
from local.deployer.shapes import pairs, pascal, present
from local.deployer.target import Target

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient


def cloudwatch(target: Target) -> CloudWatchClient:
    """Give the client."""
    return target.client("cloudwatch")


def metric_alarm(target: Target, given: Given) -> Made:
    """Declare an alarm; the emulator does not work it out from metrics, ``local/alarms.py`` does."""
    inputs = given.inputs
    name, tags = inputs.need("name"), pairs(inputs.take("tags"))
    measured: dict[str, Any] = present(
        Dimensions=dimensions(inputs.take("dimensions")),
        Metrics=[query(one) for one in inputs.take("metricQueries", [])] or None,
        OKActions=inputs.take("okActions"),
    )
    alarm: dict[str, Any] = {"AlarmName": name, "Tags": tags, **measured, **pascal(inputs.rest())}
    cloudwatch(target).put_metric_alarm(**alarm)
    return Made(id=name, outputs={"arn": f"arn:aws:cloudwatch:{target.region}:{target.account}:alarm:{name}"})


def query(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Write one part of an expression; AWS keeps what is measured apart from how."""
    left = {**declared}
    metric = {**left.pop("metric", {})}
    if not metric:
        return pascal(left)
    measured = present(
        Namespace=metric.pop("namespace"),
        MetricName=metric.pop("metricName"),
        Dimensions=dimensions(metric.pop("dimensions", None)),
    )
    return {**pascal(left), "MetricStat": {"Metric": measured, **pascal(metric)}}


def dimensions(declared: Mapping[str, str] | None) -> list[dict[str, str]] | None:
    """Write dimensions as pairs."""
    return pairs(declared, key="Name") if declared else None


def dashboard(target: Target, given: Given) -> Made:
    """Keep a dashboard."""
    name = given.inputs.need("dashboardName")
    cloudwatch(target).put_dashboard(DashboardName=name, DashboardBody=given.inputs.need("dashboardBody"))
    return Made(id=name)
