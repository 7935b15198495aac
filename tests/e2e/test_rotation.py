"""Secrets are rotated while people use the edit API: no request of theirs fails."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from local.model import RunConfig
from processor.aws.secrets import KEPT_S, LOOK_AGAIN_S
from testkit.embedded_stack import ENDED_S, LocalStack, started, wait_for
from testkit.photos import jpeg
from testkit.simulated_user import SimulatedUser
from tests.factories.deploying import deploy

PEOPLE = 3
# In one step of a rotation each of them is heard at least as often.
ASKED = 5
# Reads of a user in a minute; another user goes on then.
READS = 50
PAUSE_S = 0.1


@dataclass(kw_only=True)
class Load:
    """People who list their sessions and read one by its ticket, through the CDN, until told to stop."""

    stack: LocalStack
    answers: Counter[int] = field(default_factory=Counter[int])
    stopped: threading.Event = field(default_factory=threading.Event)

    def person(self) -> None:
        """Ask again and again, as a new user whenever the allowance of one is used up."""
        cdn = self.stack.known["cdn"]
        with httpx.Client(timeout=ENDED_S, trust_env=False) as client:
            while not self.stopped.is_set():
                headers = {"Authorization": f"Bearer {SimulatedUser.named(self.stack).token}"}
                for _ in range(READS):
                    if self.stopped.wait(PAUSE_S):
                        return
                    answer = client.get(f"{cdn}/image-edit/sessions", headers=headers)
                    self.answers[answer.status_code] += 1

    def more(self) -> None:
        """Wait until each of them has been answered some more times."""
        wanted = self.answers.total() + PEOPLE * ASKED
        wait_for(lambda: self.answers.total() >= wanted or None, what=lambda: f"answers, found {self.answers}")


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
    """A stack whose secrets are rotated. *generations*: those that are deployed, by setting."""

    stack: LocalStack
    generations: dict[str, Sequence[int]] = field(default_factory=dict[str, Sequence[int]])

    def deploy(self, **generations: Sequence[int]) -> None:
        """Deploy *generations* of a secret, and leave the other secret as it is."""
        self.generations |= generations
        deploy(self.stack, {"edits": {"api": self.generations}})


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """Give a stack of its own: a rotation is a minute of waiting, which other tests need not share."""
    with started(tmp_path_factory.mktemp("rotation")) as up:
        yield up


@pytest.fixture(scope="module")
def rotation(stack: LocalStack) -> Rotation:
    """Give the rotation of the stack's secrets, which goes on from test to test."""
    return Rotation(stack=stack)


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
    old = sent_by_the_cdn(rotation.stack)
    with loaded(rotation.stack) as load:
        for generations in ([1, 2], [2, 1], [2]):
            rotation.deploy(origin_secrets=generations)
            load.more()
            # The next step waits until the CDN is deployed, as `pulumi up` does.
            time.sleep(LOOK_AGAIN_S + 1)
        load.more()

    new = sent_by_the_cdn(rotation.stack)
    assert {200} == set(load.answers), load.answers
    assert old != new
    # 401: let in, without a token.
    assert 401 == around_the_cdn(rotation.stack, new)
    wait_for(lambda: around_the_cdn(rotation.stack, old) == 403 or None, what=lambda: f"403 after {KEPT_S} s")


def test_the_ticket_key_is_rotated_under_load(rotation: Rotation) -> None:
    """A ticket opens its session until its key is gone; those of the new key open it before and after."""
    user = SimulatedUser.named(rotation.stack)
    session_id = user.edit(user.slots([jpeg.jpeg()]))["sessionId"]
    tickets: list[str] = []
    with loaded(rotation.stack) as load:
        for generations in ([1], [1, 2], [2, 1], [2]):
            rotation.deploy(ticket_keys=generations)
            load.more()
            tickets.append(user.session(session_id)["progressUrl"])
            if generations != [2]:
                assert [200] * len(tickets) == [read_by_ticket(rotation.stack, one) for one in tickets]
            if generations == [2, 1]:
                # Until every process signs with the new key.
                time.sleep(KEPT_S + 1)
        wait_for(
            lambda: read_by_ticket(rotation.stack, tickets[0]) == 401 or None, what=lambda: f"401 after {KEPT_S} s"
        )

    assert {200} == set(load.answers), load.answers
    assert 200 == read_by_ticket(rotation.stack, tickets[-1])


def read_by_ticket(stack: LocalStack, progress_url: str) -> int:
    """Read a session's progress as JSON by the ticket in its address; return the status."""
    address = f"{stack.known['cdn']}{progress_url}"
    return stack.http.get(address, headers={"Accept": "application/json"}).status_code
