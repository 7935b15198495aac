"""Tests of the emulator's CloudWatch, Logs and SNS as the embedded stack uses them."""

from __future__ import annotations

import json
import time

from local.emulator.monitoring_gaps import at_most_every
from tests.factories.emulators import Aws, allow, eventually, policy, refused

QUEUE = "arn:aws:sqs:us-east-1:000000000000:"


def test_setting_an_alarm_s_state_notifies_its_topic(aws: Aws) -> None:
    """``local/alarms`` decides, ``SetAlarmState`` notifies the subscribers."""
    sns, sqs, cloudwatch = aws.client("sns"), aws.client("sqs"), aws.client("cloudwatch")
    topic = sns.create_topic(Name="rung")["TopicArn"]
    listening = policy(allow("sqs:SendMessage", f"{QUEUE}rung", Principal={"Service": "sns.amazonaws.com"}))
    url = sqs.create_queue(QueueName="rung", Attributes={"Policy": listening})["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{QUEUE}rung")
    cloudwatch.put_metric_alarm(
        AlarmName="rung",
        AlarmActions=[topic],
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": "dlq"}],
        Statistic="Maximum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloudwatch.set_alarm_state(AlarmName="rung", StateValue="ALARM", StateReason="a poison message")
    [message] = eventually(lambda: sqs.receive_message(QueueUrl=url).get("Messages"))
    news = json.loads(json.loads(message["Body"])["Message"])
    assert ("rung", "ALARM", "a poison message") == (news["AlarmName"], news["NewStateValue"], news["NewStateReason"])


def test_log_lines_come_back_in_order(aws: Aws) -> None:
    """The Lambda host writes a function's lines; ``logs`` and the runbook's commands read them."""
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="/aws/lambda/told")
    logs.create_log_stream(logGroupName="/aws/lambda/told", logStreamName="one")
    now = int(time.time() * 1000)
    events = [{"timestamp": now + number, "message": f"line {number}"} for number in range(3)]
    logs.put_log_events(logGroupName="/aws/lambda/told", logStreamName="one", logEvents=events)
    found = logs.filter_log_events(logGroupName="/aws/lambda/told", filterPattern="line")["events"]
    assert ["line 0", "line 1", "line 2"] == [event["message"] for event in found]


def test_a_function_writes_into_its_own_log_group_only(aws: Aws) -> None:
    """The two grants of logging hold per group, and end in ``:*``; ``local/emulator/iam_gaps.py`` implements that."""
    for name in ("/aws/lambda/own", "/aws/lambda/foreign"):
        aws.client("logs").create_log_group(logGroupName=name)
    group = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/own"
    streams = aws.as_role("streams", allow("logs:CreateLogStream", f"{group}:*")).client("logs")
    bare = aws.as_role("bare", allow("logs:CreateLogStream", group)).client("logs")
    answers = [
        refused(role.create_log_stream, logGroupName=name, logStreamName="one")
        for role, name in ((streams, "/aws/lambda/own"), (streams, "/aws/lambda/foreign"), (bare, "/aws/lambda/own"))
    ]
    assert ["", "AccessDeniedException", "AccessDeniedException"] == answers


def test_metrics_differ_by_their_dimensions(aws: Aws) -> None:
    """The Lambda host stores what functions embed in their logs; the page's charts are per function."""
    cloudwatch = aws.client("cloudwatch")
    for service, value in (("rendition", 1), ("edit", 5)):
        dimensions = [{"Name": "service", "Value": service}]
        metric = {"MetricName": "Done", "Dimensions": dimensions, "Value": value}
        cloudwatch.put_metric_data(Namespace="Told", MetricData=[metric])
    now = time.time()
    [point] = cloudwatch.get_metric_statistics(
        Namespace="Told",
        MetricName="Done",
        Dimensions=[{"Name": "service", "Value": "edit"}],
        StartTime=now - 300,
        EndTime=now + 300,
        Period=600,
        Statistics=["Sum"],
    )["Datapoints"]
    assert 5.0 == point["Sum"]


def test_old_data_are_looked_for_once_in_a_while() -> None:
    """At the first request, and at the first one after the time; the emulator itself looks at each."""
    times, done = iter([0.0, 0.0, 0.0, 9.0, 10.0, 10.0, 11.0]), list[str]()
    look = at_most_every(10.0, lambda: done.append("looked"), lambda: next(times))

    seen: list[int] = []
    for _ in range(4):
        look()
        seen.append(len(done))

    assert [1, 1, 2, 2] == seen
