"""A gallery with its uploads queue, a reconciler over it, and a rendition line that empties the queue."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Generator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from processor.aws.clients import sqs_client
from processor.budget import Budget
from processor.handlers.reconciliation import Reconciliation
from processor.ops.reconcile.assembly import ReconciledStores
from processor.settings.functions import ReconcileEnv
from processor.settings.services import RenditionSettings
from processor.telemetry import Telemetry
from processor.upload.events import body_events
from processor.upload.outcome import UploadOutcome
from tests.factories.darkroom import (
    AMPLE,
    CDN_HOST,
    ITEMS,
    ORIGINALS,
    RENDITIONS,
    TABLE,
    Darkroom,
    open_darkroom,
    shared,
)
from tests.factories.stores import Wire

HOUR_S = 3600.0


def reported(**figures: Any) -> dict[str, Any]:
    """Return the report of a run that found nothing but *figures*."""
    nothing = dict.fromkeys(("stuck", "orphans", "sent", "removed", "unrepaired"), 0)
    return nothing | {"finished": True} | figures


class HeardTelemetry(Telemetry):
    """Keeps warnings in a list, each with its fields."""

    def __init__(self, warnings: list[tuple[str, dict[str, Any]]]) -> None:
        super().__init__(service="reconcile", stack="test")
        self.warnings = warnings

    def warning(self, message: str, **fields: Any) -> None:
        """Keep it."""
        self.warnings.append((message, fields))


@dataclass
class Gallery:
    """*later*: s by which the reconciler's clock is ahead; everything in the stores is then that old."""

    darkroom: Darkroom
    sqs: Wire
    queue: str
    missing_record: Literal["create", "require"] = "create"
    later: float = HOUR_S
    distribution_id: str | None = None
    lines: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    warnings: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])

    @property
    def env(self) -> ReconcileEnv:
        """The function's environment."""
        settings = RenditionSettings(
            originals_bucket=ORIGINALS,
            renditions_bucket=RENDITIONS,
            photos_table=TABLE,
            originals_table=ITEMS,
            missing_record=self.missing_record,
        )
        cdn = {"cdn_host": CDN_HOST, "distribution_id": self.distribution_id}
        return ReconcileEnv.of(settings, stack="test", uploads_queue_url=self.queue, **cdn)

    def reconcile(self, budget: Budget = AMPLE) -> dict[str, Any]:
        """Do one run, a second after the last one, and keep what it says: a run after less has nothing to walk yet."""
        self.later += 1.0
        stores = ReconciledStores(
            env=self.env,
            s3=cast("Any", self.darkroom.s3),
            dynamodb=cast("Any", self.darkroom.dynamodb),
            sqs=cast("Any", self.sqs),
            cloudfront=lambda: cast("Any", self.darkroom.cloudfront),
            now=lambda: time.time() + self.later,
        )
        reconciliation = Reconciliation(stores=stores, telemetry=HeardTelemetry(self.warnings))
        said = io.StringIO()
        try:
            with redirect_stdout(said):
                return dict(reconciliation.run(budget))
        finally:
            self.lines += [json.loads(line) for line in said.getvalue().splitlines()]

    def process_queue(self) -> list[UploadOutcome]:
        """Let the rendition line work until the queue is empty."""
        outcomes: list[UploadOutcome] = []
        while messages := self.sqs.client.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                outcomes += [self.darkroom.process(event) for event in body_events(message["Body"], 1)]
                self.sqs.client.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return outcomes

    def rendered(self, key: str, content: bytes = b"a photo") -> None:
        """Upload a photo and have it rendered."""
        self.darkroom.process(self.darkroom.upload(key, content))

    def warned(self, message: str) -> list[str]:
        """Return the keys that a warning named so far."""
        return [fields["key"] for said, fields in self.warnings if said == message]

    def metric(self, name: str) -> list[float]:
        """Return the values of a metric as published so far."""
        return [value for line in self.lines if name in line for value in line[name]]

    def state(self) -> tuple[Any, Any]:
        """Return everything that readers see."""
        kept, (records, _), _ = self.darkroom.state()
        return {key: one for key, one in kept.items() if not key.startswith("reconciler/")}, records


@contextmanager
def open_gallery(
    *, missing_record: Literal["create", "require"] = "create", versioned: bool = True
) -> Generator[Gallery]:
    """Set up empty stores."""
    with open_darkroom(missing_record=missing_record, versioned=versioned) as darkroom:
        sqs = Wire(shared(sqs_client))
        queue = sqs.client.create_queue(QueueName="uploads")["QueueUrl"]
        yield Gallery(darkroom=darkroom, sqs=sqs, queue=queue, missing_record=missing_record)
