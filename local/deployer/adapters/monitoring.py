"""Create alarms, dashboards, log groups and log deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from local.deployer.model import CreatedResource, DeployError, ResourceInputs
from local.deployer.shapes import pairs, pascal, present, unless
from local.deployer.target import Target

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_logs import CloudWatchLogsClient


def cloudwatch(target: Target) -> CloudWatchClient:
    """Return the client."""
    return target.client("cloudwatch")


def metric_alarm(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create an alarm; ``local/alarms`` evaluates it in place of the emulator."""
    inputs = resource.inputs
    name, tags = inputs.need("name"), pairs(inputs.take("tags"))
    measured: dict[str, Any] = present(
        Dimensions=dimensions(inputs.take("dimensions")),
        Metrics=[query(one) for one in inputs.take("metricQueries", [])] or None,
        OKActions=inputs.take("okActions"),
    )
    alarm: dict[str, Any] = {"AlarmName": name, "Tags": tags, **measured, **pascal(inputs.rest())}
    cloudwatch(target).put_metric_alarm(**alarm)
    return CreatedResource(
        id=name, outputs={"arn": f"arn:aws:cloudwatch:{target.region}:{target.account}:alarm:{name}"}
    )


def query(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Write one part of an expression; AWS separates the metric from its statistic."""
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


def dashboard(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create a dashboard."""
    name = resource.inputs.need("dashboardName")
    cloudwatch(target).put_dashboard(DashboardName=name, DashboardBody=resource.inputs.need("dashboardBody"))
    return CreatedResource(id=name)


def logs(target: Target) -> CloudWatchLogsClient:
    """Return the client."""
    return target.client("logs")


def log_group(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create a log group."""
    name, tags = resource.inputs.need("name"), resource.inputs.take("tags", {})
    arn = f"arn:aws:logs:{target.region}:{target.account}:log-group:{name}"
    unless("ResourceAlreadyExistsException", lambda: logs(target).create_log_group(logGroupName=name, tags=tags))
    logs(target).put_retention_policy(logGroupName=name, retentionInDays=resource.inputs.need("retentionInDays"))
    return CreatedResource(id=name, outputs={"arn": arn})


def delivery_source(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create the source of a log delivery."""
    source = logs(target).put_delivery_source(**resource.inputs.rest())["deliverySource"]
    return CreatedResource(id=source.get("name", ""), outputs={"arn": source.get("arn")})


def delivery_destination(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create the destination of a log delivery."""
    destination = logs(target).put_delivery_destination(**resource.inputs.rest())["deliveryDestination"]
    return CreatedResource(id=destination.get("name", ""), outputs={"arn": destination.get("arn")})


def delivery(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create a log delivery from a source to a destination, unless it exists."""
    wanted = resource.inputs.rest()
    unless("ConflictException", lambda: logs(target).create_delivery(**wanted))
    for one in logs(target).describe_deliveries()["deliveries"]:
        if all(one.get(key) == wanted[key] for key in ("deliverySourceName", "deliveryDestinationArn")):
            return CreatedResource(id=one.get("id", ""))
    raise DeployError("deliverySourceName: CloudWatch Logs took the delivery and does not list it")
