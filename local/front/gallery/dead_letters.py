"""Open the dead letters of a queue: what each is about, why it failed, and redrive or discard one of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from local.front.errors import Refusal
from local.front.gallery.operations import DEAD, Operations, redrivable
from processor.aws.dead_letters import DeadLetterQueue, Letter
from processor.aws.photos import PhotoRecords
from processor.aws.queues import Queue
from processor.aws.session_reading import SessionReader
from processor.ops.dead_letters import Sorted, sort_job, sort_letter

MOST: Final = 50
JOBS: Final = "jobs"


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadLetterApi:
    """The dead letters of the queues of *operations*."""

    operations: Operations

    def listed(self, role: str) -> dict[str, Any]:
        """List up to fifty letters. *sentAt*: ms since 1970, of the message's first sending."""
        with self.queue(role).opened(most=MOST) as letters:
            sort = self.sorter(role)
            return {"letters": [described(sort(one)) for one in sorted(letters, key=lambda one: one.sent_at)]}

    def redrive(self, role: str, letter_id: str) -> dict[str, Any]:
        """Send one letter back to its queue."""
        if not redrivable(f"{lane(role)}{DEAD}"):
            raise Refusal(409, "NOT_REDRIVABLE", "This message came from no queue: see the runbook.")
        url = dict(self.operations.queues())[lane(role)]
        # Send before deleting: a failure in between makes a duplicate, which the function recognises.
        return self.take(role, letter_id, lambda one: Queue(sqs=self.operations.sqs, url=url).send([one.body]))

    def discard(self, role: str, letter_id: str) -> dict[str, Any]:
        """Delete one letter for good."""
        return self.take(role, letter_id, lambda _: None)

    def take(self, role: str, letter_id: str, before: Callable[[Letter], None]) -> dict[str, Any]:
        """Do *before* with one letter, then delete it; raise Refusal when it is not among the first fifty."""
        queue = self.queue(role)
        with queue.opened(most=MOST) as letters:
            for one in letters:
                if one.id == letter_id:
                    before(one)
                    queue.delete([one])
                    return {"id": letter_id}
        raise Refusal(404, "LETTER_NOT_FOUND", "This message is not among the dead letters any more.")

    def queue(self, role: str) -> DeadLetterQueue:
        """Return the dead-letter queue of *role*; raise Refusal without one."""
        urls = dict(self.operations.queues())
        if f"{lane(role)}{DEAD}" not in urls:
            raise Refusal(404, "QUEUE_NOT_FOUND", f"There is no dead-letter queue of {role!r}.")
        return DeadLetterQueue(sqs=self.operations.sqs, url=urls[f"{lane(role)}{DEAD}"])

    def sorter(self, role: str) -> Callable[[Letter], Sorted]:
        """Find out what a letter is about by its photo's record, or by its session."""
        dynamodb, outputs = self.operations.deployed.aws.client("dynamodb"), self.operations.deployed.outputs
        if lane(role) == JOBS:
            sessions = SessionReader(dynamodb=dynamodb, table=str(outputs["sessionsTable"]))
            return lambda letter: sort_job(letter, lambda one: sessions.read(one, now_s=time.time()))
        photos = PhotoRecords(dynamodb=dynamodb, table=str(outputs["photosTable"]))
        return lambda letter: sort_letter(letter, photos.find)


def lane(role: str) -> str:
    """Name the queue that the letters of *role* came from."""
    return role.removesuffix(DEAD)


def described(one: Sorted) -> dict[str, Any]:
    """Describe a letter for the page."""
    letter = one.letter
    about = {"code": one.group.code, "keys": list(one.keys)}
    return {"id": letter.id, "body": letter.body, "sentAt": letter.sent_at, "receives": letter.receives, **about}
