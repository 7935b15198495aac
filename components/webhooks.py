"""Declare webhooks: rules on the bus that post events to addresses of other systems, with retries and dead letters.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components.config import StackConfig
from components.naming import token
from components.permissions import Permission, policy, trust
from components.queues import DeadLetters, DeadLettersArgs, QueueSender
from processor.settings.events import Webhook

# The longest that EventBridge tries: a receiver that is down for a day gets its events late, not never.
MAX_AGE_S: Final = 24 * 3600
MAX_ATTEMPTS: Final = 185


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhooksArgs:
    """The stack's configuration, and the bus whose events of *source* are posted."""

    config: StackConfig
    component: str
    bus: aws.cloudwatch.EventBus
    source: str


class Webhooks(pulumi.ComponentResource):
    """All webhooks of a stack: one role, one dead-letter queue, and for each a connection, a destination and a rule."""

    def __init__(self, name: str, args: WebhooksArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("Webhooks"), name, None, opts)
        child, context = pulumi.ResourceOptions(parent=self), args.config.context
        self.name, self.args = name, args
        rules = args.bus.arn.apply(lambda arn: f"{arn.replace(':event-bus/', ':rule/')}/*")
        self.dead = DeadLetters(
            f"{name}-dlq",
            DeadLettersArgs(
                context=context,
                queue=context.physical("webhooks-dlq"),
                component=args.component,
                sender=QueueSender(service="events", arn=rules),
            ),
            opts=child,
        )
        webhooks = args.config.settings.events.webhooks
        destinations = {one.name: self.destination(one) for one in webhooks}
        self.role = aws.iam.Role(
            f"{name}-role",
            name=context.physical("webhooks"),
            assume_role_policy=trust("events", account_id=context.account_id),
            tags=context.tags(args.component),
            opts=child,
        )
        grant = Permission(("events:InvokeApiDestination",), tuple(one.arn for one in destinations.values()))
        self.grants = aws.iam.RolePolicy(
            f"{name}-grants", name="grants", role=self.role.name, policy=policy(grant), opts=child
        )
        for one in webhooks:
            self.post(one, destinations[one.name])
        self.register_outputs({"deadLettersUrl": self.dead.url})

    def destination(self, webhook: Webhook) -> aws.cloudwatch.EventApiDestination:
        """Declare where a webhook's events go, and the connection that holds its secret."""
        child, context = pulumi.ResourceOptions(parent=self), self.args.config.context
        secret = aws.secretsmanager.get_secret_version_output(secret_id=webhook.secret_arn).secret_string
        connection = aws.cloudwatch.EventConnection(
            f"{self.name}-{webhook.name}-connection",
            name=context.physical(f"webhook-{webhook.name}"),
            authorization_type="API_KEY",
            auth_parameters=aws.cloudwatch.EventConnectionAuthParametersArgs(
                api_key=aws.cloudwatch.EventConnectionAuthParametersApiKeyArgs(
                    key=webhook.header, value=pulumi.Output.secret(secret)
                )
            ),
            opts=child,
        )
        return aws.cloudwatch.EventApiDestination(
            f"{self.name}-{webhook.name}-destination",
            name=context.physical(f"webhook-{webhook.name}"),
            connection_arn=connection.arn,
            http_method="POST",
            invocation_endpoint=webhook.url,
            invocation_rate_limit_per_second=webhook.max_per_second,
            opts=child,
        )

    def post(self, webhook: Webhook, destination: aws.cloudwatch.EventApiDestination) -> None:
        """Declare the rule that posts the events of a webhook's types."""
        context = self.args.config.context
        pattern: dict[str, Any] = {"source": [self.args.source]}
        if webhook.types:
            pattern["detail-type"] = list(webhook.types)
        rule = aws.cloudwatch.EventRule(
            f"{self.name}-{webhook.name}-rule",
            name=context.physical(f"webhook-{webhook.name}"),
            event_bus_name=self.args.bus.name,
            event_pattern=json.dumps(pattern),
            tags=context.tags(self.args.component),
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.cloudwatch.EventTarget(
            f"{self.name}-{webhook.name}-target",
            rule=rule.name,
            event_bus_name=self.args.bus.name,
            arn=destination.arn,
            role_arn=self.role.arn,
            dead_letter_config=aws.cloudwatch.EventTargetDeadLetterConfigArgs(arn=self.dead.arn),
            retry_policy=aws.cloudwatch.EventTargetRetryPolicyArgs(
                maximum_event_age_in_seconds=MAX_AGE_S, maximum_retry_attempts=MAX_ATTEMPTS
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.grants, self.dead.policy]),
        )
