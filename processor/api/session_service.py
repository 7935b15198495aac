"""Start an edit session: compile the plan, check the pictures, store the session, send its jobs.

In this order, a refused request leaves nothing behind, and after 202 the jobs are in the queue. A request repeated
with its Idempotency-Key finds the session of the first one; jobs that were not sent then are sent now. For a request
that is not repeated, the message that checks the session does it: it is in the queue before the session is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from json import dumps
from typing import Any, Final

from processor.api.requests import BulkOperation, CommandOperation, EditRequest, Operation
from processor.api.sources import checked, require_images, stored
from processor.aws.queues import Jobs
from processor.aws.results import Slots
from processor.aws.session_item import milliseconds
from processor.aws.sessions import Sessions, expiry, new_session_id
from processor.aws.user_limits import IdempotencyKeys, UserLimits
from processor.edits.command import compile_command
from processor.edits.plan import Plan, plan_from_bulk, plan_from_steps
from processor.edits.session import Counters, ImageProgress, Session, SessionStatus
from processor.errors import StoreUnavailable

RUNNING_SESSIONS: Final = 3
HOUR_S: Final = 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """The caller of a request. *key*: the Idempotency-Key, "" without one; *body*: the bytes as they were sent."""

    user_id: str
    key: str
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptedSession:
    """A session whose jobs are sent. *new*: this request started it."""

    session: Session
    new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionService:
    """Starts edit sessions."""

    sessions: Sessions
    limits: UserLimits
    keys: IdempotencyKeys
    jobs: Jobs
    slots: Slots
    max_images: int
    session_ttl_h: int
    now_ms: Callable[[], int] = milliseconds

    def accept(self, request: EditRequest, sender: Sender) -> AcceptedSession:
        """Start a session, or return the one that this request started before. Raise EditError when it is invalid."""
        plan = plan_of(request.operation)
        require_images(request.images, max_images=self.max_images)
        data = [
            checked(image, f"images[{place}].url", max_bytes=self.slots.max_bytes)
            for place, image in enumerate(request.images)
        ]
        session_id = new_session_id()
        if sender.key:
            session_id = self.keys.remember(
                sender.user_id,
                sender.key,
                body=sender.body,
                session_id=session_id,
                session_ttl_s=self.session_ttl_h * HOUR_S,
            )
            earlier = self.sessions.find(session_id)
            if earlier:
                return self.accept_again(earlier)
        self.limits.reserve(sender.user_id, session_id, limit=RUNNING_SESSIONS)
        session = self.new_session(session_id, request, plan, sender.user_id, data)
        self.jobs.check_later(session_id)
        if not self.sessions.create(session):
            return self.accept_again(self.sessions.get(session_id, user_id=sender.user_id))
        self.send_jobs(session, sender)
        return AcceptedSession(session=session, new=True)

    def accept_again(self, session: Session) -> AcceptedSession:
        """Return a session that is stored already; send the jobs that may not have been sent."""
        self.jobs.send(session.waiting_jobs)
        return AcceptedSession(session=session, new=False)

    def send_jobs(self, session: Session, sender: Sender) -> None:
        """Send the jobs. On failure cancel a session without an Idempotency-Key: its request cannot be repeated."""
        try:
            self.jobs.send(session.jobs)
        except StoreUnavailable:
            if not sender.key:
                self.sessions.cancel(session.session_id, user_id=sender.user_id)
            raise

    def new_session(
        self, session_id: str, request: EditRequest, plan: Plan, user_id: str, data: list[bytes | None]
    ) -> Session:
        """Build the session; store pictures that the request contains in upload slots."""
        now = self.now_ms()
        images = tuple(
            stored(image, held, lambda held: self.slots.store(user_id, held))
            for image, held in zip(request.images, data, strict=True)
        )
        return Session(
            session_id=session_id,
            user_id=user_id,
            status=SessionStatus.PENDING,
            operation=operation_as_sent(request.operation),
            counters=Counters(total=len(images), remaining=len(images)),
            created_at=now,
            updated_at=now,
            completed_at=None,
            expires_at=expiry(now, self.session_ttl_h),
            images=images,
            options=request.options,
            plan=plan,
            progress={image.id: ImageProgress() for image in images},
        )


def plan_of(operation: Operation) -> Plan:
    """Compile an operation to a plan; raise EditError for what cannot be understood."""
    if isinstance(operation, CommandOperation):
        return compile_command(operation.command)
    if isinstance(operation, BulkOperation):
        return plan_from_bulk(operation.bulk_op.type, operation.bulk_op.params)
    return plan_from_steps(operation.steps)


def operation_as_sent(operation: Operation) -> dict[str, Any]:
    """Return the operation in the caller's words. Steps are in the plan; parameters are JSON text, as a plan's are."""
    if isinstance(operation, CommandOperation):
        return {"type": "command", "command": operation.command}
    if isinstance(operation, BulkOperation):
        button = operation.bulk_op
        return {"type": "bulk", "bulkOp": {"type": button.type, "label": button.label, "params": dumps(button.params)}}
    return {"type": "plan"}
