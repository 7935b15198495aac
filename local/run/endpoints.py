"""What scripts and people are told of a run that is up."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.model import RunConfig

DEVELOPER: Final = "ada"
TIMEOUT_S: Final = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoints:
    """The contract of ``--json``. *token*: of the developer *DEVELOPER*; empty when the edit API is not there."""

    page: str
    api: str
    cdn: str
    aws: str
    buckets: Mapping[str, str]
    queues: Mapping[str, str]
    token: str
    outputs: Mapping[str, Any]


def endpoints(config: RunConfig) -> Endpoints:
    """Put together what *config* knows, and fetch a token."""
    told, addresses = config.outputs, config.addresses
    work = {role: told[f"{role}QueueUrl"] for role in ("uploads", "backfill", "jobs")}
    dead = {f"{role}-dead-letters": url for role, url in told["deadLetterQueueUrls"].items()}
    return Endpoints(
        page=addresses.page,
        api=told["editApiUrl"],
        cdn=addresses.cdn,
        aws=addresses.aws,
        buckets={role: told[f"{role}Bucket"] for role in ("originals", "renditions", "results")},
        queues={**work, **dead},
        token=token(addresses.page),
        outputs=told,
    )


def token(page: str, user: str = DEVELOPER) -> str:
    """Ask the local issuer for *user*'s access token."""
    request = urllib.request.Request(  # noqa: S310 - our own loopback address
        f"{page}/oidc/token",
        data=json.dumps({"user": user}).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - as above
        return str(json.load(answer)["access_token"])
