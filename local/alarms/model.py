"""An alarm, as far as it decides when to ring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

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
    """One alarm. *expression*: over the names of *series*; *since*: when it was made (s since 1970).

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
class Verdict:
    """What an alarm's state is, and why."""

    state: State
    reason: str
