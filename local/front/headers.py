"""What a response headers policy adds to a response.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Addition:
    """One header. *override*: it replaces what the origin sent."""

    name: str
    value: str
    override: bool


def additions(policy: Mapping[str, Any]) -> tuple[Addition, ...]:
    """List what *policy* (a ResponseHeadersPolicyConfig) adds; ours have no other parts than these."""
    return (*of_security(policy.get("SecurityHeadersConfig") or {}), *of_custom(policy))


def of_security(config: Mapping[str, Any]) -> Iterator[Addition]:
    """Give the security headers."""
    if options := config.get("ContentTypeOptions"):
        yield Addition(name="x-content-type-options", value="nosniff", override=options["Override"])
    if hsts := config.get("StrictTransportSecurity"):
        value = f"max-age={hsts['AccessControlMaxAgeSec']}"
        yield Addition(name="strict-transport-security", value=value, override=hsts["Override"])


def of_custom(policy: Mapping[str, Any]) -> Iterator[Addition]:
    """Give the headers that are written out."""
    for one in items(policy.get("CustomHeadersConfig")):
        yield Addition(name=one["Header"].lower(), value=one["Value"], override=one["Override"])


def items(block: Any) -> Sequence[Mapping[str, Any]]:
    """Give the entries of one of CloudFront's lists, which is absent, empty, or ``{Quantity, Items}``."""
    found: Sequence[Mapping[str, Any]] | None = block.get("Items") if block else None
    return found or ()


def with_additions(sent: Sequence[tuple[str, str]], added: Sequence[Addition]) -> list[tuple[str, str]]:
    """Add to the headers that an origin *sent*."""
    names = {name.lower() for name, _ in sent}
    used = [one for one in added if one.override or one.name not in names]
    replaced = {one.name for one in used}
    return [
        *((name, value) for name, value in sent if name.lower() not in replaced),
        *((one.name, one.value) for one in used),
    ]
