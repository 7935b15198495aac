"""Serve the operators' page: queues, alarms, figures of the functions, photos by state and code, cost so far."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from local.front.deployed import DeployedStack
from local.front.errors import Refusal
from local.front.gallery.costs import edits_usd, photos_usd
from local.front.gallery.figures import Figures
from local.front.gallery.model import state_of
from local.front.gallery.store import PhotoStore

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

WORK: Final = ("uploads", "backfill", "jobs")
DEAD: Final = "-dead-letters"
COUNTS: Final[Mapping[str, str]] = {
    "visible": "ApproximateNumberOfMessages",
    "inFlight": "ApproximateNumberOfMessagesNotVisible",
    "delayed": "ApproximateNumberOfMessagesDelayed",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Operations:
    """The operators' view of the stack *deployed*. *events*: the last ones that were received."""

    deployed: DeployedStack
    events: Callable[[], dict[str, Any]]

    @property
    def sqs(self) -> SQSClient:
        """Return the client of the queues."""
        return self.deployed.aws.client("sqs")

    def overview(self) -> dict[str, Any]:
        """Return all figures as they are now."""
        figures = Figures(cloudwatch=self.deployed.aws.client("cloudwatch"), now=time.time())
        photos, edits = figures.of_photos(), figures.of_edits()
        return {
            "queues": [self.queue(role, url, figures) for role, url in self.queues()],
            "alarms": list(self.alarms()),
            "functions": figures.of_functions(),
            "photos": {**photos, **self.photos_now()},
            "edits": edits,
            "events": self.events(),
            "cost": {
                "photosUsd": photos_usd(compute_usd=photos["computeUsd"], rendered=photos["renderedInAll"]),
                "editsUsd": edits_usd(edits["doneInAll"]),
            },
        }

    def photos_now(self) -> dict[str, Any]:
        """Count photos by state, and those that failed by error code; a photo counts once, after any attempts."""
        found = list(PhotoStore(deployed=self.deployed).states())
        failed: list[Mapping[str, Any]] = [one.get("error") or {} for one in found if state_of(one) == "failed"]
        return {
            "states": Counter(state_of(one) for one in found),
            "failuresByCode": Counter(str(one.get("code") or "FAILED") for one in failed),
        }

    def queues(self) -> Iterator[tuple[str, str]]:
        """Yield every queue with its role; roles of dead-letter queues end in ``-dead-letters``."""
        outputs = self.deployed.outputs
        yield from ((role, outputs[f"{role}QueueUrl"]) for role in WORK)
        yield from ((f"{role}{DEAD}", url) for role, url in outputs["deadLetterQueueUrls"].items())

    def queue(self, role: str, url: str, figures: Figures) -> dict[str, Any]:
        """Describe one queue. *oldestAgeS*: None when it is empty or not measured yet."""
        names: Any = [*COUNTS.values(), "QueueArn"]
        found = cast(
            "Mapping[str, str]", self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        )
        name = url.rpartition("/")[2]
        counts = {field: int(found.get(attribute, 0)) for field, attribute in COUNTS.items()}
        age = figures.age_of(name) if any(counts.values()) else None
        redrive = self.last_redrive(found["QueueArn"]) if redrivable(role) else None
        return {"role": role, "name": name, "url": url, **counts, "oldestAgeS": age, "redrive": redrive}

    def last_redrive(self, arn: str) -> dict[str, Any] | None:
        """Return the result of the last redrive: SQS accepts a redrive first, and it may fail later."""
        tasks = self.sqs.list_message_move_tasks(SourceArn=arn, MaxResults=1).get("Results", [])
        if not tasks:
            return None
        [task] = tasks
        return {
            "status": task.get("Status"),
            "moved": task.get("ApproximateNumberOfMessagesMoved", 0),
            "reason": task.get("FailureReason"),
        }

    def alarms(self) -> Iterator[dict[str, Any]]:
        """Yield every alarm, those in ALARM first."""
        pages = self.deployed.aws.client("cloudwatch").get_paginator("describe_alarms").paginate()
        found: list[Mapping[str, Any]] = [dict(one) for page in pages for one in page["MetricAlarms"]]
        for one in sorted(found, key=lambda alarm: (alarm["StateValue"] != "ALARM", alarm["AlarmName"])):
            yield {
                "name": one["AlarmName"],
                "state": one["StateValue"],
                "means": one.get("AlarmDescription", ""),
                "reason": one.get("StateReason", ""),
                "since": one["StateUpdatedTimestamp"].isoformat() if one.get("StateUpdatedTimestamp") else None,
            }

    def redrive(self, role: str) -> dict[str, Any]:
        """Send all messages of a dead-letter queue back to their queue."""
        dead = {name.removesuffix(DEAD): url for name, url in self.queues() if name not in WORK}
        url = dead.get(role.removesuffix(DEAD))
        if url is None:
            raise Refusal(404, "QUEUE_NOT_FOUND", f"Expected one of {', '.join(dead)}, received {role!r}.")
        if role.removesuffix(DEAD) not in WORK:
            reason = "This queue holds events that came from no queue, so they cannot go back to one: see the runbook."
            raise Refusal(409, "NOT_REDRIVABLE", reason)
        arn = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        return {"task": self.sqs.start_message_move_task(SourceArn=arn)["TaskHandle"]}


def redrivable(role: str) -> bool:
    """Return whether *role* names a dead-letter queue whose messages can go back to their queue."""
    return role.endswith(DEAD) and role.removesuffix(DEAD) in WORK
