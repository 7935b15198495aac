"""Define the settings of events: whether outcomes are published, and the webhooks that receive them."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from processor.settings.values import HttpsUrl
from processor.validation import Section

EventType = Literal["photo.active", "photo.failed", "photo.deleted", "edit.completed"]
# The longest that leaves room for a stack's name in the 64 characters of a rule, a connection and a destination.
MAX_WEBHOOK_CHARS: Final = 16

WebhookName = Annotated[
    str,
    Field(
        pattern=rf"^[a-z][a-z0-9-]{{0,{MAX_WEBHOOK_CHARS - 1}}}$",
        json_schema_extra={
            "allowed": f"a name of at most {MAX_WEBHOOK_CHARS} lower-case letters, digits and hyphens, a letter first"
        },
    ),
]
SecretArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]{1,519}$",
        json_schema_extra={"allowed": "the ARN of a secret in Secrets Manager"},
    ),
]
HeaderName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$",
        json_schema_extra={"allowed": "the name of an HTTP header"},
    ),
]


class Webhook(Section):
    """An HTTPS address of another system that receives events."""

    name: WebhookName = Field(description="Name of the webhook, in the names of its resources.")
    url: HttpsUrl = Field(description="Address that each event is posted to.")
    secret_arn: SecretArn = Field(
        description="Secret whose text is sent in `header`; read by the identity that deploys."
    )
    header: HeaderName = Field(default="X-Api-Key", description="Header that carries the secret.")
    types: tuple[EventType, ...] = Field(default=(), description="Types of the events it receives; empty: all.")
    max_per_second: int = Field(default=50, ge=1, le=300, description="Most requests per second; others wait.")


class EventSettings(Section):
    """Events about photos and edits on an event bus (docs/events.md); off, nothing of it is deployed."""

    enabled: bool = Field(
        default=False, description="Publish `photo.active`, `photo.failed`, `photo.deleted` and `edit.completed`."
    )
    webhooks: tuple[Webhook, ...] = Field(
        default=(), max_length=5, description="Addresses of other systems that receive the events."
    )

    @model_validator(mode="after")
    def _webhooks_need_events(self) -> Self:
        if self.webhooks and not self.enabled:
            raise ValueError(
                f"found {len(self.webhooks)} webhooks with enabled false, expected enabled: true beside webhooks"
            )
        names = [one.name for one in self.webhooks]
        if len(set(names)) != len(names):
            raise ValueError(f"found webhooks {', '.join(names)}, expected each name once")
        return self
