"""Process the messages of one invocation one by one, and answer their sender.

A message's failure never stops the others. A message that ended is acknowledged; any other stays in its queue, and a
log line names the reason. powertools' BatchProcessor does not fit: it knows SQS alone, and it calls one function
for permanent and transient failures alike.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

from processor.budget import Budget
from processor.errors import LeaseHeld, StoreUnavailable, TransientError
from processor.events import Batch, Json, MalformedEvent, Message, MessageResult
from processor.telemetry import Telemetry, one

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

T = TypeVar("T")
HEARTBEAT_S: Final = 15.0
VISIBLE_AFTER_S: Final = 45
"""With heartbeats, a message whose worker died is delivered again after this time: two heartbeats may fail."""
MAX_RESULT_CHARS: Final = 200
RETRY_AFTER_S: Final = (5, 30, 180, 600)
"""Retry transient failures after so many seconds (ChangeMessageVisibility): the last ends before the age alarm rings.

The queue's own visibility timeout is six times the function's, so that no message is worked on twice at a time; where
heartbeats are on, it only covers the time before the worker begins.
"""
WAIT_S: Final = (5, 20, 60, 180, 300)
"""Look again after so many seconds at a photo that another invocation works on."""


class ChangesVisibility(Protocol):
    """Changes when a message of a queue is delivered again."""

    def __call__(self, message: Message[Any], *, after_s: int) -> None:
        """Deliver it again *after_s* from now; StoreUnavailable when the queue refuses."""
        ...


class SendsLater(Protocol):
    """Sends a message whose delivery is delayed."""

    def __call__(self, body: str, *, queue: str, after_s: int, waits: int) -> None:
        """Send *body* to *queue*, to be delivered in *after_s*; StoreUnavailable when the queue refuses."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchWorker(Generic[T]):
    """Passes every item of every message to *apply*.

    *change_visibility*: retries transient failures after RETRY_AFTER_S; without it the queue's timeout decides.
    *heartbeat*: while a message is worked on, keep it hidden for VISIBLE_AFTER_S at a time, so that it comes again soon
    after its worker died.
    *send_later*: lets a message wait as a copy of itself: SQS counts each receive, and five make a dead letter, but
    waiting is no failure (ADR 26).
    """

    read: Callable[[Json], Batch[T]]
    apply: Callable[[T, Budget], MessageResult]
    telemetry: Telemetry
    change_visibility: ChangesVisibility | None = None
    heartbeat: bool = False
    send_later: SendsLater | None = None

    def handle(self, event: Json, context: LambdaContext) -> Mapping[str, Any]:
        """Process all messages of *event*; return the response that its sender expects."""
        self.telemetry.invocation(context.aws_request_id)
        budget = Budget(
            seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
            memory_mib=int(context.memory_limit_in_mb),
        )
        batch = self.read(event)
        return answer(batch, {message.id: self.deliver(message, budget) for message in batch.messages})

    def deliver(self, message: Message[T], budget: Budget) -> MessageResult:
        """Apply the items of one message."""
        try:
            items = message.read()  # first: a message that cannot be read is nothing to keep hidden
            with self.kept_hidden(message):
                return combined([self.apply(item, budget) for item in items])
        except LeaseHeld as error:
            return self.wait(message, error)
        except TransientError as error:
            self.report_retry(message, error)
            self.retry_soon(message)
            return MessageResult(code="TemporaryFailure", acknowledged=False, text=error.code)
        except MalformedEvent as error:
            self.report_defect(message, error, error.code)
            return MessageResult(code="PermanentFailure", acknowledged=False, text=str(error))
        except Exception as error:  # noqa: BLE001 - one message's defect must not stop the others; it is not lost:
            # the message stays in its queue, and in the end raises the alarm of the dead-letter queue.
            self.report_defect(message, error, type(error).__name__)
            return MessageResult(code="TemporaryFailure", acknowledged=False, text=type(error).__name__)

    @contextmanager
    def kept_hidden(self, message: Message[T]) -> Generator[None]:
        """Extend the visibility timeout of *message* again and again during the block."""
        if not self.heartbeat or self.change_visibility is None or not message.receipt_handle:
            yield
            return
        change, done = self.change_visibility, Event()

        def beat() -> None:
            while True:
                with suppress(StoreUnavailable):  # the next heartbeat may succeed, and the timeout before it is longer
                    change(message, after_s=VISIBLE_AFTER_S)
                if done.wait(HEARTBEAT_S):
                    return

        thread = Thread(target=beat, name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()  # a heartbeat after a retry's shorter timeout would undo it

    def wait(self, message: Message[T], held: LeaseHeld) -> MessageResult:
        """Replace *message* by a delayed copy; where there is no queue, its sender calls again."""
        after_s = WAIT_S[min(message.waits, len(WAIT_S) - 1)]
        self.telemetry.info(
            "message waits", message_id=message.id, waits=message.waits, after_s=after_s, detail=str(held)
        )
        try:
            if self.send_later and message.body:
                self.send_later(message.body, queue=message.queue, after_s=after_s, waits=message.waits + 1)
                return MessageResult(code="Succeeded", acknowledged=True, text=held.code)
        except StoreUnavailable as error:
            self.report_retry(message, error)
            self.retry_soon(message)
        return MessageResult(code="TemporaryFailure", acknowledged=False, text=held.code)

    def retry_soon(self, message: Message[T]) -> None:
        """Have *message* delivered again after seconds; if the queue refuses, its visibility timeout decides."""
        if self.change_visibility is None or not message.receipt_handle:
            return
        try:
            self.change_visibility(message, after_s=retry_after_s(message))
        except StoreUnavailable as error:
            self.report_retry(message, error)

    def report_retry(self, message: Message[T], error: TransientError) -> None:
        """Log and count a message that the queue will deliver again."""
        self.telemetry.warning("message will come again", message_id=message.id, code=error.code, detail=str(error))
        self.telemetry.count({"TransientFailures": one()}, code=error.code)

    def report_defect(self, message: Message[T], error: Exception, code: str) -> None:
        """Log with its traceback, and count, a failure that a retry may not repair."""
        self.telemetry.defect("message failed unexpectedly", error, message_id=message.id, code=code)
        self.telemetry.count({"UnexpectedFailures": one()}, code=code)


def retry_after_s(message: Message[Any]) -> int:
    """Return when to deliver *message* again: later after each of its deliveries."""
    return RETRY_AFTER_S[min(message.attempts, len(RETRY_AFTER_S)) - 1]


def combined(results: Sequence[MessageResult]) -> MessageResult:
    """Combine the results of a message whose items all ended."""
    failed = any(result.code == "PermanentFailure" for result in results)
    return MessageResult(
        code="PermanentFailure" if failed else "Succeeded",
        acknowledged=all(result.acknowledged for result in results),
        text=" ".join(filter(None, (result.text for result in results))),
    )


def answer(batch: Batch[T], results: Mapping[str, MessageResult]) -> Mapping[str, Any]:
    """Build the response, which names the messages to deliver again; raise TransientError for a bare S3 event."""
    again = [message_id for message_id, result in results.items() if not result.acknowledged]
    if batch.sender == "sqs":
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in again]}
    if batch.sender == "batch":
        return s3_batch_answer(batch.invocation, results)
    if again:
        # Lambda delivers an asynchronous event again as a whole; records that ended are left unchanged.
        texts = ", ".join(results[message_id].text for message_id in again)
        raise TransientError(f"{len(again)} of {len(results)} records must come again: {texts}")
    return {"results": [result.text for result in results.values()]}


def s3_batch_answer(invocation: Json, results: Mapping[str, MessageResult]) -> Mapping[str, Any]:
    """Build the response for an S3 Batch Operations job; its report is ASCII."""
    return {
        "invocationSchemaVersion": invocation["invocationSchemaVersion"],
        "invocationId": invocation["invocationId"],
        "treatMissingKeysAs": "PermanentFailure",
        "results": [
            {
                "taskId": task_id,
                "resultCode": result.code,
                "resultString": result.text.encode("ascii", "replace").decode()[:MAX_RESULT_CHARS],
            }
            for task_id, result in results.items()
        ],
    }
