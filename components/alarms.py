"""Define the alarms as one list of values: metric, threshold, meaning, and the meaning of missing data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from components.function import LambdaFunction
from components.metrics import Metric, Watched, memory_of, of_cdn, of_function, of_pipe, of_queue, of_table, own
from components.queues import DeadLetters, WorkQueue
from processor.settings.services import MEMORY_ALARM_PERCENT

QUEUE_AGE_S: Final = 15 * 60
FAILED_PHOTOS_PERCENT: Final = 5
FAILED_EDITS_PERCENT: Final = 5
CDN_ERRORS_PERCENT: Final = 1
API_ERRORS_PERCENT: Final = 1
FIRST_BYTE_MS: Final = 3000

QUIET: Final = "No data: nothing ran, and what does not run does not fail."
EMPTY: Final = "No data: SQS reports no queue that was idle for six hours."
UNSEEN: Final = "No data: the reconciler has not reported, and the alarm of stuck photos rings."
SILENT: Final = "No data: the reconciler has not reported, so stuck photos would stay unnoticed."


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """One alarm. *expression*: over the names of *metrics*; without one, *metrics* is a single metric.

    It rings when the value exceeds *above* in each of *periods* periods. *no_data* is the reason for *missing*.
    """

    name: str
    means: str
    metrics: Mapping[str, Metric]
    above: float
    no_data: str = QUIET
    expression: str | None = None
    period_s: int = 300
    periods: int = 1
    missing: Literal["notBreaching", "breaching"] = "notBreaching"
    edge: bool = False


def alarms(watched: Watched, *, error_rate_percent: float) -> list[Alarm]:
    """List every alarm of the stack."""
    return [
        *(
            one
            for role, function in watched.functions.items()
            for one in of_one_function(role, function, error_rate_percent)
        ),
        *(memory_alarm(role, function) for role, function in watched.functions.items() if watched.insights),
        *(dead_letter_alarm(role, queue) for role, queue in watched.dead_letters.items()),
        age_alarm(watched.lanes["uploads"]),
        stuck_photos(watched.stack),
        unrepaired_photos(watched.stack),
        failed_photos(watched.stack),
        rendering_defects(watched.stack),
        failed_edits(watched.stack),
        *api_alarms(watched),
        cdn_alarm(watched),
        *(throttled_table(role, table) for role, table in tables(watched).items()),
        *([failed_pipes(watched.pipes)] if watched.pipes else []),
    ]


def of_one_function(role: str, function: LambdaFunction, percent: float) -> Iterator[Alarm]:
    """Watch a function's errors, duration and throttles."""
    settings = function.settings
    yield Alarm(
        name=f"{role}-errors",
        means=f"More than {percent:g} % of the invocations of {role} fail.",
        metrics={"errors": of_function("Errors", settings), "invocations": of_function("Invocations", settings)},
        expression="100 * errors / invocations",
        above=percent,
        periods=2,
    )
    yield Alarm(
        name=f"{role}-duration",
        means=f"An invocation of {role} came within 5 s of its timeout of {settings.timeout_s} s.",
        metrics={"duration": of_function("Duration", settings, "Maximum")},
        above=1000 * settings.duration_alarm_s,
    )
    yield Alarm(
        name=f"{role}-throttles",
        means=f"Lambda refused invocations of {role}: the account's or the function's concurrency is used up.",
        metrics={"throttles": of_function("Throttles", settings)},
        above=0,
        periods=2,
    )


def memory_alarm(role: str, function: LambdaFunction) -> Alarm:
    """Watch a function's memory."""
    return Alarm(
        name=f"{role}-memory",
        means=f"An invocation of {role} used more than {function.settings.memory_alarm_mib} MiB "
        f"of its {function.settings.memory_mib} MiB.",
        metrics={"memory": memory_of(function.settings)},
        above=MEMORY_ALARM_PERCENT,
    )


def dead_letter_alarm(role: str, queue: DeadLetters) -> Alarm:
    """Watch a dead-letter queue."""
    return Alarm(
        name=f"{role}-dead-letters",
        means=f"Something in {queue.physical} failed for good and waits for a person.",
        metrics={"depth": of_queue("ApproximateNumberOfMessagesVisible", queue)},
        above=0,
        no_data=EMPTY,
    )


def age_alarm(uploads: WorkQueue) -> Alarm:
    """Watch the waiting time of uploads."""
    return Alarm(
        name="uploads-age",
        means="The oldest upload has waited for more than 15 minutes.",
        metrics={"age": of_queue("ApproximateAgeOfOldestMessage", uploads)},
        above=QUEUE_AGE_S,
        no_data=EMPTY,
    )


