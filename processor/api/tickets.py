"""Tickets: a browser's EventSource cannot send headers, so the address of a session's progress carries one.

A ticket opens one session, for reading, for 15 minutes. ``{expiry}.{mac}``: the expiry in s since 1970 and an
HMAC-SHA256 over purpose, session and expiry. It names nobody and can do nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from processor.errors import EditCode, EditError

LIFETIME_S: Final = 15 * 60
PURPOSE: Final = "darkroom progress ticket v1"
SHAPE: Final = re.compile(r"([0-9]{1,12})\.([A-Za-z0-9_-]{43})", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tickets:
    """Issues and checks tickets. *now*: s since 1970."""

    key: bytes = field(repr=False)
    now: Callable[[], float] = time.time

    def issue(self, session_id: str) -> str:
        """Make a ticket for *session_id*."""
        expiry = int(self.now()) + LIFETIME_S
        return f"{expiry}.{self.mac(session_id, expiry)}"

    def check(self, ticket: str, session_id: str) -> None:
        """Raise EditError(UNAUTHORIZED) unless *ticket* opens *session_id* now."""
        shape = SHAPE.fullmatch(ticket)
        if not shape or not hmac.compare_digest(self.mac(session_id, int(shape[1])), shape[2]):
            raise refused("The ticket does not open this session: expected the one in the session's progressUrl.")
        if int(shape[1]) <= self.now():
            raise refused("The ticket has expired: get the session again for a new progressUrl.")

    def mac(self, session_id: str, expiry: int) -> str:
        """Sign; URL-safe, 43 characters."""
        digest = hmac.digest(self.key, f"{PURPOSE}\n{session_id}\n{expiry}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def refused(sentence: str) -> EditError:
    """Refuse a ticket."""
    return EditError(EditCode.UNAUTHORIZED, sentence)
