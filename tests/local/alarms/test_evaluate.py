"""Tests of the evaluation of alarms."""

from __future__ import annotations

from dataclasses import replace

import pytest

from local.alarms.evaluate import Missing, Rule, Series, evaluate
from local.alarms.expression import UnknownMath

NOW = 1_000_000.0
DEPTH = Series(namespace="AWS/SQS", name="Depth", dimensions=(("QueueName", "q"),), stat="Maximum")
RULE = Rule(
    name="depth",
    series={"value": DEPTH},
    expression="value",
    compare="GreaterThanThreshold",
    threshold=0,
    period_s=300,
    periods=2,
    needed=2,
    missing="notBreaching",
    since=NOW - 10_000,
)


def state_of(rule: Rule, *values: float | None) -> str:
    """Evaluate *values*, newest first."""
    return evaluate(rule, [{"value": value} for value in values], state="OK", now=NOW).state


def test_an_alarm_rings_when_every_period_breaches() -> None:
    """Two periods, both above the threshold."""
    assert "ALARM" == state_of(RULE, 1, 3)
    assert "OK" == state_of(RULE, 1, 0)


def test_an_alarm_of_one_period_rings_at_once() -> None:
    """An alarm on dead letters rings at the first one."""
    assert "ALARM" == state_of(replace(RULE, periods=1, needed=1), 1)


@pytest.mark.parametrize(
    ("missing", "expected"),
    [("notBreaching", "OK"), ("breaching", "ALARM"), ("missing", "INSUFFICIENT_DATA"), ("ignore", "OK")],
)
def test_missing_data_mean_what_the_alarm_says(missing: Missing, expected: str) -> None:
    """Missing data is good for one alarm and a reason to ring for another."""
    assert expected == state_of(replace(RULE, missing=missing), None, None)


def test_an_ignored_gap_keeps_the_state() -> None:
    """With ``ignore``, missing data changes nothing."""
    rule = replace(RULE, missing="ignore")

    assert "ALARM" == evaluate(rule, [{"value": None}] * 2, state="ALARM", now=NOW).state


def test_silence_before_the_alarm_was_made_says_nothing() -> None:
    """A new stack does not ring because of data that are missing from before its deployment."""
    new = replace(RULE, missing="breaching", since=NOW - 400)

    assert "INSUFFICIENT_DATA" == state_of(new, None, None)
    assert "ALARM" == evaluate(new, [{"value": None}] * 2, state="OK", now=NOW + 200).state


def test_some_periods_of_several_are_enough_where_the_alarm_says_so() -> None:
    """Two of three."""
    rule = replace(RULE, periods=3)

    assert "ALARM" == state_of(rule, 1, 0, 1)
    assert "OK" == state_of(rule, 1, 0, 0)


def test_the_reason_shows_the_values() -> None:
    """The operator sees the values in the reason."""
    verdict = evaluate(RULE, [{"value": 2.5}, {"value": None}], state="OK", now=NOW)

    assert "In 1 of the last 2 periods of 5 min above 0, newest first: 2.5, no data" == verdict.reason


def test_a_comparison_that_is_not_known_is_refused() -> None:
    """Anomaly detection bands are not supported."""
    with pytest.raises(UnknownMath, match="found LessThanLowerOrGreaterThanUpperThreshold"):
        state_of(replace(RULE, compare="LessThanLowerOrGreaterThanUpperThreshold"), 1)
