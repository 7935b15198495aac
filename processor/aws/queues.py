"""Queues, from the side of whoever fills them.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from processor.aws.faults import aws_call
from processor.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

T = TypeVar("T")
BATCH: Final = 10
NOT_FINISHED: Final[tuple[QueueAttributeNameType, ...]] = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Queue:
    """One queue."""

    sqs: SQSClient
    url: str

    def send(self, bodies: Sequence[str]) -> None:
        """Send every body; StoreUnavailable when one of them was not taken, the others may have been."""
        for batch in tens(bodies):
            with aws_call(f"sqs:SendMessageBatch {self.url}"):
                answer = self.sqs.send_message_batch(
                    QueueUrl=self.url,
                    Entries=[{"Id": str(number), "MessageBody": body} for number, body in enumerate(batch)],
                )
            if refused := answer.get("Failed"):
                first = refused[0]
                raise StoreUnavailable(
                    f"{self.url}: expected to take {len(batch)} messages, refused {len(refused)}: {first['Code']}"
                )

    def waiting(self) -> int:
        """Count the messages that nobody has received yet, roughly."""
        with aws_call(f"sqs:GetQueueAttributes {self.url}"):
            answer = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def unfinished(self) -> int:
        """Count the messages that nobody has finished with: waiting, delayed, or being worked on; roughly."""
        with aws_call(f"sqs:GetQueueAttributes {self.url}"):
            answer = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=[*NOT_FINISHED])
        return sum(int(count) for count in answer["Attributes"].values())


def tens(entries: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut *entries* into what one request takes."""
    return (entries[start : start + BATCH] for start in range(0, len(entries), BATCH))
