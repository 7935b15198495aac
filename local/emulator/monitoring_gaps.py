"""Patch ministack's CloudWatch where it differs from AWS.

It drops the metrics of an alarm over an expression, ignores the dimensions of every alarm, and measures no queue. At
every request it looks at all data for those older than two weeks, which was a sixth of the emulator's time.
``local/alarms`` evaluates alarms in its place.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from local.emulator.lambda_gaps import do_nothing, replace

NAMESPACE: Final = "AWS/SQS"
EVERY_S: Final = 4.0
# Unchanged figures are published as often as AWS publishes them.
UNCHANGED_S: Final = 60.0
FORGOTTEN_EVERY_S: Final = 3600.0
COUNTS: Final = {
    "ApproximateNumberOfMessagesVisible": "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible": "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed": "ApproximateNumberOfMessagesDelayed",
}
Figures = Mapping[str, float]


def patch_monitoring() -> None:
    """Patch ministack's CloudWatch; call it before the first request."""
    cloudwatch: Any = importlib.import_module("ministack.services.cloudwatch")
    queues: Any = importlib.import_module("ministack.services.sqs")
    gauge = Gauge(queues=queues, record=cloudwatch.record_metric)
    replace(cloudwatch, "_evaluate_alarm", lambda _: do_nothing)
    replace(cloudwatch, "_evict_old_metrics", lambda original: at_most_every(FORGOTTEN_EVERY_S, original))
    replace(cloudwatch, "_put_metric_alarm", lambda original: with_metrics(cloudwatch, original))
    for name in ("_get_metric_data", "_get_metric_statistics", "_list_metrics"):
        replace(cloudwatch, name, lambda original: after(gauge.measure, original))


def with_metrics(cloudwatch: Any, original: Callable[..., Any]) -> Callable[..., Any]:
    """Keep the metrics of an alarm, and its statistic, unchanged."""

    def put_metric_alarm(params: Any, body: Mapping[str, Any], *protocol: Any) -> Any:
        answer = original(params, body, *protocol)
        if body.get("Metrics"):
            alarm = cloudwatch._alarms[body["AlarmName"]]  # noqa: SLF001 - there is no public way
            for name in ("Statistic", "Period"):
                alarm.pop(name, None)
            alarm["Metrics"] = body["Metrics"]
        return answer

    return put_metric_alarm


def at_most_every(
    seconds: float, original: Callable[[], None], clock: Callable[[], float] = time.monotonic
) -> Callable[[], None]:
    """Do *original* at the first call, and at later ones that come *seconds* after it was done."""
    due_at = clock()

    def seldom() -> None:
        nonlocal due_at
        if clock() >= due_at:
            due_at = clock() + seconds
            original()

    return seldom


def after(first: Callable[[], None], original: Callable[..., Any]) -> Callable[..., Any]:
    """Do *first* before every call of *original*."""

    def both(*arguments: Any) -> Any:
        first()
        return original(*arguments)

    return both


@dataclass(kw_only=True)
class Gauge:
    """Measures queues at every request for metrics; the evaluation of alarms sends one every few seconds."""

    queues: Any
    record: Callable[..., None]
    clock: Callable[[], float] = time.time
    measured_at: float = 0.0
    last: dict[str, tuple[float, Figures]] = field(default_factory=dict[str, tuple[float, Figures]])

    def measure(self) -> None:
        """Publish the figures of every queue, at most every four seconds."""
        now = self.clock()
        if now - self.measured_at < EVERY_S:
            return
        self.measured_at = now
        for url, queue in list(self.queues._queues.items()):  # noqa: SLF001 - there is no public way
            self.publish(str(url).rpartition("/")[2], self.figures(queue, now), now)

    def publish(self, name: str, figures: Figures, now: float) -> None:
        """Publish the figures of one queue; unchanged ones once a minute."""
        at, before = self.last.get(name, (0.0, {}))
        if figures == before and now - at < UNCHANGED_S:
            return
        self.last[name] = (now, figures)
        for metric, value in figures.items():
            self.record(NAMESPACE, metric, value, "None", {"QueueName": name})

    def figures(self, queue: Mapping[str, Any], now: float) -> Figures:
        """Return the message counts of a queue, and the age of its oldest message that is not deleted, s."""
        self.queues._refresh_counts(queue)  # noqa: SLF001 - as above
        sent = [float(one.get("enqueued_at", one["sent_at"])) for one in queue["messages"]]
        counts = {metric: float(queue["attributes"][attribute]) for metric, attribute in COUNTS.items()}
        return {**counts, "ApproximateAgeOfOldestMessage": round(now - min(sent), 1) if sent else 0.0}
