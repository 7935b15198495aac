"""The soak's own parts: its ledger, its random originals, its patience with servers whose processes die."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from lab.soak import context
from lab.soak.ledger import Ledger
from lab.soak.model import Picture
from lab.soak.observations import shown
from lab.soak.originals import KINDS, draw
from testkit.photos import jpeg

OK, BROKEN, BUSY = 200, 502, 429


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "PAUSE_S", 0.0)


def answering(*answers: int | Exception) -> tuple[Callable[[], httpx.Response], Iterator[int | Exception]]:
    """Answer with statuses, or fail, one after the other."""
    left = iter(answers)

    def send() -> httpx.Response:
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)

    return send, left


def test_a_request_is_repeated_until_a_server_answers() -> None:
    """A process that died answers nothing, or 502 by its front; a refusal is an answer."""
    send, _ = answering(httpx.ReadError("gone"), BROKEN, BUSY, OK)

    assert BUSY == context.send_until_answered(send).status_code


def test_a_server_that_stays_broken_is_told() -> None:
    """After six attempts the last answer, or the last fault, is the answer."""
    send, left = answering(*[BROKEN] * context.ATTEMPTS, OK)

    assert BROKEN == context.send_until_answered(send).status_code
    assert [OK] == list(left)
    with pytest.raises(httpx.ReadError, match="gone"):
        context.send_until_answered(answering(*[httpx.ReadError("gone")] * context.ATTEMPTS)[0])


def test_the_ledger_keeps_every_version_and_what_came_last() -> None:
    """Put, overwritten, deleted, put again."""
    ledger, picture = Ledger(), Picture(kind="jpeg", suffix="jpg", data=b"abc", width=4, height=3)

    ledger.put("g/a.jpg", "id", picture, version_id="v1")
    ledger.put("g/a.jpg", "id", picture, version_id="v2")
    ledger.deleted("g/a.jpg")
    assert ledger.photos["g/a.jpg"].deleted
    ledger.put("g/a.jpg", "id", picture, version_id="v3")

    line = ledger.photos["g/a.jpg"]
    assert (["v1", "v2", "v3"], "v3", False) == (
        [put.version_id for put in line.puts],
        line.last.version_id,
        line.deleted,
    )
    assert {"uploads": 3, "uploads, jpeg": 3, "deletions": 1} == ledger.counts


def test_what_an_actor_was_not_given_is_a_trouble() -> None:
    """Nothing that goes wrong is passed over, and the others go on."""
    ledger = Ledger()

    def refused() -> None:
        raise LookupError("no such bucket")

    ledger.guarded("upload u0-1", refused)

    assert ["upload u0-1: expected to be served, found LookupError: no such bucket"] == [
        str(e) for e in ledger.troubles
    ]


@pytest.mark.parametrize("kind", list(KINDS))
def test_originals_are_what_the_ledger_says_of_them(kind: str) -> None:
    """A good one decodes to its upright size, whatever way it was held; a bad one has a verdict and no size."""
    picture = KINDS[kind](context.random_for(3, kind))

    assert bool(picture.code) == (picture.width == 0)
    if picture.suffix in {"png", "webp"}:
        assert (picture.width, picture.height) == shown(picture.data).size
    assert (kind in {"truncated", "no photo"}) == bool(picture.code)


def test_the_same_seed_draws_the_same_pictures() -> None:
    """A violation can be sought again with its seed."""
    one, other = context.random_for(7, "u0"), context.random_for(7, "u0")
    first, second = [draw(one) for _ in range(3)], [draw(other) for _ in range(3)]

    assert first == second
    assert [one.data for one in first] == [one.data for one in second]


def test_what_does_not_decode_has_no_size() -> None:
    """A length of its own it has."""
    broken = jpeg.cut(jpeg.jpeg(), 0.5)

    assert (None, len(broken)) == (shown(broken).size, shown(broken).stored_bytes)
