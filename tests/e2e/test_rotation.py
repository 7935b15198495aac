"""Secrets are rotated while people use the edit API: no request of theirs fails."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from local.model import RunConfig
from processor.aws.secrets import KEPT_S, LOOK_AGAIN_S
from testkit.embedded_stack import ENDED_S, LocalStack, wait_for
from testkit.photos import jpeg
from testkit.simulated_user import SimulatedUser
from tests.factories.deploying import PRIVATE, deploy

PEOPLE = 3
# In one step of a rotation each of them is heard at least as often.
ASKED = 5
# Reads of a user in a minute; another user goes on then.
READS = 50
# Between two requests of a person, s: around a change, and while a change only has to become known.
PAUSE_S, LONG_PAUSE_S = 0.2, 1.0
# Two processes take turns with these and with what others ask meanwhile.
LOOKS = 10
# Generations of both secrets: accepted, used, alone; and how long until every process has each, s. The step from
# accepted to used waits until the CDN is deployed, as `pulumi up` does.
STEPS = (([1, 2], LOOK_AGAIN_S + 1), ([2, 1], KEPT_S + 1), ([2], 0))


@dataclass(kw_only=True)
class Load:
    """People who list their sessions and read one by its ticket, through the CDN, until told to stop."""

    stack: LocalStack
    answers: Counter[int] = field(default_factory=Counter[int])
    pause_s: float = PAUSE_S
    stopped: threading.Event = field(default_factory=threading.Event)

    def person(self) -> None:
        """Ask again and again, as a new user whenever the allowance of one is used up."""
        cdn = self.stack.known["cdn"]
        with httpx.Client(timeout=ENDED_S, trust_env=False) as client:
            while not self.stopped.is_set():
                headers = {"Authorization": f"Bearer {SimulatedUser.named(self.stack).token}"}
                for _ in range(READS):
                    if self.stopped.wait(self.pause_s):
                        return
                    answer = client.get(f"{cdn}/image-edit/sessions", headers=headers)
                    self.answers[answer.status_code] += 1

    def more(self) -> None:
        """Wait until each of them has been answered some more times."""
        wanted = self.answers.total() + PEOPLE * ASKED
        wait_for(lambda: self.answers.total() >= wanted or None, what=lambda: f"answers, found {self.answers}")

    @contextmanager
    def less(self) -> Generator[None]:
        """Ask less often for the length of the block, in which nothing is deployed."""
        self.pause_s = LONG_PAUSE_S
        yield
        self.pause_s = PAUSE_S


@contextmanager
def loaded(stack: LocalStack) -> Generator[Load]:
    """Put load on the API for the length of the block."""
    load = Load(stack=stack)
    people = [threading.Thread(target=load.person) for _ in range(PEOPLE)]
    for one in people:
        one.start()
    try:
        load.more()
        yield load
    finally:
        load.stopped.set()
        for one in people:
            one.join()


@dataclass(kw_only=True)
class Rotation:
    """Observations of a rotation of both secrets under load.

    *answers*: the people's, by status. *tickets*: addresses of one session, from before the rotation and from each
    step of it; *read*: by step, the statuses that those so far have. *old*, *new*: the secrets that the CDN sends.
    """

    stack: LocalStack
    old: str
    new: str = ""
    answers: Counter[int]
    tickets: list[str]
    read: list[list[int]] = field(default_factory=list[list[int]])


@pytest.fixture(scope="module")
def rotation(private: LocalStack) -> Rotation:
    """Rotate both secrets at once, which three deployments do, and half a minute after each of the last two."""
    user = SimulatedUser.named(private)
    session_id = user.edit(user.slots([jpeg.jpeg()]))["sessionId"]
    tickets = [user.session(session_id)["progressUrl"]]
    old = sent_by_the_cdn(private)
    with loaded(private) as load:
        seen = Rotation(stack=private, old=old, answers=load.answers, tickets=tickets)
        for generations, known_s in STEPS:
            changes = {"edits": {"api": {"origin_secrets": generations, "ticket_keys": generations}}}
            deploy(private, changes, started_with=PRIVATE)
            load.more()
            tickets.append(user.session(session_id)["progressUrl"])
            seen.read.append([read_by_ticket(private, one) for one in tickets])
            with load.less():
                time.sleep(known_s)
        load.more()
        with load.less():
            soon(lambda: read_by_ticket(private, tickets[0]), 401)
            soon(lambda: around_the_cdn(private, old), 403)
    seen.new = sent_by_the_cdn(private)
    return seen


def soon(look: Callable[[], int], status: int) -> None:
    """Wait until every process of the API answers with *status*: each reads the secrets again at a time of its own."""

    def all_answer() -> bool | None:
        return all(look() == status for _ in range(LOOKS)) or None

    wait_for(all_answer, what=lambda: f"{status} after {KEPT_S} s", pause_s=LONG_PAUSE_S)


def sent_by_the_cdn(stack: LocalStack) -> str:
    """Return the secret in the distribution's origin."""
    cloudfront: Any = stack.aws.client("cloudfront")
    [listed] = cloudfront.list_distributions()["DistributionList"]["Items"]
    origins = cloudfront.get_distribution_config(Id=listed["Id"])["DistributionConfig"]["Origins"]["Items"]
    [header] = [one for origin in origins for one in origin.get("CustomHeaders", {}).get("Items", [])]
    return header["HeaderValue"]


def around_the_cdn(stack: LocalStack, secret: str) -> int:
    """Call the API as a client that knows a secret; return the status."""
    address = f"{RunConfig.load(stack.folder / 'run.json').addresses.api}/image-edit/sessions"
    return stack.http.get(address, headers={"x-origin-verify": secret}).status_code


def test_the_origin_secret_is_rotated_under_load(rotation: Rotation) -> None:
    """Accepted, then sent, then alone: every request of every person is answered, and the old secret opens nothing."""
    assert {200} == set(rotation.answers), rotation.answers
    assert rotation.old != rotation.new
    # 401: let in, without a token.
    statuses = [around_the_cdn(rotation.stack, secret) for secret in (rotation.old, rotation.new)]
    assert [403, 401] == statuses


def test_the_ticket_key_is_rotated_under_load(rotation: Rotation) -> None:
    """A ticket opens its session until its key is gone; those of the new key open it before and after."""
    assert {200} == set(rotation.answers), rotation.answers
    assert [[200, 200], [200, 200, 200]] == rotation.read[:2]
    statuses = [read_by_ticket(rotation.stack, one) for one in (rotation.tickets[0], rotation.tickets[-1])]
    assert [401, 200] == statuses


def read_by_ticket(stack: LocalStack, progress_url: str) -> int:
    """Read a session's progress as JSON by the ticket in its address; return the status."""
    address = f"{stack.known['cdn']}{progress_url}"
    return stack.http.get(address, headers={"Accept": "application/json"}).status_code
