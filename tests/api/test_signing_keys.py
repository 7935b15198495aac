"""The issuer's keys: fetched when needed, kept, looked for again, and never for free."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from processor.api.signing_keys import MAX_JWKS_BYTES, IssuerUnavailable, SigningKeys, fetcher, no_keys, usable
from tests.factories.api import Issuer


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.s


def away() -> dict[str, Any]:
    """Stand for an issuer that does not answer."""
    raise IssuerUnavailable("no answer")


@cache
def public_key(size: int) -> str:
    """Make a public RSA key of *size* bits, as a JWK."""
    return RSAAlgorithm.to_jwk(rsa.generate_private_key(public_exponent=65537, key_size=size).public_key())


def rsa_jwk(size: int = 2048, **more: Any) -> dict[str, Any]:
    """Return a public RSA key."""
    return json.loads(public_key(size)) | {"kid": "k"} | more


def test_keys_are_fetched_once() -> None:
    """A thousand tokens cost one request to the issuer."""
    issuer = Issuer()
    keys = SigningKeys(fetch=issuer.jwks)

    assert 0 == issuer.asked
    assert all(keys.find("rsa") for _ in range(1000))
    assert 1 == issuer.asked


def test_a_new_key_is_found_at_once() -> None:
    """Issuers rotate keys: the first token by a new one makes us look again."""
    issuer, clock = Issuer(), Clock()
    keys = SigningKeys(fetch=issuer.jwks, now=clock)
    assert keys.find("rsa")
    issuer.keys.append(rsa_jwk(kid="new"))
    clock.s += 31

    assert keys.find("new")
    assert 2 == issuer.asked


def test_invented_keys_do_not_make_us_ask_all_day() -> None:
    """A thousand unknown key ids cause one more request per half minute."""
    issuer, clock = Issuer(), Clock()
    keys = SigningKeys(fetch=issuer.jwks, now=clock)
    assert [None] * 1000 == [keys.find(f"invented-{number}") for number in range(1000)]
    assert 1 == issuer.asked
    clock.s += 31

    assert [None, None] == [keys.find("invented"), keys.find("again")]
    assert 2 == issuer.asked


def test_keys_are_read_again_after_an_hour() -> None:
    """A key that the issuer took back is not trusted for ever."""
    issuer, clock = Issuer(), Clock()
    keys = SigningKeys(fetch=issuer.jwks, now=clock)
    assert keys.find("rsa")
    issuer.keys.clear()
    clock.s += 3600

    assert keys.find("rsa") is None


def test_known_keys_stay_good_while_the_issuer_is_away() -> None:
    """An outage of the issuer does not lock out users of known keys."""
    issuer, clock = Issuer(), Clock()
    keys = SigningKeys(fetch=issuer.jwks, now=clock)
    assert keys.find("rsa")
    keys.fetch = away
    clock.s += 3600

    assert keys.find("rsa")


def test_without_any_key_an_absent_issuer_is_a_transient_error() -> None:
    """Then nothing can be said about a token: try again, not 401."""
    with pytest.raises(IssuerUnavailable):
        SigningKeys(fetch=away).find("rsa")


def test_a_token_that_names_no_key_means_the_only_one() -> None:
    """`kid` is optional when there is nothing to choose."""
    issuer = Issuer()
    assert SigningKeys(fetch=issuer.jwks).find(None) is None
    del issuer.keys[1]

    assert SigningKeys(fetch=issuer.jwks).find(None)


@pytest.mark.parametrize(
    "entry",
    [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "k"},
        lambda: rsa_jwk(use="enc"),
        lambda: rsa_jwk(alg="RS512"),
        lambda: rsa_jwk(alg="HS256"),
        lambda: rsa_jwk(1024),
        {"kty": "RSA", "kid": "k"},
        {"kty": "EC", "crv": "P-521", "kid": "k"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "k"},
        {"kty": ["RSA"]},
        "k",
        None,
    ],
)
def test_a_key_that_is_not_for_us_is_passed_over(entry: Any) -> None:
    """Secrets, keys for encryption, other algorithms, weak and broken ones: none of them opens anything."""
    keys = [entry() if callable(entry) else entry, rsa_jwk(kid="good")]

    assert {"good"} == dict(usable({"keys": keys})).keys()


@pytest.mark.parametrize("jwks", [{}, {"keys": None}, {"keys": "x"}, no_keys()])
def test_a_document_without_keys_has_none(jwks: dict[str, Any]) -> None:
    """An issuer may publish nonsense."""
    assert [] == list(usable(jwks))


@contextmanager
def published(body: bytes, status: int = 200) -> Generator[str]:
    """Publish *body* on loopback."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class calls it
            """Log nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/jwks.json"
        finally:
            server.shutdown()
            thread.join()


def test_keys_come_over_http() -> None:
    """A real document from a real server."""
    with published(json.dumps({"keys": Issuer().keys}).encode()) as url:
        assert SigningKeys(fetch=fetcher(url)).find("ec")


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{}", 500), (b"not json", 200), (b"[]", 200), (b" " * (MAX_JWKS_BYTES + 1), 200), (b"\xff", 200)],
)
def test_an_issuer_that_talks_nonsense_is_away(body: bytes, status: int) -> None:
    """Errors, other documents and endless ones: all of them may pass."""
    with published(body, status) as url, pytest.raises(IssuerUnavailable, match="JWKS http"):
        fetcher(url)()


def test_an_unreachable_issuer_is_unavailable() -> None:
    """A refused connection may pass."""
    with published(b"{}") as url:
        pass
    with pytest.raises(IssuerUnavailable):
        fetcher(url)()
