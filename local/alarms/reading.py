"""Read the emulator's alarms and metrics as rules and values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

from local.alarms.evaluate import Rule, Series, State
from local.alarms.expression import Value

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

VALUE: Final = "value"
# Longer than the time since 1970, so that all data of a window form one point: the emulator counts periods from 1970
# and takes any length.
ONE_POINT_S: Final = 10**10


def alarms(cloudwatch: CloudWatchClient) -> Iterator[tuple[Rule, State]]:
    """Yield every metric alarm with its present state."""
    for page in cloudwatch.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm"]):
        for alarm in page["MetricAlarms"]:
            found = cast("Mapping[str, Any]", alarm)
            state: State = found["StateValue"]
            yield rule_of(found), state


def rule_of(alarm: Mapping[str, Any]) -> Rule:
    """Read one alarm of one metric or of an expression over several."""
    queries: Sequence[Mapping[str, Any]] = alarm.get("Metrics") or []
    measured = [one for one in queries if "MetricStat" in one]
    computed = [one for one in queries if one.get("Expression")]
    series = {one["Id"]: of_query(one["MetricStat"]) for one in measured} or {VALUE: of_alarm(alarm)}
    periods = int(alarm["EvaluationPeriods"])
    return Rule(
        name=alarm["AlarmName"],
        series=series,
        expression=computed[0]["Expression"] if computed else VALUE,
        compare=alarm["ComparisonOperator"],
        threshold=float(alarm["Threshold"]),
        period_s=int(measured[0]["MetricStat"]["Period"] if measured else alarm["Period"]),
        periods=periods,
        needed=int(alarm.get("DatapointsToAlarm") or periods),
        missing=alarm.get("TreatMissingData") or "missing",
        since=made_at(alarm),
    )


def made_at(alarm: Mapping[str, Any]) -> float:
    """Return the time of the last change of an alarm's configuration, s since 1970."""
    at = alarm["AlarmConfigurationUpdatedTimestamp"]
    return at.timestamp() if isinstance(at, datetime) else float(at)


def of_query(stat: Mapping[str, Any]) -> Series:
    """Read one metric of an expression."""
    metric = stat["Metric"]
    return Series(
        namespace=metric["Namespace"],
        name=metric["MetricName"],
        dimensions=dimensions(metric.get("Dimensions") or []),
        stat=stat["Stat"],
    )


def of_alarm(alarm: Mapping[str, Any]) -> Series:
    """Read the one metric of an alarm without an expression."""
    return Series(
        namespace=alarm["Namespace"],
        name=alarm["MetricName"],
        dimensions=dimensions(alarm.get("Dimensions") or []),
        stat=alarm.get("ExtendedStatistic") or alarm["Statistic"],
    )


def dimensions(listed: Iterable[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    """Read dimensions."""
    return tuple(sorted((one["Name"], one["Value"]) for one in listed))


def values(
    cloudwatch: CloudWatchClient, wanted: Iterable[Series], *, start: float, end: float
) -> Mapping[Series, float]:
    """Read each of *wanted* over one window (s since 1970); leave out series without data."""
    listed = list(dict.fromkeys(wanted))
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[query(f"q{at}", one) for at, one in enumerate(listed)],
        StartTime=datetime.fromtimestamp(start, UTC),
        EndTime=datetime.fromtimestamp(end, UTC),
    )
    found = {one.get("Id", ""): one.get("Values", []) for one in answer["MetricDataResults"]}
    return {one: found[f"q{at}"][0] for at, one in enumerate(listed) if found.get(f"q{at}")}


def query(name: str, series: Series, *, period_s: int = ONE_POINT_S) -> Any:
    """Write the query for one series, by periods of *period_s*."""
    metric = {
        "Namespace": series.namespace,
        "MetricName": series.name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in series.dimensions],
    }
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": period_s, "Stat": series.stat}}


def history(
    cloudwatch: CloudWatchClient, rules: Sequence[Rule], *, now: float
) -> Mapping[str, list[Mapping[str, Value]]]:
    """Read the last periods of every rule, newest first, with one request per window."""
    windows = {(rule.period_s, at) for rule in rules for at in range(rule.periods)}
    measured: dict[tuple[int, int], Mapping[Series, float]] = {}
    for period, at in sorted(windows):
        wanted = [
            one for rule in rules if rule.period_s == period and at < rule.periods for one in rule.series.values()
        ]
        end = now - at * period
        measured[period, at] = values(cloudwatch, wanted, start=end - period, end=end)
    return {
        rule.name: [
            {name: measured[rule.period_s, at].get(series) for name, series in rule.series.items()}
            for at in range(rule.periods)
        ]
        for rule in rules
    }
