"""Messages of a queue that come again sooner than the queue would bring them.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from processor.aws.faults import aws_call

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, kw_only=True, slots=True)
class Redelivery:
    """Brings forward what one queue has delivered. The client is made when it is needed, which is seldom."""

    client: Callable[[], SQSClient]
    url: str

    def bring_forward(self, receipt_handle: str, *, after_s: int) -> None:
        """Let the message come again *after_s* from now; StoreUnavailable when the queue does not do that."""
        with aws_call(f"sqs:ChangeMessageVisibility {self.url}"):
            self.client().change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=receipt_handle, VisibilityTimeout=after_s
            )
