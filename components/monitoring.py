"""Declare alarms, dashboard, saved queries and the budget.

Owns the alarm topic too, and a second one in us-east-1 for a stack of another region: CloudFront's metrics are there,
and an alarm can only publish to a topic of its own region.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components.alarm_topic import AlarmTopic, AlarmTopicArgs
from components.alarms import Alarm, alarms
from components.dashboard import EDGE_REGION, dashboard
from components.metrics import Watched
from components.naming import StackContext, token
from processor.settings.tree import MonitoringSettings

COMPONENT: Final = "monitoring"
BUDGET_ALARMS: Final = (("ACTUAL", 80), ("FORECASTED", 100))


@dataclass(frozen=True, kw_only=True, slots=True)
class MonitoringArgs:
    """Plain settings, and the watched resources."""

    context: StackContext
    settings: MonitoringSettings
    watched: Watched


class Monitoring(pulumi.ComponentResource):
    """Alarms, dashboard, queries, budget."""

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("Monitoring"), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        region = args.context.region
        self.topic = AlarmTopic(f"{name}-alarms", topic(args, region), opts=child)
        self.edge_topic = (
            self.topic
            if region == EDGE_REGION
            else AlarmTopic(f"{name}-edge-alarms", topic(args, EDGE_REGION), opts=child)
        )
        for alarm in alarms(args.watched, error_rate_percent=args.settings.error_rate_percent):
            self.ring(f"{name}-{alarm.name}", alarm, args)
        self.dashboard = aws.cloudwatch.Dashboard(
            f"{name}-dashboard",
            dashboard_name=args.context.physical("overview"),
            dashboard_body=pulumi.Output.json_dumps(dashboard(args.watched, region)),
            opts=child,
        )
        for query, text in QUERIES.items():
            aws.cloudwatch.QueryDefinition(
                f"{name}-query-{query}",
                name=f"{args.context.project}/{args.context.stack}/{query}",
                log_group_names=[one.log_group.name for one in args.watched.functions.values()],
                query_string=text,
                opts=child,
            )
        self.budget(f"{name}-budget", args)
        self.register_outputs({"topicArn": self.topic.arn})

    def ring(self, name: str, alarm: Alarm, args: MonitoringArgs) -> None:
        """Declare one alarm."""
        topic_arn = self.edge_topic.arn if alarm.edge else self.topic.arn
        aws.cloudwatch.MetricAlarm(
            name,
            name=args.context.physical(alarm.name),
            alarm_description=f"{alarm.means} {alarm.no_data} Runbook: docs/operations.md#{alarm.name}",
            comparison_operator="GreaterThanThreshold",
            threshold=alarm.above,
            evaluation_periods=alarm.periods,
            treat_missing_data=alarm.missing,
            alarm_actions=[topic_arn],
            ok_actions=[topic_arn],
            region=EDGE_REGION if alarm.edge else args.context.region,
            tags=args.context.tags(COMPONENT),
            opts=pulumi.ResourceOptions(parent=self),
            **measured(alarm),
        )

    def budget(self, name: str, args: MonitoringArgs) -> None:
        """Declare the budget, which warns before a month costs more than planned."""
        aws.budgets.Budget(
            name,
            name=args.context.physical("monthly"),
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=f"{args.settings.monthly_budget_usd:.2f}",
            limit_unit="USD",
            cost_filters=[
                aws.budgets.BudgetCostFilterArgs(
                    # AWS matches any of several values; only the stack's own tag is on no other resource.
                    name="TagKeyValue",
                    values=[f"user:stack${args.context.stack}"],
                )
            ],
            notifications=[
                aws.budgets.BudgetNotificationArgs(
                    comparison_operator="GREATER_THAN",
                    notification_type=kind,
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                    subscriber_sns_topic_arns=[self.topic.arn],
                )
                for kind, percent in BUDGET_ALARMS
            ],
            tags=args.context.tags(COMPONENT),
            opts=pulumi.ResourceOptions(parent=self),
        )


def topic(args: MonitoringArgs, region: str) -> AlarmTopicArgs:
    """Return the arguments of the topic in *region*."""
    return AlarmTopicArgs(context=args.context, component=COMPONENT, region=region, emails=args.settings.emails)


def measured(alarm: Alarm) -> dict[str, Any]:
    """Return the arguments of an alarm's measurement: one metric, or an expression over several."""
    if alarm.expression is None:
        [metric] = alarm.metrics.values()
        statistic = "extended_statistic" if metric.stat.startswith("p") else "statistic"
        return {
            "namespace": metric.namespace,
            "metric_name": metric.name,
            "dimensions": metric.dimensions,
            statistic: metric.stat,
            "period": alarm.period_s,
        }
    value = aws.cloudwatch.MetricAlarmMetricQueryArgs(id="value", expression=alarm.expression, return_data=True)
    return {"metric_queries": [value, *parts(alarm)]}


def parts(alarm: Alarm) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgs]:
    """Return the metrics of an alarm's expression."""
    return [
        aws.cloudwatch.MetricAlarmMetricQueryArgs(
            id=part,
            return_data=False,
            metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
                namespace=metric.namespace,
                metric_name=metric.name,
                dimensions=metric.dimensions,
                stat=metric.stat,
                period=alarm.period_s,
            ),
        )
        for part, metric in alarm.metrics.items()
    ]


# Saved queries of CloudWatch Logs Insights by name, for the first minutes after an alarm; processor/upload/reports.py
# logs the fields. A file that cannot be opened has no camera, but its extension names the make.
QUERIES: Final = {
    "slowest-photos": """\
fields @timestamp, key, format, receipt.decoder, receipt.total_ms, receipt.peak_memory_mib
| filter message = "photo rendered"
| sort receipt.total_ms desc
| limit 50""",
    "failures-by-code": """\
filter message in ["photo failed", "message will come again", "message failed unexpectedly", "event refused"]
| stats count(*) as failures, latest(key) as example by message, code
| sort failures desc""",
    "failures-by-camera": """\
filter message = "photo failed"
| parse key /\\.(?<extension>[A-Za-z0-9]+)$/
| stats count(*) as failures, latest(key) as example by extension, camera, code
| sort failures desc""",
}
