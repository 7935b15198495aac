"""Evaluate an alarm from the values of its last periods. Pure: no calls.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html

Two deviations: periods end now instead of at the full minute, so that an alarm rings at once; and a period that began
before the alarm was created counts as unknown, so that a new stack does not ring because it has no old data.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from local.alarms.expression import UnknownMath, Value, compute

COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}

WORDS: Final[Mapping[str, str]] = {
    "GreaterThanThreshold": "above",
    "GreaterThanOrEqualToThreshold": "at or above",
    "LessThanThreshold": "below",
    "LessThanOrEqualToThreshold": "at or below",
}


def evaluate(rule: Rule, periods: Sequence[Mapping[str, Value]], *, state: State, now: float) -> Evaluation:
    """Evaluate *rule* over the values of its series in its last *periods*, newest first; *state*: its present state."""
    if rule.compare not in COMPARE:
        raise UnknownMath(f"{rule.name}: expected one of {', '.join(COMPARE)}, found {rule.compare}")
    points = [compute(rule.expression, values) for values in periods]
    held = [breaches(rule, point, began=now - (at + 1) * rule.period_s) for at, point in enumerate(points)]
    bad, unknown = held.count(True), held.count(None)
    reason = in_words(rule, points, bad)
    if bad >= rule.needed:
        return Evaluation(state="ALARM", reason=reason)
    if bad + unknown < rule.needed:
        return Evaluation(state="OK", reason=reason)
    return Evaluation(state=state if rule.missing == "ignore" else "INSUFFICIENT_DATA", reason=reason)


def in_words(rule: Rule, points: Sequence[Value], bad: int) -> str:
    """Say how many of the last *points*, newest first, breach the threshold."""
    shown = ", ".join("no data" if point is None else f"{round(point, 2):,.10g}" for point in points)
    minutes = f"{rule.period_s / 60:g} min"
    limit = f"{WORDS[rule.compare]} {rule.threshold:,.10g}"
    if len(points) == 1:
        return f"In the last {minutes}: {shown} (alarm {limit})"
    return f"In {bad} of the last {len(points)} periods of {minutes} {limit}, newest first: {shown}"


def breaches(rule: Rule, point: Value, *, began: float) -> bool | None:
    """Return whether one period breaches; None where that is unknown. *began*: its start, s since 1970."""
    if point is not None:
        return COMPARE[rule.compare](point, rule.threshold)
    if rule.missing == "notBreaching":
        return False
    if rule.missing == "breaching" and began >= rule.since:
        return True
    return None


State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
Missing = Literal["notBreaching", "breaching", "ignore", "missing"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """One metric with its dimensions. *stat*: Sum, Average, Maximum, Minimum, SampleCount or p99."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    stat: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One alarm. *expression*: over the names of *series*; *since*: when it was created (s since 1970).

    *compare* is CloudWatch's ComparisonOperator.
    """

    name: str
    series: Mapping[str, Series]
    expression: str
    compare: str
    threshold: float
    period_s: int
    periods: int
    needed: int
    missing: Missing
    since: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """The state of an alarm, and the reason."""

    state: State
    reason: str
