"""Start an edit session: compile the plan, check the pictures, store the session, send its jobs.

In this order, a refused request leaves nothing behind, and after 202 the jobs are in the queue. A request repeated
with its Idempotency-Key finds the session of the first one; jobs that were not sent then are sent now.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """Who asks: *key* is the Idempotency-Key, "" when none was sent, *body* what was sent, byte for byte."""

    user_id: str
    key: str
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptedSession:
    """A session whose jobs are sent. *anew*: by this very request."""

    session: Session
    anew: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionService:
    """Accepts edits."""

    sessions: Sessions
    limits: UserLimits
    keys: IdempotencyKeys
    jobs: Jobs
    slots: Slots
    max_images: int
    session_ttl_h: int
    now_ms: Callable[[], int] = milliseconds

    def accept(self, request: EditRequest, sender: Sender) -> AcceptedSession:
        """Start a session, or give the one that this request has started before; EditError says why not."""
        plan = plan_of(request.operation)
        require_images(request.images, max_images=self.max_images)
        data = [
            checked(image, f"images[{place}].url", max_bytes=self.slots.max_bytes)
            for place, image in enumerate(request.images)
        ]
        session_id = new_session_id()
        if sender.key:
            session_id = self.keys.remember(sender.user_id, sender.key, body=sender.body, session_id=session_id)
            earlier = self.sessions.find(session_id)
            if earlier:
                return self.accept_again(earlier)
        self.limits.reserve(sender.user_id, session_id, limit=RUNNING_SESSIONS)
        session = self.new_session(session_id, request, plan, sender.user_id, data)
        if not self.sessions.create(session):
            return self.accept_again(self.sessions.get(session_id, user_id=sender.user_id))
        self.send_jobs(session, sender)
        return AcceptedSession(session=session, anew=True)

    def accept_again(self, session: Session) -> AcceptedSession:
        """Give a session that is stored already; its jobs may never have been sent."""
        if session.untouched:
            self.jobs.send(session.jobs)
        return AcceptedSession(session=session, anew=False)

    def send_jobs(self, session: Session, sender: Sender) -> None:
        """Send the jobs. Nobody could send them again without a key, so such a session is taken back."""
        try:
            self.jobs.send(session.jobs)
        except StoreUnavailable:
            if not sender.key:
                self.sessions.cancel(session.session_id, user_id=sender.user_id)
            raise

    def new_session(
        self, session_id: str, request: EditRequest, plan: Plan, user_id: str, data: list[bytes | None]
    ) -> Session:
        """Write the session down; pictures that came inside the request go into slots."""
        now = self.now_ms()
        images = tuple(
            stored(image, held, lambda held: self.slots.store(user_id, held))
            for image, held in zip(request.images, data, strict=True)
        )
        return Session(
            session_id=session_id,
            user_id=user_id,
            status=SessionStatus.PENDING,
            operation=stated(request.operation),
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
    """Give the plan of an operation; EditError says what was not understood."""
    if isinstance(operation, CommandOperation):
        return compile_command(operation.command)
    if isinstance(operation, BulkOperation):
        return plan_from_bulk(operation.bulk_op.type, operation.bulk_op.params)
    return plan_from_steps(operation.steps)


def stated(operation: Operation) -> dict[str, Any]:
    """Keep what was asked for in the asker's words; parameters and steps are in the plan, checked and exact."""
    if isinstance(operation, CommandOperation):
        return {"type": "command", "command": operation.command}
    if isinstance(operation, BulkOperation):
        return {"type": "bulk", "bulkOp": {"type": operation.bulk_op.type, "label": operation.bulk_op.label}}
    return {"type": "plan"}
