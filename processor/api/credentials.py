"""Check bearer tokens and tickets; each refusal states its reason in one sentence.

A bearer token is a JWT of one OpenID Connect issuer. A ticket is part of a session's progressUrl, since a browser's
EventSource cannot send headers: it allows reading one session for 15 minutes. Another is part of an archive's url: it
allows downloading that archive until it expires. ``{expiry}.{mac}``: the expiry in s since 1970 and an HMAC-SHA256 over
purpose, session or archive, and expiry. It names no user.
https://www.rfc-editor.org/rfc/rfc8725 (JWT best current practices)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import jwt

from processor.api.signing_keys import SigningKeys
from processor.aws.secrets import RotatingSecret
from processor.errors import EditCode, EditError
from processor.settings.services import Auth

REQUIRED: Final = ("exp", "iss", "aud", "sub")
LEEWAY_S: Final = 30
MAX_TOKEN_CHARS: Final = 8192
MAX_SUBJECT_CHARS: Final = 256
HOW: Final = "Send `Authorization: Bearer <token>` with a token of this service's issuer."
WHY: Final[dict[type[jwt.InvalidTokenError], str]] = {
    jwt.ExpiredSignatureError: "The token has expired: sign in again.",
    jwt.ImmatureSignatureError: "The token is not valid yet: expected one whose time has begun.",
    jwt.InvalidIssuedAtError: "The token is not valid yet: expected one issued in the past.",
    jwt.InvalidIssuerError: "The token comes from another issuer than the one this service trusts.",
    jwt.InvalidAudienceError: "The token is meant for another service: expected this service's audience.",
    jwt.MissingRequiredClaimError: f"The token lacks a claim: expected {', '.join(REQUIRED)}.",
    jwt.InvalidSignatureError: "The token's signature does not match: expected one by the issuer's key.",
}
TICKET_LIFETIME_S: Final = 15 * 60
Purpose = Literal["darkroom progress ticket v1", "darkroom archive ticket v1"]
PROGRESS: Final = "darkroom progress ticket v1"
ARCHIVE: Final = "darkroom archive ticket v1"
# What a ticket opens, and the field of its document that holds it.
NAMED: Final[dict[Purpose, tuple[str, str]]] = {PROGRESS: ("session", "progressUrl"), ARCHIVE: ("archive", "url")}
TICKET_SHAPE: Final = re.compile(r"([0-9]{1,12})\.([A-Za-z0-9_-]{43})", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tokens:
    """Checks bearer tokens. *auth* None: every token is refused."""

    auth: Auth | None
    keys: SigningKeys

    def user_of(self, token: str) -> str:
        """Return the user (`sub`) of *token*; raise EditError(UNAUTHORIZED) when it is invalid."""
        if self.auth is None:
            raise closed()
        if len(token) > MAX_TOKEN_CHARS:
            raise unauthorized(f"The token is too long: expected at most {MAX_TOKEN_CHARS:,} characters.")
        claims = self.claims(token, self.auth)
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT_CHARS or not subject.isprintable():
            raise unauthorized("The token names no user: expected a text of 1 to 256 characters as `sub`.")
        return subject

    def claims(self, token: str, auth: Auth) -> dict[str, Any]:
        """Check signature and claims."""
        try:
            key = self.keys.find(key_id_of(token))
            if key is None:
                raise unauthorized("The token is signed with a key that the issuer does not publish.")
            # The key determines the algorithm, never the token.
            return jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=auth.audience,
                issuer=auth.issuer,
                leeway=LEEWAY_S,
                options={"require": list(REQUIRED)},
            )
        except jwt.InvalidTokenError as error:
            raise unauthorized(WHY.get(type(error), f"The bearer token is not a valid JWT. {HOW}")) from error


def key_id_of(token: str) -> str | None:
    """Read the key id of a token's header; raise jwt.InvalidTokenError when the token cannot be read."""
    header = jwt.get_unverified_header(token)
    return header.get("kid")


def closed() -> EditError:
    """Build the error of an API without a configured issuer."""
    return EditError(
        EditCode.UNAUTHORIZED,
        "auth: expected an issuer in the settings (edits.auth), found none.",
        public="This service accepts no users yet: its operator has configured no sign-in (setting edits.auth).",
    )


def unauthorized(sentence: str) -> EditError:
    """Build an error. *sentence*: public, must not quote the token."""
    return EditError(EditCode.UNAUTHORIZED, sentence)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tickets:
    """Issues and checks tickets for one *purpose*. *now*: s since 1970."""

    key: RotatingSecret
    purpose: Purpose
    now: Callable[[], float] = time.time

    def issue(self, name: str, *, expiry: int | None = None) -> str:
        """Make a ticket for the session or archive *name*, until *expiry* (s since 1970) or for 15 minutes."""
        until = int(self.now()) + TICKET_LIFETIME_S if expiry is None else expiry
        return f"{until}.{mac_of(self.key.current(), self.purpose, name, until)}"

    def check(self, ticket: str, name: str) -> None:
        """Raise EditError(UNAUTHORIZED) unless *ticket* opens *name* now."""
        what, where = NAMED[self.purpose]
        shape = TICKET_SHAPE.fullmatch(ticket)
        if not shape or not self.key.accepts(
            lambda key: hmac.compare_digest(mac_of(key, self.purpose, name, int(shape[1])), shape[2])
        ):
            raise unauthorized(f"The ticket does not open this {what}: expected the one in the {what}'s {where}.")
        if int(shape[1]) <= self.now():
            raise unauthorized(f"The ticket has expired: get the {what} again for a new {where}.")


def mac_of(key: str, purpose: Purpose, name: str, expiry: int) -> str:
    """Return the MAC of a ticket; URL-safe base64, 43 characters."""
    digest = hmac.digest(key.encode(), f"{purpose}\n{name}\n{expiry}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
