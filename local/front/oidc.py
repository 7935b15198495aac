"""Serve a local OpenID Connect issuer: it signs tokens for every caller, with a key that lasts as long as the run.

The edit API checks them as in production: by issuer, audience, expiry and the published key.
https://openid.net/specs/openid-connect-discovery-1_0.html
"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.model import AUDIENCE

ALGORITHM: Final = "RS256"
KEY_BITS: Final = 2048
LIFETIME_S: Final = 12 * 3600
NO_STORE: Final = {"Cache-Control": "no-store"}


class TokenRequest(BaseModel):
    """A request for a token of *user*. There is no password: this issuer is for this machine only."""

    model_config = ConfigDict(extra="forbid")
    user: str = Field(min_length=1, max_length=128, pattern=r"^[\w.@+-]+$")


def new_key() -> rsa.RSAPrivateKey:
    """Make a key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Issuer:
    """The issuer, which is served below ``/oidc`` of *origin*."""

    origin: str
    key: rsa.RSAPrivateKey = field(default_factory=new_key, repr=False)
    key_id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def name(self) -> str:
        """Return the issuer's name, which tokens carry as ``iss``."""
        return f"{self.origin}/oidc"

    def token(self, user: str, *, now: float) -> str:
        """Sign an access token for *user*, valid for twelve hours from *now* (s since 1970)."""
        claims = {"iss": self.name, "aud": AUDIENCE, "sub": user, "iat": int(now), "exp": int(now) + LIFETIME_S}
        return jwt.encode(claims, self.key, algorithm=ALGORITHM, headers={"kid": self.key_id})

    def keys(self) -> dict[str, Any]:
        """Publish the public half of the key."""
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": self.key_id, "use": "sig", "alg": ALGORITHM}]}

    def configuration(self) -> dict[str, Any]:
        """Describe the issuer."""
        return {
            "issuer": self.name,
            "jwks_uri": f"{self.name}/jwks.json",
            "token_endpoint": f"{self.name}/token",
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
        }


def routes(issuer: Issuer) -> list[Route]:
    """Serve *issuer*."""

    async def configuration(_request: Request) -> Response:
        return JSONResponse(issuer.configuration())

    async def keys(_request: Request) -> Response:
        return JSONResponse(issuer.keys())

    async def token(request: Request) -> Response:
        wanted = TokenRequest.model_validate_json(await request.body())
        signed = issuer.token(wanted.user, now=time.time())
        return JSONResponse(
            {"access_token": signed, "token_type": "Bearer", "expires_in": LIFETIME_S}, headers=NO_STORE
        )

    return [
        Route("/oidc/.well-known/openid-configuration", configuration),
        Route("/oidc/jwks.json", keys),
        Route("/oidc/token", token, methods=["POST"]),
    ]
