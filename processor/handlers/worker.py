"""From an envelope to its answer: every message for itself, nothing swallowed.

One message's failure never stops the others. A verdict on a photo acknowledges its message; anything
else that goes wrong leaves the message to its queue, with a line in the log that says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from processor.budget import Budget
from processor.errors import TransientError
from processor.events import ObjectEvent
from processor.handlers.envelopes import Envelope, Json, MalformedEvent, Message, open_envelope
from processor.handlers.reports import report_defect, report_outcome, report_retry
from processor.telemetry import Telemetry
from processor.upload.outcomes import Outcome

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

MAX_RESULT_CHARS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """How one message ended, in the words of S3 Batch Operations. *acknowledged*: a queue may forget it."""

    code: Literal["Succeeded", "TemporaryFailure", "PermanentFailure"]
    acknowledged: bool
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Worker:
    """Delivers the events of an invocation to *process*, one after the other."""

    process: Callable[[ObjectEvent, Budget], Outcome]
    telemetry: Telemetry

    def handle(self, event: Json, context: LambdaContext) -> Mapping[str, Any]:
        """Apply every event of the invocation and give the answer that its sender expects."""
        self.telemetry.invocation(context.aws_request_id)
        budget = Budget(
            seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
            memory_mib=int(context.memory_limit_in_mb),
        )
        envelope = open_envelope(event)
        return answer(envelope, {one.id: self.deliver(one, budget) for one in envelope.messages})

    def deliver(self, message: Message, budget: Budget) -> Ending:
        """Apply the events of one message."""
        try:
            outcomes = [self.apply(event, budget) for event in message.read()]
        except TransientError as error:
            report_retry(self.telemetry, message.id, error, error.code)
            return Ending(code="TemporaryFailure", acknowledged=False, text=error.code)
        except MalformedEvent as error:
            report_defect(self.telemetry, message.id, error, error.code)
            return Ending(code="PermanentFailure", acknowledged=False, text=str(error))
        except Exception as error:  # noqa: BLE001 - one message's defect must not cost the others; it is not swallowed:
            # the message stays in its queue and then rings the alarm of the dead-letter queue.
            report_defect(self.telemetry, message.id, error, type(error).__name__)
            return Ending(code="TemporaryFailure", acknowledged=False, text=type(error).__name__)
        return ending_of(outcomes)

    def apply(self, event: ObjectEvent, budget: Budget) -> Outcome:
        """Apply one event and report what became of it."""
        with self.telemetry.span("photo", change=event.change.value):
            outcome = self.process(event, budget)
        report_outcome(self.telemetry, event, outcome)
        return outcome


def ending_of(outcomes: list[Outcome]) -> Ending:
    """Sum up a message whose events all ended."""
    failures = [one for one in outcomes if one.permanent_failure]
    words = " ".join(filter(None, (f"{one.result.value} {one.code}".strip() for one in outcomes)))
    return Ending(code="PermanentFailure" if failures else "Succeeded", acknowledged=True, text=words)


def answer(envelope: Envelope, endings: Mapping[str, Ending]) -> Mapping[str, Any]:
    """Say in the sender's words what became of its messages."""
    again = [message_id for message_id, ending in endings.items() if not ending.acknowledged]
    if envelope.kind == "sqs":
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in again]}
    if envelope.kind == "batch":
        return batch_answer(envelope.invocation, endings)
    if again:
        # Lambda delivers an asynchronous event again as a whole; what has ended is left unchanged.
        texts = ", ".join(endings[message_id].text for message_id in again)
        raise TransientError(f"{len(again)} of {len(endings)} records must come again: {texts}")
    return {"results": [ending.text for ending in endings.values()]}


def batch_answer(invocation: Json, endings: Mapping[str, Ending]) -> Mapping[str, Any]:
    """Answer an S3 Batch Operations job; its report is plain ASCII."""
    return {
        "invocationSchemaVersion": invocation["invocationSchemaVersion"],
        "invocationId": invocation["invocationId"],
        "treatMissingKeysAs": "PermanentFailure",
        "results": [
            {
                "taskId": task_id,
                "resultCode": ending.code,
                "resultString": ending.text.encode("ascii", "replace").decode()[:MAX_RESULT_CHARS],
            }
            for task_id, ending in endings.items()
        ],
    }
