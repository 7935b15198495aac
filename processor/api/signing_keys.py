"""Fetch the issuer's signing keys (JWKS, RFC 7517) when they are first needed, and cache them for an hour.

A token with an unknown key id causes another fetch, because issuers rotate keys; at most one in half a minute, so that
invented key ids cannot flood the issuer.
"""

from __future__ import annotations

import json
import threading
import time
import urllib.request  # PyJWT imports it anyway; httpx would add 50 ms to a cold start
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from jwt import PyJWK, PyJWKError, PyJWTError

from processor.errors import TransientError

KEPT_S: Final = 3600
LOOK_AGAIN_S: Final = 30
TIMEOUT_S: Final = 5
MAX_JWKS_BYTES: Final = 256 * 1024
# One algorithm per kind of key: any other in a token's header is refused, HMAC and "none" above all.
# https://www.rfc-editor.org/rfc/rfc8725#section-3.1
ALGORITHMS: Final[Mapping[tuple[str, str], str]] = {("RSA", ""): "RS256", ("EC", "P-256"): "ES256"}
MIN_RSA_BITS: Final = 2048

Jwks = Mapping[str, Any]


class IssuerUnavailable(TransientError):
    """The issuer's keys cannot be read at the moment; the token may be valid."""

    code = "ISSUER_UNAVAILABLE"
    audience_text = "The sign-in service does not answer. Try again in a moment."


@dataclass(kw_only=True)
class SigningKeys:
    """Keys by id. *fetch* returns the JWKS or raises IssuerUnavailable. Safe across threads."""

    fetch: Callable[[], Jwks]
    now: Callable[[], float] = time.monotonic
    _keys: Mapping[str, PyJWK] = field(default_factory=dict[str, PyJWK], init=False)
    _fetched_at: float | None = field(default=None, init=False)
    _asked_at: float | None = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def find(self, key_id: str | None) -> PyJWK | None:
        """Return the key *key_id*, or the only key when a token names none; None when the issuer has no such key."""
        with self._lock:
            if self._older_than(KEPT_S, self._fetched_at):
                self._refresh()
            found = chosen(self._keys, key_id)
            if found is None and self._older_than(LOOK_AGAIN_S, self._asked_at):
                self._refresh()
                found = chosen(self._keys, key_id)
            return found

    def _older_than(self, seconds: float, moment: float | None) -> bool:
        return moment is None or self.now() - moment >= seconds

    def _refresh(self) -> None:
        """Fetch the keys again; while the issuer is unavailable, cached ones stay valid."""
        due = self._older_than(LOOK_AGAIN_S, self._asked_at)
        if not due and self._keys:
            return
        self._asked_at = self.now()
        try:
            self._keys = dict(usable(self.fetch()))
        except IssuerUnavailable:
            if not self._keys:
                raise
            return
        self._fetched_at = self.now()


def chosen(keys: Mapping[str, PyJWK], key_id: str | None) -> PyJWK | None:
    """Return the key *key_id*, or the only one when it is None."""
    if key_id is None:
        return next(iter(keys.values())) if len(keys) == 1 else None
    return keys.get(key_id)


def usable(jwks: Jwks) -> Iterator[tuple[str, PyJWK]]:
    """Yield the keys that can check signatures, each bound to its one algorithm; skip all others."""
    listed: object = jwks.get("keys")
    for entry in entries_of(listed):
        algorithm = algorithm_of(entry)
        if algorithm is None:
            continue
        try:
            key = PyJWK(entry, algorithm)
        except (PyJWKError, PyJWTError):
            continue
        if algorithm == "RS256" and key.key.key_size < MIN_RSA_BITS:
            continue
        yield str(entry.get("kid", "")), key


def entries_of(listed: object) -> list[dict[str, Any]]:
    """Return the entries of a JWKS that are objects; ignore others."""
    entries = cast("list[object]", listed) if isinstance(listed, list) else []
    return [cast("dict[str, Any]", entry) for entry in entries if isinstance(entry, dict)]


def algorithm_of(entry: Mapping[str, Any]) -> str | None:
    """Return the algorithm of a public signing key; None when it is no supported one."""
    if entry.get("use", "sig") != "sig":
        return None
    algorithm = ALGORITHMS.get((str(entry.get("kty")), str(entry.get("crv", ""))))
    return algorithm if entry.get("alg", algorithm) == algorithm else None


def fetcher(url: str) -> Callable[[], Jwks]:
    """Return a function that fetches the JWKS at *url*, which is a setting."""

    def fetch() -> Jwks:
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:  # noqa: S310 - https or loopback, by setting
                body: bytes = answer.read(MAX_JWKS_BYTES + 1)
            if len(body) > MAX_JWKS_BYTES:
                raise ValueError(f"expected at most {MAX_JWKS_BYTES:,} bytes")  # noqa: TRY301 - translated below
            jwks: object = json.loads(body)
            if not isinstance(jwks, dict):
                raise TypeError(f"expected a JSON object, received {type(jwks).__name__}")  # noqa: TRY301 - as above
        except (OSError, ValueError, TypeError) as error:
            raise IssuerUnavailable(f"JWKS {url}: {type(error).__name__}: {error}") from error
        return cast("Jwks", jwks)

    return fetch


def no_keys() -> Jwks:
    """Return an empty JWKS, for an API without an issuer."""
    return {}
