"""Log groups, and the delivery of the CDN's access logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.deployer.model import DeployError, Given, Made
from local.deployer.shapes import unless
from local.deployer.target import Target

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient


def logs(target: Target) -> CloudWatchLogsClient:
    """Give the client."""
    return target.client("logs")


def log_group(target: Target, given: Given) -> Made:
    """Create a log group."""
    name, tags = given.inputs.need("name"), given.inputs.take("tags", {})
    arn = f"arn:aws:logs:{target.region}:{target.account}:log-group:{name}"
    unless("ResourceAlreadyExistsException", lambda: logs(target).create_log_group(logGroupName=name, tags=tags))
    logs(target).put_retention_policy(logGroupName=name, retentionInDays=given.inputs.need("retentionInDays"))
    return Made(id=name, outputs={"arn": arn})


def delivery_source(target: Target, given: Given) -> Made:
    """Say whose logs are delivered."""
    source = logs(target).put_delivery_source(**given.inputs.rest())["deliverySource"]
    return Made(id=source.get("name", ""), outputs={"arn": source.get("arn")})


def delivery_destination(target: Target, given: Given) -> Made:
    """Say where logs are delivered."""
    destination = logs(target).put_delivery_destination(**given.inputs.rest())["deliveryDestination"]
    return Made(id=destination.get("name", ""), outputs={"arn": destination.get("arn")})


def delivery(target: Target, given: Given) -> Made:
    """Deliver from a source to a destination, once."""
    wanted = given.inputs.rest()
    unless("ConflictException", lambda: logs(target).create_delivery(**wanted))
    for one in logs(target).describe_deliveries()["deliveries"]:
        if all(one.get(key) == wanted[key] for key in ("deliverySourceName", "deliveryDestinationArn")):
            return Made(id=one.get("id", ""))
    raise DeployError("deliverySourceName: CloudWatch Logs took the delivery and does not list it")
