"""From the jobs queue's messages to its answer: every message for itself, nothing swallowed.

What has ended is acknowledged. What may pass, and what nobody expected, is left to the queue. So is a
job that was given up: its picture has an error by then, and the dead letter rings the alarm.

The queue by itself waits six times as long as a worker may take, lest a picture be edited twice at the same
time. Somebody is looking at the progress, so what may pass is brought forward: soon first, and then less soon.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from processor.budget import Budget
from processor.edits.job import ImageJob
from processor.errors import StoreUnavailable, TransientError
from processor.handlers.edit_reports import report_outcome
from processor.handlers.envelopes import MalformedEvent, records_of
from processor.handlers.reports import report_defect, report_retry
from processor.jobs.outcomes import Ending, Outcome
from processor.telemetry import Telemetry

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# What waits behind each attempt: trouble of up to 13 minutes costs nobody a picture.
AGAIN_AFTER_S: Final = (5, 30, 180, 600)


class Process(Protocol):
    """Does one job."""

    def __call__(self, job: ImageJob, budget: Budget, *, attempts: int = 1) -> Outcome:
        """Do *job*, delivered for the *attempts*-th time."""
        ...


class BringForward(Protocol):
    """Lets a message come again soon."""

    def __call__(self, receipt_handle: str, *, after_s: int) -> None:
        """Let it come again *after_s* from now; StoreUnavailable when that cannot be had."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class EditWorker:
    """Delivers the jobs of an invocation to *process*, one after the other."""

    process: Process
    bring_forward: BringForward
    telemetry: Telemetry

    def handle(self, event: Mapping[str, Any], context: LambdaContext) -> Mapping[str, Any]:
        """Do every job of the invocation, and name the messages that must come again."""
        self.telemetry.invocation(context.aws_request_id)
        budget = Budget(
            seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
            memory_mib=int(context.memory_limit_in_mb),
        )
        again = [record["messageId"] for record in records_of(event) if not self.deliver(record, budget)]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in again]}

    def deliver(self, record: Mapping[str, Any], budget: Budget) -> bool:
        """Do the job of one message, and tell whether the queue may forget it."""
        try:
            return self.apply(read_job(record["body"]), attempts_of(record), budget)
        except TransientError as error:
            report_retry(self.telemetry, record["messageId"], error, error.code)
            self.retry_soon(record)
        except MalformedEvent as error:
            report_defect(self.telemetry, record["messageId"], error, error.code)
        except Exception as error:  # noqa: BLE001 - one message's defect must not cost the others; it is not swallowed:
            # the message stays in its queue and then rings the alarm of the dead-letter queue.
            report_defect(self.telemetry, record["messageId"], error, type(error).__name__)
        return False

    def retry_soon(self, record: Mapping[str, Any]) -> None:
        """Bring a message forward; where the queue does not do that, it comes in its own time."""
        after_s = AGAIN_AFTER_S[min(attempts_of(record), len(AGAIN_AFTER_S)) - 1]
        try:
            self.bring_forward(record["receiptHandle"], after_s=after_s)
        except StoreUnavailable as error:
            report_retry(self.telemetry, record["messageId"], error, error.code)

    def apply(self, job: ImageJob, attempts: int, budget: Budget) -> bool:
        """Do one job, report what became of it, and tell whether that is the end of it."""
        with self.telemetry.span("edit", session=job.session_id):
            outcome = self.process(job, budget, attempts=attempts)
        report_outcome(self.telemetry, job, attempts, outcome)
        return outcome.ending is not Ending.GAVE_UP


def read_job(body: str) -> ImageJob:
    """Read a message's body; raise MalformedEvent."""
    try:
        return ImageJob.read(body)
    except ValueError as error:
        raise MalformedEvent(f"jobs queue: {error}.") from error


def attempts_of(record: Mapping[str, Any]) -> int:
    """Count the deliveries of a message, this one included."""
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
