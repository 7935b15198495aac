"""Declare events: streams of the tables, through pipes, to an event bus of the stack (ADR 40).

Owns the bus, one pipe per table, the pipes' role and their dead letters, and the webhooks. No code of ours runs between
a table and the bus, so a photo is no slower for it. Deployed only where ``events.enabled`` is on.
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
from components.queues import DeadLetters, DeadLettersArgs
from components.webhooks import Webhooks, WebhooksArgs

COMPONENT: Final = "events"
SOURCE: Final = "darkroom"
# A stream keeps a change for 24 h: what could not be sent becomes a dead letter while it is still there.
MAX_AGE_S: Final = 23 * 3600
READING: Final = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)
# Where the record announces its outcome (processor/upload/announcement.py), and where a session is, in a change.
EVENT: Final = "$.dynamodb.NewImage.darkroom_event.M"
SESSION: Final = "$.dynamodb.NewImage"
PHOTO_FIELDS: Final = (
    *("id", "number", "photo_id", "gallery", "status", "version"),
    *("error_code", "original_key", "stem"),
)
RUNNING: Final = ("pending", "processing")
ENDED: Final = ("complete", "partial", "error", "cancelled")
SOME_TEXT: Final = {"S": [{"exists": True}]}


@dataclass(frozen=True, kw_only=True, slots=True)
class EventsArgs:
    """The stack's configuration, and the tables whose changes are published."""

    config: StackConfig
    photos: aws.dynamodb.Table
    sessions: aws.dynamodb.Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """The way of one table's changes. *filters*: a change passes if one of them matches.

    *detail_type*: a text, or the path of one in the change. *detail*: the event's fields, as texts with paths in <>.
    """

    table: str
    stream: pulumi.Input[str]
    filters: tuple[dict[str, Any], ...]
    detail_type: str
    detail: dict[str, str]


class Events(pulumi.ComponentResource):
    """Events of one stack."""

    def __init__(self, name: str, args: EventsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("Events"), name, None, opts)
        child, context = pulumi.ResourceOptions(parent=self), args.config.context
        self.args = args
        self.bus = aws.cloudwatch.EventBus(
            f"{name}-bus",
            name=f"{context.project}-{context.stack}",
            description="Outcomes of photos and edits (docs/events.md)",
            tags=context.tags(COMPONENT),
            opts=child,
        )
        self.dead = DeadLetters(
            f"{name}-dlq",
            DeadLettersArgs(context=context, queue=context.physical("events-dlq"), component=COMPONENT),
            opts=child,
        )
        role = aws.iam.Role(
            f"{name}-pipes-role",
            name=context.physical("events-pipes"),
            assume_role_policy=trust("pipes", account_id=context.account_id),
            tags=context.tags(COMPONENT),
            opts=child,
        )
        grants = aws.iam.RolePolicy(
            f"{name}-pipes-grants", name="grants", role=role.name, policy=policy(*self.permissions()), opts=child
        )
        routes = (photos(args.photos.stream_arn), sessions(args.sessions.stream_arn))
        self.pipes = {one.table: context.physical(f"{one.table}-events") for one in routes}
        for route in routes:
            self.pipe(f"{name}-{route.table}-pipe", route, role, grants)
        webhooks = args.config.settings.events.webhooks
        self.webhooks = Webhooks(f"{name}-webhooks", self.receivers(), opts=child) if webhooks else None
        self.register_outputs({"bus": self.bus.name})

    def permissions(self) -> tuple[Permission, ...]:
        """Grant the pipes reading both streams, sending to the bus, and keeping what failed."""
        return (
            Permission(READING, (self.args.photos.stream_arn, self.args.sessions.stream_arn)),
            Permission(("events:PutEvents",), (self.bus.arn,)),
            Permission(("sqs:SendMessage",), (self.dead.arn,)),
        )

    def pipe(self, name: str, route: Route, role: aws.iam.Role, grants: aws.iam.RolePolicy) -> None:
        """Declare the pipe of one table."""
        aws.pipes.Pipe(
            name,
            name=self.pipes[route.table],
            role_arn=role.arn,
            source=route.stream,
            target=self.bus.arn,
            source_parameters=aws.pipes.PipeSourceParametersArgs(
                filter_criteria=aws.pipes.PipeSourceParametersFilterCriteriaArgs(
                    filters=[
                        aws.pipes.PipeSourceParametersFilterCriteriaFilterArgs(pattern=json.dumps(one))
                        for one in route.filters
                    ]
                ),
                dynamodb_stream_parameters=aws.pipes.PipeSourceParametersDynamodbStreamParametersArgs(
                    # From the oldest change: nothing is lost between the stream's beginning and the pipe's.
                    starting_position="TRIM_HORIZON",
                    batch_size=10,
                    maximum_record_age_in_seconds=MAX_AGE_S,
                    maximum_retry_attempts=-1,
                    on_partial_batch_item_failure="AUTOMATIC_BISECT",
                    dead_letter_config=aws.pipes.PipeSourceParametersDynamodbStreamParametersDeadLetterConfigArgs(
                        arn=self.dead.arn
                    ),
                ),
            ),
            target_parameters=aws.pipes.PipeTargetParametersArgs(
                input_template=json.dumps(route.detail),
                eventbridge_event_bus_parameters=aws.pipes.PipeTargetParametersEventbridgeEventBusParametersArgs(
                    source=SOURCE, detail_type=route.detail_type
                ),
            ),
            tags=self.args.config.context.tags(COMPONENT),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[grants]),
        )

    def receivers(self) -> WebhooksArgs:
        """Return the arguments of the webhooks."""
        return WebhooksArgs(config=self.args.config, component=COMPONENT, bus=self.bus, source=SOURCE)

    @property
    def dead_letters(self) -> dict[str, DeadLetters]:
        """Return the dead-letter queues by role."""
        return {"events": self.dead, **({"webhooks": self.webhooks.dead} if self.webhooks else {})}


def photos(stream: pulumi.Input[str]) -> Route:
    """Pass the changes in which a record's announcement is new: its turn has changed."""
    turns: tuple[tuple[Any, Any], ...] = (({"exists": False}, {"exists": True}), ("even", "odd"), ("odd", "even"))
    return Route(
        table="photos",
        stream=stream,
        filters=tuple(change(announced(before), announced(after)) for before, after in turns),
        detail_type=f"{EVENT}.type.S",
        detail={field: f"<{EVENT}.{field}.S>" for field in PHOTO_FIELDS},
    )


def sessions(stream: pulumi.Input[str]) -> Route:
    """Pass the change that ends a session; it happens once, and nothing is written after it."""
    return Route(
        table="sessions",
        stream=stream,
        # Archives are in the same table and end in the same ways; only sessions name their user.
        filters=(change({"status": {"S": list(RUNNING)}}, {"status": {"S": list(ENDED)}, "userId": SOME_TEXT}),),
        detail_type="edit.completed",
        detail={
            "id": f"<{SESSION}.sessionId.S>:<{SESSION}.status.S>",
            "session_id": f"<{SESSION}.sessionId.S>",
            "user_id": f"<{SESSION}.userId.S>",
            "status": f"<{SESSION}.status.S>",
        },
    )


def change(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Match a change of an item by its image *before* and *after*."""
    return {"dynamodb": {"OldImage": before, "NewImage": after}}


def announced(turn: Any) -> dict[str, Any]:
    """Match a record whose announcement has this *turn*: a text, or a test of whether there is one."""
    return {"darkroom_event": {"M": {"turn": {"S": [turn]}}}}
