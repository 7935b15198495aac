"""Bearer tokens: who may come in, and every classic way to get in without being let."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, HMACAlgorithm

from processor.api.credentials import Tokens
from processor.api.signing_keys import SigningKeys
from processor.errors import EditCode, EditError
from tests.factories.api import ADA, AUTH, Issuer, claims, ec_key, rsa_key, token


def tokens(issuer: Issuer | None = None) -> Tokens:
    """Trust the test's issuer."""
    return Tokens(auth=AUTH, keys=SigningKeys(fetch=(issuer or Issuer()).jwks))


def refusal(said: str) -> str:
    """Return the sentence that refuses a token."""
    with pytest.raises(EditError) as caught:
        tokens().user_of(said)
    assert EditCode.UNAUTHORIZED == caught.value.edit_code
    return caught.value.public


def encoded(part: dict[str, Any]) -> str:
    """Encode a part of a token by hand."""
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def public_pem() -> bytes:
    """Return the issuer's published keys."""
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return rsa_key().public_key().public_bytes(serialization.Encoding.PEM, kind)


def hmac_signed(key: bytes) -> str:
    """Sign by HMAC with *key*, which PyJWT itself refuses to do with a public key."""
    head = f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': 'rsa'})}.{encoded(claims())}"
    algorithm = HMACAlgorithm(HMACAlgorithm.SHA256)
    signature = algorithm.sign(head.encode(), key)
    return f"{head}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_a_token_of_the_issuer_names_its_user(kind: str) -> None:
    """RS256 and ES256, each by the key that the token's header names."""
    key, algorithm = {"rsa": (rsa_key(), "RS256"), "ec": (ec_key(), "ES256")}[kind]
    said = jwt.encode(claims(), key, algorithm=algorithm, headers={"kid": kind})

    assert ADA == tokens().user_of(said)


def test_a_token_without_signature_is_refused() -> None:
    """`alg: none` is the oldest trick."""
    unsigned = f"{encoded({'alg': 'none', 'kid': 'rsa'})}.{encoded(claims())}."

    assert refusal(unsigned).startswith("The bearer token is not a valid JWT.")


def test_the_public_key_is_no_secret_to_sign_with() -> None:
    """Key confusion: HS256 with the issuer's public key as its secret."""
    assert refusal(hmac_signed(public_pem())).startswith("The bearer token is not a valid JWT.")


def test_another_algorithm_of_the_same_key_is_refused() -> None:
    """One algorithm per key: RS512 by the right key is still not what was agreed."""
    said = jwt.encode(claims(), rsa_key(), algorithm="RS512", headers={"kid": "rsa"})

    assert refusal(said).startswith("The bearer token is not a valid JWT.")


def test_a_stranger_s_signature_is_refused() -> None:
    """The header may name the issuer's key; the signature does not match."""
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    said = jwt.encode(claims(), stranger, algorithm="RS256", headers={"kid": "rsa"})

    assert "The token's signature does not match: expected one by the issuer's key." == refusal(said)


def test_a_key_that_the_issuer_does_not_publish_is_refused() -> None:
    """An unknown key id is refused, whatever the signature."""
    said = jwt.encode(claims(), rsa_key(), algorithm="RS256", headers={"kid": "other"})

    assert "The token is signed with a key that the issuer does not publish." == refusal(said)


@pytest.mark.parametrize("header", ["jwk", "jku", "x5u"])
def test_a_token_cannot_bring_its_own_key(header: str) -> None:
    """Keys come from the issuer's address in the settings, never from the token."""
    stranger = ec.generate_private_key(ec.SECP256R1())
    own = {"jwk": json.loads(ECAlgorithm.to_jwk(stranger.public_key()))}.get(header, "https://evil.test")
    said = jwt.encode(claims(), stranger, algorithm="ES256", headers={"kid": "own", header: own})

    assert "The token is signed with a key that the issuer does not publish." == refusal(said)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"iss": "https://other.example.com"}, "another issuer"),
        ({"iss": AUTH.issuer + "/"}, "another issuer"),
        ({"aud": "another-service"}, "another service"),
        ({"aud": ["x", "y"]}, "another service"),
        ({"exp": int(time.time()) - 60}, "has expired"),
        ({"nbf": int(time.time()) + 86_400}, "not valid yet"),
        ({"iat": int(time.time()) + 86_400}, "not valid yet"),
        ({"exp": None}, "lacks a claim"),
        ({"sub": None}, "lacks a claim"),
        ({"aud": None}, "lacks a claim"),
        ({"iss": None}, "lacks a claim"),
        ({"sub": ""}, "names no user"),
        ({"sub": "x" * 257}, "names no user"),
        ({"sub": "a\nb"}, "names no user"),
    ],
)
def test_a_claim_that_does_not_hold_is_said_in_words(change: dict[str, Any], sentence: str) -> None:
    """Wrong issuer, audience, time or user: each has its sentence, and none repeats the token."""
    said = token(**change)

    refused = refusal(said)
    assert sentence in refused
    assert said not in refused


def test_several_audiences_may_include_ours() -> None:
    """`aud` may be a list."""
    assert ADA == tokens().user_of(token(aud=["other", AUTH.audience]))


@pytest.mark.fault(30)
def test_a_clock_that_is_a_little_off_does_no_harm() -> None:
    """Half a minute either way."""
    now = int(time.time())

    assert ADA == tokens().user_of(token(exp=now - 10))
    assert ADA == tokens().user_of(token(nbf=now + 10))


@pytest.mark.parametrize("said", ["", "x", "a.b.c", "a.b", "....", "é.é.é", f"{encoded({'alg': 5})}.e30.x"])
def test_what_is_no_token_is_refused(said: str) -> None:
    """Nonsense is 401 like any other wrong token."""
    assert refusal(said).startswith("The bearer token is not a valid JWT.")


def test_an_endless_token_is_refused_before_it_is_read() -> None:
    """A token of megabytes is not decoded."""
    assert "The token is too long: expected at most 8,192 characters." == refusal("x" * 8193)


def test_without_an_issuer_every_token_is_refused() -> None:
    """Without a configured issuer every request is refused, and the error states the reason."""
    with pytest.raises(EditError) as caught:
        Tokens(auth=None, keys=SigningKeys(fetch=Issuer().jwks)).user_of(token())

    expected = "This service accepts no users yet: its operator has configured no sign-in (setting edits.auth)."
    assert (EditCode.UNAUTHORIZED, expected) == (caught.value.edit_code, caught.value.public)
