"""Cause outages: remove a grant for a while, until photos end in the dead letters, then redrive them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from lab.drill.operator import Operator
from lab.soak.context import FUNCTIONS, World
from lab.soak.model import Violation
from lab.soak.uploads import Uploader
from testkit.embedded_stack import expect
from testkit.role_grants import Role

LANE: Final = "uploads"
ACTION: Final = "dynamodb:UpdateItem"
PHOTOS: Final = 3
# Five attempts, a second apart.
SOON_S: Final = 1
DEAD_S: Final = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Outages:
    """*every_s*: from the end of one to the begin of the next. *uploader*: whose photos are hit for certain."""

    world: World
    random: Random
    operator: Operator
    uploader: Uploader
    every_s: float

    def go_on(self) -> None:
        """Remove grants one after the other until the stop signal."""
        while not self.world.over.wait(self.every_s):
            self.world.ledger.guarded("an outage", self.strike)

    def strike(self) -> None:
        """Break, wait for dead letters, mend, redrive."""
        role = Role(stack=self.world.stack, function=FUNCTIONS[0])
        lost = next(one for one in role.grants() if one.action == ACTION)
        with self.world.patient(LANE, SOON_S), role.without(lost):
            for _ in range(PHOTOS):
                self.uploader.put_one()
            died = self.world.wait_for(lambda: self.world.dead_letters(LANE) >= PHOTOS, within_s=DEAD_S)
        self.world.ledger.count("outages")
        if not died:
            found = f"{self.world.dead_letters(LANE)} after {DEAD_S:g} s"
            self.world.ledger.trouble(Violation(subject="an outage", expected=f"{PHOTOS} dead letters", found=found))
        self.redrive()

    def redrive(self) -> None:
        """Send all dead letters back, by the command or by the page's button."""
        self.world.ledger.count("dead letters redriven", self.world.dead_letters(LANE))
        ways: tuple[Callable[[], None], ...] = (self.by_command, self.by_button)
        self.random.choice(ways)()

    def by_command(self) -> None:
        """Type what `docs/operations.md` says."""
        send_back(self.operator, LANE)

    def by_button(self) -> None:
        """Press what the page shows."""
        stack = self.world.stack
        expect(202, stack.http.post(f"{stack.page}/gallery/queues/{LANE}/redrive"))


class CommandFailed(Exception):
    """A command of the operator's ended with another exit code than 0."""


def send_back(operator: Operator, lane: str) -> None:
    """Redrive all dead letters of *lane*; CommandFailed unless the command succeeded."""
    said = operator.run("dlq", "redrive", "--queue", lane, "--yes")
    if said.code:
        raise CommandFailed(f"expected exit code 0, received {said.code}: {said.out} {said.err}")
