"""Read, delete and redrive the messages of a dead-letter queue, for an operator.

Receiving a message hides it for its visibility timeout, so messages that were only read are made visible again at once.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from processor.aws.faults import aws_call, error_code
from processor.aws.queues import BATCH, tens
from processor.errors import StoreUnavailable, UsageError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

HELD_S: Final = 600  # how long a message stays hidden if this process dies
NO_QUEUE: Final = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """One dead letter. *sent_at*: ms since the epoch; *receives*: how often it was delivered or read."""

    id: str
    handle: str
    body: str
    sent_at: int
    receives: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Moving:
    """A redrive task: its *state* in SQS's terms, how many messages it has *moved*, and why it failed."""

    state: str
    moved: int
    reason: str

    @property
    def ended(self) -> bool:
        """Return whether the task has ended."""
        return self.state not in {"RUNNING", "CANCELLING"}

    @property
    def complete(self) -> bool:
        """Return whether the task moved every message."""
        return self.state == "COMPLETED"


def queue_url(sqs: SQSClient, name: str) -> str:
    """Find the queue *name*; UsageError when there is none."""
    with aws_call(f"sqs:GetQueueUrl {name}"):
        try:
            return sqs.get_queue_url(QueueName=name)["QueueUrl"]
        except ClientError as error:
            if error_code(error) in NO_QUEUE:
                raise UsageError(
                    f"{name}: no such queue in this account and region, expected a deployed stack"
                ) from error
            raise


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadLetterQueue:
    """One dead-letter queue."""

    sqs: SQSClient
    url: str

    @contextmanager
    def opened(self, *, most: int) -> Generator[list[Letter]]:
        """Receive at most *most* letters for the block; those that it does not delete become visible again."""
        held: dict[str, Letter] = {}
        try:
            while len(held) < most and (batch := self.receive(most - len(held))):
                held |= {one.id: one for one in batch}
            yield list(held.values())
        finally:
            self.make_visible(list(held.values()))

    def receive(self, most: int) -> list[Letter]:
        """Receive the next letters, at most *most*; none when the queue is empty: a long poll asks every server."""
        with aws_call(f"sqs:ReceiveMessage {self.url}"):
            answer = self.sqs.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=min(BATCH, most),
                WaitTimeSeconds=1,
                VisibilityTimeout=HELD_S,
                MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
            )
        messages: list[Any] = list(answer.get("Messages", []))
        return [
            Letter(
                id=one["MessageId"],
                handle=one["ReceiptHandle"],
                body=one["Body"],
                sent_at=int(one["Attributes"]["SentTimestamp"]),
                receives=int(one["Attributes"]["ApproximateReceiveCount"]),
            )
            for one in messages
        ]

    def make_visible(self, letters: Sequence[Letter]) -> None:
        """Make *letters* visible at once; skip those that were deleted meanwhile."""
        for batch in tens(letters):
            with aws_call(f"sqs:ChangeMessageVisibilityBatch {self.url}"):
                self.sqs.change_message_visibility_batch(
                    QueueUrl=self.url,
                    Entries=[
                        {"Id": str(number), "ReceiptHandle": one.handle, "VisibilityTimeout": 0}
                        for number, one in enumerate(batch)
                    ],
                )

    def delete(self, letters: Sequence[Letter]) -> None:
        """Delete *letters*; StoreUnavailable when one of them was not."""
        for batch in tens(letters):
            with aws_call(f"sqs:DeleteMessageBatch {self.url}"):
                answer = self.sqs.delete_message_batch(
                    QueueUrl=self.url,
                    Entries=[{"Id": str(number), "ReceiptHandle": one.handle} for number, one in enumerate(batch)],
                )
            if refused := answer.get("Failed"):
                found = f"refused {len(refused)}: {refused[0]['Code']}"
                raise StoreUnavailable(f"{self.url}: expected to delete {len(batch)} messages, {found}")

    def waiting(self) -> int:
        """Count the letters, roughly."""
        with aws_call(f"sqs:GetQueueAttributes {self.url}"):
            answer = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def move_all(self) -> None:
        """Start moving every letter back to its source queue; ``moving`` returns the progress."""
        with aws_call(f"sqs:StartMessageMoveTask {self.url}"):
            self.sqs.start_message_move_task(SourceArn=self.arn())

    def moving(self) -> Moving:
        """Return the state of the last redrive task; a queue runs one at a time."""
        with aws_call(f"sqs:ListMessageMoveTasks {self.url}"):
            found = self.sqs.list_message_move_tasks(SourceArn=self.arn(), MaxResults=1).get("Results", [])
        if not found:
            raise StoreUnavailable(f"{self.url}: expected the task that was started, found none")
        last: Any = found[0]
        moved = int(last.get("ApproximateNumberOfMessagesMoved", 0))
        return Moving(state=last["Status"], moved=moved, reason=last.get("FailureReason", ""))

    def arn(self) -> str:
        """Look up the queue's ARN."""
        with aws_call(f"sqs:GetQueueAttributes {self.url}"):
            return self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])["Attributes"][
                "QueueArn"
            ]
