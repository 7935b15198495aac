"""Simulate users who edit: each starts a session and watches, leaves, resumes or cancels it."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from random import Random
from typing import Any, Final

from lab.soak import originals
from lab.soak.context import SoakContext, send_until_answered
from lab.soak.model import SessionLine
from lab.soak.streams import follow
from testkit.embedded_stack import expect
from testkit.photos import jpeg
from testkit.simulated_user import SimulatedUser, put_into

PAUSES_S: Final = (0.2, 3.0)
MOST_IMAGES: Final = 5
CANCELLED: Final = "cancelled"
CANCELLED_AFTER_S: Final = (0.0, 0.4)
# Addresses that no picture comes from, and what their users are told.
REFUSED: Final = {"http://169.254.169.254/latest/meta-data/": "SOURCE_REFUSED", "photo://unknown": "SOURCE_FAILED"}
NO_PICTURE: Final = "UNSUPPORTED_FORMAT"
PARTS: Final = (0.15, 0.30)
BAD: Final = 0.12
COMMANDS: Final = (
    "resize to 800px",
    "resize to 50% and convert to webp",
    "crop to square, then make it black and white",
    "rotate 90 degrees and sharpen",
    "blur 10px, then rotate 3 degrees, then resize to 800px",
    "optimize for web",
)
OPERATIONS: Final[tuple[Mapping[str, Any], ...]] = (
    *({"type": "command", "command": command} for command in COMMANDS),
    {"type": "bulk", "bulkOp": {"type": "resize", "params": {"width": 300}, "label": "Small"}},
    {"type": "plan", "steps": [{"op": "resize", "width": 400}, {"op": "format", "to": "webp"}]},
    {"type": "plan", "steps": [{"op": "crop", "aspect": "16:9"}, {"op": "vignette"}, {"op": "quality", "value": 60}]},
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Editor:
    """Simulated users of one worker thread; *name* prefixes their ids."""

    context: SoakContext
    random: Random
    name: str

    def run_until_over(self) -> None:
        """Run sessions until the soak stops."""
        number = 0
        while not self.context.over.wait(self.random.uniform(*PAUSES_S)):
            name = f"{self.name}-{number}"
            self.context.ledger.guarded(f"session of {name}", lambda user=name: self.story(user))
            number += 1

    def story(self, user: str) -> None:
        """Play one session, from its pictures to its last event."""
        person = SimulatedUser.named(self.context.stack, user)
        images = [self.image(person) for _ in range(self.random.randint(1, MOST_IMAGES))]
        body = {
            "images": [{"id": f"i{at}", "url": url} for at, (url, _) in enumerate(images)],
            "operation": self.random.choice(OPERATIONS),
        }
        key = uuid.uuid4().hex
        started = self.start(person, body, key)
        line = SessionLine(
            session_id=started["sessionId"],
            user=user,
            images={f"i{at}": code for at, (_, code) in enumerate(images)},
            events=(),
            repeats=tuple(self.start(person, body, key)["sessionId"] for _ in range(self.random.choice((0, 0, 0, 2)))),
        )
        self.context.ledger.session(self.watched(person, started, line))

    def start(self, person: SimulatedUser, body: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Start a session, or find the one that this key has started."""
        answer = send_until_answered(lambda: person.ask("POST", "", body, **{"Idempotency-Key": key}))
        return expect(202, answer).json()

    def watched(self, person: SimulatedUser, started: Mapping[str, Any], line: SessionLine) -> SessionLine:
        """See a session to its end in one of three ways."""
        chance = self.random.random()
        cancelled = chance < PARTS[0] and self.cancel(person, line.session_id)
        leave_after = self.random.randint(1, 4) if PARTS[0] <= chance < PARTS[1] else 0
        return replace(line, cancelled=cancelled, events=follow(self.context, started, leave_after=leave_after))

    def cancel(self, person: SimulatedUser, session_id: str) -> bool:
        """Cancel a session in the middle of its work; tell whether it came in time."""
        self.context.over.wait(self.random.uniform(*CANCELLED_AFTER_S))
        answer = send_until_answered(lambda: person.ask("DELETE", f"/session/{session_id}"))
        cancelled = expect(200, answer).json()["status"] == CANCELLED
        self.context.ledger.count("sessions cancelled", int(cancelled))
        return cancelled

    def image(self, person: SimulatedUser) -> tuple[str, str]:
        """Choose a picture to edit: its address, and the error code that it must get."""
        if self.random.random() < BAD:
            return self.bad_image(person)
        if self.random.random() < originals.HALF:
            return data_url(jpeg.jpeg(originals.pixels(self.random, largest=(30, 25)), quality=80)), ""
        kind = self.random.choice((originals.photo, originals.heic, originals.png, originals.webp, originals.large))
        return self.slot(person, kind(self.random).data), ""

    def bad_image(self, person: SimulatedUser) -> tuple[str, str]:
        """Choose what no picture can come from."""
        if self.random.random() < originals.HALF:
            return self.random.choice(list(REFUSED.items()))
        return self.slot(person, b"this is no picture"), NO_PICTURE

    def slot(self, person: SimulatedUser, data: bytes) -> str:
        """Upload a file into a slot; return the reference to it."""
        answer = send_until_answered(lambda: person.ask("POST", "/uploads", {"files": [{"size": len(data)}]}))
        [slot] = expect(200, answer).json()["slots"]
        put = lambda: put_into(self.context.stack.http, slot, data)  # noqa: E731
        answer = send_until_answered(put)
        # An answer was lost, and the file is there.
        expect(412 if answer.status_code == HTTPStatus.PRECONDITION_FAILED else 200, answer)
        return str(slot["url"])


def data_url(data: bytes) -> str:
    """Write a picture as an address."""
    return f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"
