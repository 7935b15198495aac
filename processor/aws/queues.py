"""Send messages to queues, count them, and change when a message is delivered again.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from processor.aws.faults import aws_call
from processor.edits.job import ImageJob, SessionCheck
from processor.errors import StoreUnavailable
from processor.events import WAITS, Message

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

T = TypeVar("T")
BATCH: Final = 10
CHECK_AFTER_S: Final = 900  # the longest delay of a message
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
        """Send every body; StoreUnavailable when one was refused, while others may have been accepted."""
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

    def send_later(self, body: str, *, delay_s: int) -> None:
        """Send one message that becomes visible after *delay_s*, at most 900; StoreUnavailable when it is refused."""
        with aws_call(f"sqs:SendMessage {self.url}"):
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body, DelaySeconds=delay_s)

    def waiting(self) -> int:
        """Return the approximate number of visible messages."""
        with aws_call(f"sqs:GetQueueAttributes {self.url}"):
            answer = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def unfinished(self) -> int:
        """Return the approximate number of messages that are visible, delayed or in flight."""
        with aws_call(f"sqs:GetQueueAttributes {self.url}"):
            answer = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=[*NOT_FINISHED])
        return sum(int(count) for count in answer["Attributes"].values())


def tens(entries: Sequence[T]) -> Iterator[Sequence[T]]:
    """Split *entries* into batches of ten, the most that one request takes."""
    return (entries[start : start + BATCH] for start in range(0, len(entries), BATCH))


@dataclass(frozen=True, kw_only=True, slots=True)
class Jobs:
    """Sends jobs, and checks of their sessions."""

    queue: Queue

    def check_later(self, session_id: str) -> None:
        """Have the session checked after CHECK_AFTER_S."""
        self.queue.send_later(SessionCheck(session_id=session_id).body(), delay_s=CHECK_AFTER_S)

    def send(self, jobs: Sequence[ImageJob]) -> None:
        """Send all *jobs*; on StoreUnavailable send all of them again, since some may have been accepted."""
        self.queue.send([job.body() for job in jobs])


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageVisibility:
    """Changes the visibility timeout of delivered messages. *client()* is called at the first change."""

    client: Callable[[], SQSClient]
    url: str

    def change_visibility(self, message: Message[Any], *, after_s: int) -> None:
        """Deliver *message* again *after_s* from now, which counts as a receive; StoreUnavailable when SQS refuses."""
        with aws_call(f"sqs:ChangeMessageVisibility {self.url}"):
            self.client().change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=message.receipt_handle, VisibilityTimeout=after_s
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Lanes:
    """The queues of one function, in which a message is delivered later. *client()* is called when needed."""

    client: Callable[[], SQSClient]
    urls: Sequence[str]

    def change_visibility(self, message: Message[Any], *, after_s: int) -> None:
        """Deliver *message* again *after_s* from now, as MessageVisibility does."""
        MessageVisibility(client=self.client, url=self.url_of(message.queue)).change_visibility(
            message, after_s=after_s
        )

    def send_later(self, body: str, *, queue: str, after_s: int, waits: int) -> None:
        """Send *body* to the lane *queue* in *after_s*; to the first lane when *queue* is none of them."""
        url = self.url_of(queue)
        with aws_call(f"sqs:SendMessage {url}"):
            self.client().send_message(
                QueueUrl=url,
                MessageBody=body,
                DelaySeconds=after_s,
                MessageAttributes={WAITS: {"DataType": "Number", "StringValue": str(waits)}},
            )

    def url_of(self, queue: str) -> str:
        """Return the address of the lane *queue*; of the first lane when there is none of this name."""
        return next((url for url in self.urls if url.rpartition("/")[2] == queue), self.urls[0])
