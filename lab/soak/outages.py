"""Cause outages: remove a grant for a while, until photos end in the dead letters, then redrive them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from lab.drill.operator import Operator
from lab.soak.context import FUNCTIONS, SoakContext
from lab.soak.model import Violation
from lab.soak.uploads import Uploader
from testkit.embedded_stack import expect
from testkit.role_grants import Role

LANE: Final = "uploads"
ACTION: Final = "dynamodb:UpdateItem"
# Without it the lane's visibility decides when a message comes again, not the retries after up to ten minutes.
DELAYING: Final = "sqs:ChangeMessageVisibility"
PHOTOS: Final = 3
# Five attempts, a second apart.
SOON_S: Final = 1
DEAD_S: Final = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Outages:
    """*every_s*: from the end of one to the begin of the next. *uploader*: whose photos are hit for certain."""

    context: SoakContext
    random: Random
    operator: Operator
    uploader: Uploader
    every_s: float

    def run_until_over(self) -> None:
        """Remove grants one after the other until the stop signal."""
        while not self.context.over.wait(self.every_s):
            self.context.ledger.guarded("an outage", self.cause_outage)

    def cause_outage(self) -> None:
        """Remove a grant, wait for dead letters, restore it, redrive."""
        role = Role(stack=self.context.stack, function=FUNCTIONS[0])
        lost = next(one for one in role.grants() if one.action == ACTION)
        delays = [one for one in role.grants() if one.action == DELAYING]
        with self.context.patient(LANE, SOON_S), role.without(lost, *delays):
            for _ in range(PHOTOS):
                self.uploader.put_one()
            died = self.context.wait_for(lambda: self.context.dead_letters(LANE) >= PHOTOS, within_s=DEAD_S)
        self.context.ledger.count("outages")
        if not died:
            found = f"{self.context.dead_letters(LANE)} after {DEAD_S:g} s"
            self.context.ledger.trouble(Violation(subject="an outage", expected=f"{PHOTOS} dead letters", found=found))
        self.redrive()

    def redrive(self) -> None:
        """Redrive all dead letters, by the command or by the page's button."""
        self.context.ledger.count("dead letters redriven", self.context.dead_letters(LANE))
        ways: tuple[Callable[[], None], ...] = (self.by_command, self.by_button)
        self.random.choice(ways)()

    def by_command(self) -> None:
        """Run the command of `docs/operations.md`."""
        send_back(self.operator, LANE)

    def by_button(self) -> None:
        """Send the request of the page's button."""
        stack = self.context.stack
        expect(202, stack.http.post(f"{stack.page}/gallery/queues/{LANE}/redrive"))


class CommandFailed(Exception):
    """A command of the operator's ended with another exit code than 0."""


def send_back(operator: Operator, lane: str) -> None:
    """Redrive all dead letters of *lane*; CommandFailed unless the command succeeded."""
    said = operator.run("dlq", "redrive", "--queue", lane, "--yes")
    if said.code:
        raise CommandFailed(f"expected exit code 0, received {said.code}: {said.out} {said.err}")
