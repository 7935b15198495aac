"""Tests of the local token issuer."""

from __future__ import annotations

import time

import jwt
import pytest
from starlette.applications import Starlette

from local.front.errors import HANDLERS
from local.front.oidc import Issuer, routes
from local.model import AUDIENCE
from tests.factories.asking import Asking

ORIGIN = "http://127.0.0.1:4510"


@pytest.fixture(scope="module")
def client() -> Asking:
    """Return a client of an issuer."""
    return Asking(Starlette(routes=routes(Issuer(origin=ORIGIN)), exception_handlers=HANDLERS), ORIGIN)


def test_a_token_is_checked_with_what_the_issuer_publishes(client: Asking) -> None:
    """As the edit API does it: the key by its id, then issuer, audience and expiry."""
    described = client.get("/oidc/.well-known/openid-configuration").json()
    keys = jwt.PyJWKSet.from_dict(client.get(described["jwks_uri"]).json())
    signed = client.post(described["token_endpoint"], json={"user": "ada"}).json()

    key = keys[jwt.get_unverified_header(signed["access_token"])["kid"]]
    claims = jwt.decode(
        signed["access_token"], key, algorithms=["RS256"], audience=AUDIENCE, issuer=described["issuer"]
    )

    assert "ada" == claims["sub"]
    assert signed["expires_in"] == claims["exp"] - claims["iat"]
    assert claims["exp"] > time.time()
    assert "Bearer" == signed["token_type"]


def test_another_runs_token_is_worth_nothing(client: Asking) -> None:
    """A key lives as long as its run."""
    [key] = jwt.PyJWKSet.from_dict(client.get("/oidc/jwks.json").json()).keys
    foreign = Issuer(origin=ORIGIN).token("ada", now=time.time())

    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(foreign, key, algorithms=["RS256"], audience=AUDIENCE)


@pytest.mark.parametrize("body", ["{}", '{"user": ""}', '{"user": "a b"}', '{"user": "ada", "admin": true}', "no json"])
def test_a_strange_request_is_refused_with_its_reason(client: Asking, body: str) -> None:
    """The answer names the field and the expected value."""
    answer = client.post("/oidc/token", content=body)

    assert (400, "INVALID_INPUT") == (answer.status_code, answer.json()["code"])
    assert answer.json()["details"]
