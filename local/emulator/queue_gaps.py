"""Add the redrive of dead letters to ministack's SQS.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
"""

from __future__ import annotations

import importlib
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Record = dict[str, Any]

START: Final = "StartMessageMoveTask"
LIST: Final = "ListMessageMoveTasks"
SOURCE: Final = "DeadLetterQueueSourceArn"


def patch_queues() -> None:
    """Add the missing actions; raise RuntimeError when a release has its own, so that we remove ours."""
    queues: Any = importlib.import_module("ministack.services.sqs")
    mover = Mover(queues=queues)
    actions: Record = queues._HANDLERS  # noqa: SLF001 - there is no public way
    for name, action in {START: mover.start, LIST: mover.tasks}.items():
        if name in actions:
            raise RuntimeError(f"ministack has {name} now: remove local/emulator/queue_gaps.py")
        actions[name] = action


@dataclass(frozen=True, kw_only=True, slots=True)
class Mover:
    """Moves dead letters, all at once, and keeps a list of the tasks. *queues*: ministack's module."""

    queues: Any
    done: list[Record] = field(default_factory=list[Record])

    def start(self, data: Mapping[str, Any], _url: str) -> Record:
        """Move every visible message to *DestinationArn*, else to its source queue; messages without a source stay."""
        source, destination = data.get("SourceArn", ""), data.get("DestinationArn")
        dead = self.queue(source)
        self.refuse_ordinary(source)
        now = time.time()
        kept: list[Record] = []
        moved = 0
        for message in dead["messages"]:
            to = destination or message["sys"].get(SOURCE)
            if message["visible_at"] > now or not to:
                kept.append(message)
                continue
            self.queue(to)["messages"].append(as_new(message, now))
            moved += 1
        dead["messages"] = kept
        self.queues.esm_wake.set()
        stayed = [message for message in kept if message["visible_at"] <= now]
        return self.note(source, destination, moved=moved, stayed=len(stayed))

    def note(self, source: str, destination: str | None, *, moved: int, stayed: int) -> Record:
        """Record a task; return its handle."""
        handle = str(uuid.uuid4())
        task: Record = {
            "SourceArn": source,
            "Status": "FAILED" if stayed else "COMPLETED",
            "ApproximateNumberOfMessagesMoved": moved,
            "ApproximateNumberOfMessagesToMove": moved + stayed,
            "StartedTimestamp": int(time.time() * 1000),
        }
        reason = {"FailureReason": "CouldNotDetermineMessageSource"} if stayed else {}
        self.done.insert(0, task | reason | ({"DestinationArn": destination} if destination else {}))
        return {"TaskHandle": handle}

    def tasks(self, data: Mapping[str, Any], _url: str) -> Record:
        """List the tasks of a queue, newest first."""
        source, most = data.get("SourceArn", ""), int(data.get("MaxResults", 1))
        self.queue(source)
        return {"Results": [task for task in self.done if task["SourceArn"] == source][:most]}

    def queue(self, arn: str) -> Record:
        """Find a queue, or raise SQS's error."""
        found = self.queues._queue_by_arn(arn)  # noqa: SLF001 - there is no public way
        if found is None:
            raise self.queues._Err("ResourceNotFoundException", f"The resource {arn} does not exist.", 404)  # noqa: SLF001
        return found

    def refuse_ordinary(self, arn: str) -> None:
        """Raise SQS's error for a queue that is no dead-letter queue."""
        policies = (one["attributes"].get("RedrivePolicy", "{}") for one in self.queues._queues.values())  # noqa: SLF001
        if arn not in {json.loads(policy or "{}").get("deadLetterTargetArn") for policy in policies}:
            raise self.queues._Err(  # noqa: SLF001
                "InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.", 400
            )


def as_new(message: Record, now: float) -> Record:
    """Return *message* as a new one, as SQS does: new id, new age, no receives."""
    return {
        **message,
        "id": str(uuid.uuid4()),
        "receipt_handle": None,
        "sent_at": now,
        "visible_at": now,
        "receive_count": 0,
        "first_receive_at": None,
        "sys": {
            **{key: value for key, value in message["sys"].items() if key != SOURCE},
            "SentTimestamp": str(int(now * 1000)),
        },
    }
