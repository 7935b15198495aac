"""Monitoring: who is told what, and where to look.

Owns the alarm topic (one more in us-east-1 where the stack is elsewhere: CloudFront's metrics are there, and an alarm
can only tell a topic of its own region), every alarm, the dashboard, the saved queries and the budget.
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
    """Plain settings, and everything that is watched."""

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
        """Tell everyone before the month gets more expensive than planned."""
        aws.budgets.Budget(
            name,
            name=args.context.physical("monthly"),
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=f"{args.settings.monthly_budget_usd:.2f}",
            limit_unit="USD",
            cost_filters=[
                aws.budgets.BudgetCostFilterArgs(
                    # Of several values, any would do; the stack's tag alone is what nothing else carries.
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
    """Say who is told of alarms in *region*."""
    return AlarmTopicArgs(context=args.context, component=COMPONENT, region=region, emails=args.settings.emails)


def measured(alarm: Alarm) -> dict[str, Any]:
    """Write what an alarm measures: one metric by itself, or an expression over several."""
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
    """Write the metrics that an alarm's expression is made of."""
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


# By name; the fields are those that processor/upload/reports.py logs. A file that cannot be opened names no camera,
# but its extension names the make.
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
