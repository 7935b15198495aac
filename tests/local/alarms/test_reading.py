"""Tests of reading alarms from the emulator."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from local.alarms.evaluate import Series
from local.alarms.reading import history, rule_of

MADE = datetime(2026, 11, 21, tzinfo=UTC)
COMMON: dict[str, Any] = {
    "AlarmName": "errors",
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 5.0,
    "EvaluationPeriods": 2,
    "TreatMissingData": "notBreaching",
    "AlarmConfigurationUpdatedTimestamp": MADE,
}
FUNCTION = [{"Name": "FunctionName", "Value": "f"}]


def metric(name: str) -> dict[str, Any]:
    """Write one metric of an expression."""
    stat = {"Metric": {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": FUNCTION}}
    return {"Id": name.lower(), "ReturnData": False, "MetricStat": {**stat, "Period": 300, "Stat": "Sum"}}


def series(name: str, stat: str = "Sum") -> Series:
    """Name a metric of the function."""
    return Series(namespace="AWS/Lambda", name=name, dimensions=(("FunctionName", "f"),), stat=stat)


EXPRESSION = {
    **COMMON,
    "Metrics": [{"Id": "value", "Expression": "100 * errors / invocations"}, metric("Errors"), metric("Invocations")],
}


def test_an_alarm_of_an_expression_is_read_with_its_metrics() -> None:
    """Each under the name that the expression uses, with its dimensions."""
    rule = rule_of(EXPRESSION)

    assert {"errors": series("Errors"), "invocations": series("Invocations")} == rule.series
    assert ("100 * errors / invocations", 300, 2, 2) == (rule.expression, rule.period_s, rule.periods, rule.needed)
    assert MADE.timestamp() == rule.since


def test_an_alarm_of_one_metric_is_an_expression_of_its_value() -> None:
    """An extended statistic wins over the default that the emulator adds."""
    alarm = {"Namespace": "AWS/Lambda", "MetricName": "Duration", "Dimensions": FUNCTION, "Period": 60}
    rule = rule_of({**COMMON, **alarm, "Statistic": "Average", "ExtendedStatistic": "p99", "DatapointsToAlarm": 1})

    assert {"value": series("Duration", "p99")} == rule.series
    assert ("value", 60, 1) == (rule.expression, rule.period_s, rule.needed)


class Metrics:
    """CloudWatch with one value per metric and window; it notes the windows that it is asked for."""

    def __init__(self, values: dict[tuple[str, float], float]) -> None:
        self.values = values
        self.asked: list[tuple[float, float]] = []

    def get_metric_data(self, **request: Any) -> Any:
        """Answer without the series that have no data."""
        start, end = request["StartTime"].timestamp(), request["EndTime"].timestamp()
        self.asked.append((start, end))
        found = {
            one["Id"]: self.values.get((one["MetricStat"]["Metric"]["MetricName"], end))
            for one in request["MetricDataQueries"]
        }
        return {
            "MetricDataResults": [
                {"Id": name, "Values": [] if value is None else [value]} for name, value in found.items()
            ]
        }


def test_history_measures_each_window_once_for_all_alarms() -> None:
    """Windows end now; a series without data is None."""
    cloudwatch: Any = Metrics({("Errors", 1000.0): 2.0, ("Invocations", 1000.0): 8.0, ("Invocations", 700.0): 4.0})
    other = rule_of({**EXPRESSION, "AlarmName": "other"})

    found = history(cloudwatch, [rule_of(EXPRESSION), other], now=1000.0)

    expected = [{"errors": 2.0, "invocations": 8.0}, {"errors": None, "invocations": 4.0}]
    assert {"errors": expected, "other": expected} == found
    assert [(700.0, 1000.0), (400.0, 700.0)] == cloudwatch.asked
