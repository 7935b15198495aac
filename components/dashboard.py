"""Build the dashboard as a document: throughput, durations, backlogs, costs.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from components.alarms import tables
from components.metrics import DARKROOM, Metric, Watched, memory_of, of_cdn, of_function, of_queue, of_table, own
from components.storage import EVERY_OBJECT

Widget = dict[str, Any]
WIDTH: Final = 8
HEIGHT: Final = 6
PER_ROW: Final = 3
EDGE_REGION: Final = "us-east-1"


def dashboard(watched: Watched, region: str) -> dict[str, Any]:
    """Lay out all widgets, three in a row."""
    widgets = [
        *function_widgets(watched, region),
        *photo_widgets(watched, region),
        *queue_widgets(watched, region),
        *edit_widgets(watched, region),
        *delivery_widgets(watched, region),
    ]
    return {"widgets": [placed(widget, number) for number, widget in enumerate(widgets)]}


def placed(widget: Widget, number: int) -> Widget:
    """Return *widget* at the position *number* of the grid."""
    row, column = divmod(number, PER_ROW)
    return {**widget, "x": column * WIDTH, "y": row * HEIGHT, "width": WIDTH, "height": HEIGHT}


def graph(title: str, region: str, rows: Iterable[list[Any]], *, period: int = 300, **more: object) -> Widget:
    """Draw *rows* over time. *period* in s."""
    properties: dict[str, Any] = {
        "title": title,
        "view": "timeSeries",
        "region": region,
        "period": period,
        "metrics": list(rows),
        "yAxis": {"left": {"min": 0}},
        **more,
    }
    return {"type": "metric", "properties": properties}


def found(dimensions: str, name: str, watched: Watched, stat: str = "Sum", period: int = 60) -> list[Any]:
    """Draw one line per value of the first of *dimensions*."""
    search = f'{{{DARKROOM},{dimensions}}} MetricName="{name}" stack="{watched.stack}"'
    return [{"expression": f"SEARCH('{search}', '{stat}', {period})", "label": name}]


def function_widgets(watched: Watched, region: str) -> list[Widget]:
    """Show Lambda's metrics of each function."""
    functions = [(role, function.settings) for role, function in watched.functions.items()]
    counts = [of_function(name, one).row(label=f"{role} {name}") for role, one in functions for name in COUNTS]
    durations = [
        of_function("Duration", one, stat).row(label=f"{role} {stat}")
        for role, one in functions
        for stat in PERCENTILES
    ]
    memory = [memory_of(one, "used_memory_max").row(label=f"{role} MB") for role, one in functions]
    return [
        graph("Invocations, errors, throttles", region, counts),
        graph("Duration (ms)", region, durations),
        graph("Memory", region, memory),
    ]


COUNTS: Final = ("Invocations", "Errors", "Throttles")
PERCENTILES: Final = ("p50", "p99")


def photo_widgets(watched: Watched, region: str) -> list[Widget]:
    """Show the outcomes of photos."""
    rendition = "rendition"
    outcomes = [
        own(name, rendition, watched.stack).row(label=name)
        for name in ("PhotosRendered", "PhotosFailed", "ObjectsSkipped", "TransientFailures", "UnexpectedFailures")
    ]
    stored = own("RenditionBytes", rendition, watched.stack).row(label="bytes written")
    cost = own("EstimatedCostUsd", rendition, watched.stack).row(label="USD per hour")
    waiting = [
        own(name, "reconcile", watched.stack, "Maximum").row(label=name)
        for name in ("StuckPhotos", "OrphanRenditions", "UnrepairedPhotos")
    ]
    on_demand = [
        own("SizesMade", "on-demand", watched.stack).row(label="made"),
        own("SizesAbsent", "on-demand", watched.stack).row(label="absent"),
    ]
    return [
        graph("Photos per minute by outcome", region, outcomes, period=60),
        graph(
            "Photos per minute by decoder",
            region,
            [found("decoder,service,stack", "PhotosRendered", watched)],
            period=60,
        ),
        graph("Failed photos by code", region, [found("code,service,stack", "PhotosFailed", watched)], period=60),
        graph("Renditions (bytes)", region, [stored]),
        graph("Cost of rendering (from receipts)", region, [cost], period=3600),
        graph("Stuck photos, orphans, what is not repaired", region, waiting),
        *([graph("Sizes on demand", region, on_demand)] if watched.renditions.on_demand else []),
    ]


def queue_widgets(watched: Watched, region: str) -> list[Widget]:
    """Show backlogs, ages and dead letters."""
    depth = [of_queue("ApproximateNumberOfMessagesVisible", one).row(label=lane) for lane, one in watched.lanes.items()]
    age = [of_queue("ApproximateAgeOfOldestMessage", one).row(label=lane) for lane, one in watched.lanes.items()]
    dead = [
        of_queue("ApproximateNumberOfMessagesVisible", one).row(label=role)
        for role, one in watched.dead_letters.items()
    ]
    return [
        graph("Backlog per lane", region, depth),
        graph("Age of the oldest message (s)", region, age),
        graph("Dead letters", region, dead),
    ]


def edit_widgets(watched: Watched, region: str) -> list[Widget]:
    """Show sessions, edits and the API's answers."""
    api = watched.edits.api
    work = [
        own("SessionsStarted", "edit-api", watched.stack).row(label="sessions"),
        own("EditsDone", "edit", watched.stack).row(label="done"),
        own("EditsFailed", "edit", watched.stack).row(label="failed"),
        own("UnexpectedFailures", "edit", watched.stack).row(label="failed unexpectedly"),
    ]
    archives = [
        own("ArchivesStarted", "edit-api", watched.stack).row(label="started"),
        own("ArchivesDone", "edit", watched.stack).row(label="done"),
        own("ArchivesFailed", "edit", watched.stack).row(label="failed"),
    ]
    answers = [of_function(name, api).row(label=name) for name in ("UrlRequestCount", "Url4xxCount", "Url5xxCount")]
    throttles = [
        of_table(name, table).row(label=f"{role} {name}")
        for role, table in tables(watched).items()
        for name in ("ReadThrottleEvents", "WriteThrottleEvents")
    ]
    return [
        graph("Edit sessions", region, work),
        *([graph("Archives", region, archives)] if watched.edits.archive_days else []),
        graph("Edit API", region, answers),
        graph("Throttled table requests", region, throttles),
    ]


def delivery_widgets(watched: Watched, region: str) -> list[Widget]:
    """Show the CDN's answers and the buckets' requests."""
    hits = of_cdn("CacheHitRate", watched.distribution_id).row(label="hits %")
    errors = [of_cdn(name, watched.distribution_id).row(label=name) for name in ("4xxErrorRate", "5xxErrorRate")]
    buckets = (watched.renditions.originals_bucket, watched.renditions.renditions_bucket)
    requests = [bucket_requests(bucket).row(label=bucket) for bucket in buckets]
    return [
        graph("CDN cache hits (%)", EDGE_REGION, [hits]),
        graph("CDN errors (%)", EDGE_REGION, errors),
        graph("S3 requests", region, requests),
    ]


def bucket_requests(bucket: str) -> Metric:
    """Count a bucket's requests."""
    return Metric(namespace="AWS/S3", name="AllRequests", dimensions={"BucketName": bucket, "FilterId": EVERY_OBJECT})
