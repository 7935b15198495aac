"""Tickets: one session, reading only, for a quarter of an hour."""

from __future__ import annotations

import pytest

from processor.api.credentials import ARCHIVE, PROGRESS, TICKET_LIFETIME_S, Tickets
from processor.errors import EditCode, EditError
from tests.factories.api import secret

SESSION = "ses_AAAAAAAAAAAAAAAAAAAAAAAA"


def tickets(now: float = 1000.0, key: str = "key") -> Tickets:
    """Issue and check at *now*."""
    return Tickets(key=secret(key), purpose=PROGRESS, now=lambda: now)


def refusal(ticket: str, session_id: str = SESSION, checker: Tickets | None = None) -> str:
    """Return the sentence that refuses a ticket."""
    with pytest.raises(EditError) as caught:
        (checker or tickets()).check(ticket, session_id)
    assert EditCode.UNAUTHORIZED == caught.value.edit_code
    return caught.value.public


def test_a_ticket_opens_its_session_for_a_quarter_of_an_hour() -> None:
    """The last second counts, the next does not."""
    ticket = tickets().issue(SESSION)

    tickets(1000 + TICKET_LIFETIME_S - 1).check(ticket, SESSION)
    assert refusal(ticket, checker=tickets(1000 + TICKET_LIFETIME_S)).startswith("The ticket has expired")


def test_a_ticket_opens_no_other_session() -> None:
    """It is bound to one id."""
    assert refusal(tickets().issue(SESSION), f"{SESSION}B").startswith("The ticket does not open this session")


def test_a_ticket_for_one_purpose_serves_no_other() -> None:
    """A follower of a session may not download an archive, though one key signs both."""
    archives = Tickets(key=secret("key"), purpose=ARCHIVE, now=lambda: 1000.0)

    assert refusal(tickets().issue("arc_1"), "arc_1", archives).startswith("The ticket does not open this archive")
    assert refusal(archives.issue("arc_1"), "arc_1").startswith("The ticket does not open this session")


def test_a_ticket_of_another_key_opens_nothing() -> None:
    """Another stack's tickets are worthless here."""
    assert refusal(tickets(key="other").issue(SESSION)).startswith("The ticket does not open this session")


def test_tickets_of_both_keys_open_during_a_change_of_keys() -> None:
    """The first key signs; tickets of a key that is gone open nothing."""
    before, during, after = tickets(key="old\nnew"), tickets(key="new\nold"), tickets(key="new")
    old, new = before.issue(SESSION), during.issue(SESSION)

    for checker in (before, during):
        checker.check(old, SESSION)
        checker.check(new, SESSION)
    after.check(new, SESSION)
    assert refusal(old, checker=after).startswith("The ticket does not open this session")


def test_a_ticket_s_time_cannot_be_stretched() -> None:
    """The expiry is signed too."""
    expiry, mac = tickets().issue(SESSION).split(".")

    assert refusal(f"{int(expiry) + 3600}.{mac}").startswith("The ticket does not open this session")


def test_a_tampered_ticket_opens_nothing() -> None:
    """Every character counts."""
    ticket = tickets().issue(SESSION)
    for tampered in (ticket[:-1], f"{ticket}A", ticket.replace(".", ""), ticket.lower(), ""):
        assert refusal(tampered).startswith("The ticket does not open this session")


@pytest.mark.parametrize("ticket", ["١٢٣." + "A" * 43, "9" * 13 + "." + "A" * 43, "-1." + "A" * 43, "é" * 50])
def test_what_is_no_ticket_opens_nothing(ticket: str) -> None:
    """Other digits, endless numbers, other letters."""
    assert refusal(ticket).startswith("The ticket does not open this session")


def test_the_key_is_not_shown() -> None:
    """The repr of the services holds no secret."""
    assert "very secret" not in repr(tickets(key="very secret"))