def stuck_photos(stack: str) -> Alarm:
    """Watch for photos without progress. The one alarm that rings without data."""
    return Alarm(
        name="stuck-photos",
        means="Photos are pending or processing although nothing works on them.",
        metrics={"stuck": own("StuckPhotos", "reconcile", stack, "Maximum")},
        above=0,
        period_s=3600,
        periods=2,
        no_data=SILENT,
        missing="breaching",
    )


def unrepaired_photos(stack: str) -> Alarm:
    """Watch for what the reconciler finds and cannot repair."""
    return Alarm(
        name="unrepaired-photos",
        means="The reconciler cannot read or repair some photos, or leaves renditions that should not be there.",
        metrics={"unrepaired": own("UnrepairedPhotos", "reconcile", stack, "Maximum")},
        above=0,
        period_s=3600,
        periods=2,
        no_data=UNSEEN,
    )


def failed_photos(stack: str) -> Alarm:
    """Watch the share of photos that cannot be rendered: a new camera, a broken client, a bad decoder."""
    return failure_rate(
        "failed-photos",
        f"More than {FAILED_PHOTOS_PERCENT} % of photos cannot be rendered.",
        failed=own("PhotosFailed", "rendition", stack),
        done=own("PhotosRendered", "rendition", stack),
        percent=FAILED_PHOTOS_PERCENT,
    )


def rendering_defects(stack: str) -> Alarm:
    """Watch for photos that fail by a defect of Darkroom: one is enough, as no photographer can mend it."""
    return Alarm(
        name="rendering-defects",
        means="A photo failed by a defect of Darkroom, RENDERING_FAILED.",
        metrics={"defects": own("RenderingDefects", "rendition", stack)},
        above=0,
    )


def failed_edits(stack: str) -> Alarm:
    """Watch the share of edits that fail."""
    return failure_rate(
        "failed-edits",
        f"More than {FAILED_EDITS_PERCENT} % of edits fail.",
        failed=own("EditsFailed", "edit", stack),
        done=own("EditsDone", "edit", stack),
        percent=FAILED_EDITS_PERCENT,
    )


def failure_rate(name: str, means: str, *, failed: Metric, done: Metric, percent: float) -> Alarm:
    """Watch the share of failures among all results."""
    return Alarm(
        name=name,
        means=means,
        metrics={"failed": failed, "done": done},
        # A metric without data in a period counted nothing in it.
        expression="100 * FILL(failed, 0) / (FILL(failed, 0) + FILL(done, 0))",
        above=percent,
        periods=2,
    )


def api_alarms(watched: Watched) -> Iterator[Alarm]:
    """Watch the answers of the edit API."""
    api = watched.edits.api
    yield Alarm(
        name="api-5xx",
        means=f"More than {API_ERRORS_PERCENT} % of requests to the edit API are answered with 5xx.",
        metrics={"errors": of_function("Url5xxCount", api), "requests": of_function("UrlRequestCount", api)},
        expression="100 * errors / requests",
        above=API_ERRORS_PERCENT,
        periods=2,
    )
    yield Alarm(
        name="api-first-byte",
        means=f"One request in a hundred to the edit API waits more than {FIRST_BYTE_MS} ms for its first byte.",
        metrics={"wait": own("FirstByteDuration", "edit-api", watched.stack, "p99")},
        above=FIRST_BYTE_MS,
        periods=3,
    )


def cdn_alarm(watched: Watched) -> Alarm:
    """Watch the answers of the CDN."""
    return Alarm(
        name="cdn-5xx",
        means=f"More than {CDN_ERRORS_PERCENT} % of all requests to the CDN are answered with 5xx.",
        metrics={"errors": of_cdn("5xxErrorRate", watched.distribution_id)},
        above=CDN_ERRORS_PERCENT,
        periods=2,
        edge=True,
    )


def throttled_table(role: str, table: str) -> Alarm:
    """Watch for refused requests to a table."""
    return Alarm(
        name=f"{role}-throttles",
        means=f"The table {table} refused requests: it has reached its cap, or one key is too popular.",
        metrics={
            "reads": of_table("ReadThrottleEvents", table),
            "writes": of_table("WriteThrottleEvents", table),
        },
        expression="FILL(reads, 0) + FILL(writes, 0)",
        above=0,
        periods=2,
    )


def failed_pipes(pipes: Mapping[str, str]) -> Alarm:
    """Watch for events that cannot be sent to the bus: after 23 hours they would be dead letters."""
    return Alarm(
        name="events-failures",
        means="A pipe cannot send events to the bus; it tries again for 23 hours.",
        metrics={table: of_pipe("ExecutionFailed", pipe) for table, pipe in pipes.items()},
        expression=" + ".join(f"FILL({table}, 0)" for table in pipes),
        above=0,
        periods=2,
    )


def tables(watched: Watched) -> dict[str, str]:
    """Return the names of all tables by role."""
    renditions = watched.renditions
    return {
        "photos": renditions.photos_table,
        "originals": renditions.originals_table,
        "sessions": watched.edits.sessions_table,
    }
