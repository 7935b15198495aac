"""Read the distribution from the emulator: its behaviours, and the headers that each adds.

It is read, not repeated here, so that a change of ``components/cdn_routes.py`` has its effect here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from local.front.errors import Refusal

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient


def covers(pattern: str, text: str) -> bool:
    """Return whether *pattern* covers the whole *text*: `*` is any number of characters, `?` is one."""
    parts = [{"*": ".*", "?": "."}.get(one, re.escape(one)) for one in pattern]
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Behaviour:
    """Rules of CloudFront for paths that match *pattern*. *secrets*: headers for the origin only.

    *service*: the origin is a web server of ours, not a bucket. *added*: headers of the response; *removed*: those that
    viewers do not get. *keys*: public keys (PEM) by id, one of which must have signed a request; None: it is public.
    """

    pattern: str
    service: bool
    methods: frozenset[str]
    secrets: Mapping[str, str]
    added: Sequence[Addition]
    removed: frozenset[str]
    keys: Mapping[str, str] | None = None

    def matches(self, path: str) -> bool:
        """Return whether *path* is this behaviour's; case-sensitive, ``*`` matches slashes too."""
        return covers("/" + self.pattern.removeprefix("/"), path)


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution:
    """The behaviours in order of precedence; the last one matches every path."""

    behaviours: tuple[Behaviour, ...]

    def behaviour(self, path: str) -> Behaviour:
        """Find the behaviour of *path*."""
        return next(one for one in self.behaviours if one.matches(path))


def read(cloudfront: CloudFrontClient, host: str) -> Distribution:
    """Read the distribution that the emulator serves as *host*."""
    listed = cloudfront.list_distributions()["DistributionList"].get("Items", [])
    known = next((one["Id"] for one in listed if one["DomainName"] == host), None)
    if known is None:
        raise Refusal(502, "NO_DISTRIBUTION", f"Expected a distribution {host} in the emulator, found none.")
    config = cast("Mapping[str, Any]", cloudfront.get_distribution_config(Id=known)["DistributionConfig"])
    origins = {one["Id"]: one for one in config["Origins"]["Items"]}
    # The emulator fails over (local/emulator/cloudfront_gaps.py).
    origins |= {one["Id"]: origins[first_of(one)] for one in items(config.get("OriginGroups"))}
    ordered = items(config.get("CacheBehaviors"))
    everything: Mapping[str, Any] = {**config["DefaultCacheBehavior"], "PathPattern": "*"}
    return Distribution(
        behaviours=tuple(behaviour(cloudfront, one, origins[one["TargetOriginId"]]) for one in [*ordered, everything])
    )


def first_of(group: Mapping[str, Any]) -> str:
    """Return the id of the first origin of a group."""
    return str(group["Members"]["Items"][0]["OriginId"])


def behaviour(cloudfront: CloudFrontClient, one: Mapping[str, Any], origin: Mapping[str, Any]) -> Behaviour:
    """Read one behaviour."""
    policy_id = one.get("ResponseHeadersPolicyId")
    policy: Mapping[str, Any] = config_of(cloudfront, policy_id) if policy_id else {}
    return Behaviour(
        pattern=one["PathPattern"],
        service="CustomOriginConfig" in origin,
        methods=frozenset(one["AllowedMethods"]["Items"]),
        secrets={header["HeaderName"]: header["HeaderValue"] for header in items(origin.get("CustomHeaders"))},
        added=additions(policy),
        removed=frozenset(header["Header"].lower() for header in items(policy.get("RemoveHeadersConfig"))),
        keys=trusted_keys(cloudfront, one.get("TrustedKeyGroups") or {}),
    )


def trusted_keys(cloudfront: CloudFrontClient, groups: Mapping[str, Any]) -> Mapping[str, str] | None:
    """Read the public keys of a behaviour's key groups; None where it asks for no signature."""
    if not groups.get("Enabled"):
        return None
    ids = [
        key for group in groups["Items"] for key in cloudfront.get_key_group_config(Id=group)["KeyGroupConfig"]["Items"]
    ]
    return {one: cloudfront.get_public_key_config(Id=one)["PublicKeyConfig"]["EncodedKey"] for one in ids}


def config_of(cloudfront: CloudFrontClient, policy: str) -> Mapping[str, Any]:
    """Read a response headers policy."""
    answer = cloudfront.get_response_headers_policy_config(Id=policy)
    return cast("Mapping[str, Any]", answer["ResponseHeadersPolicyConfig"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Addition:
    """One header. *override*: it replaces what the origin sent."""

    name: str
    value: str
    override: bool


def additions(policy: Mapping[str, Any]) -> tuple[Addition, ...]:
    """List what *policy* (a ResponseHeadersPolicyConfig) adds; our policies have no other parts."""
    return (*of_security(policy.get("SecurityHeadersConfig") or {}), *of_custom(policy))


def of_security(config: Mapping[str, Any]) -> Iterator[Addition]:
    """Yield the security headers."""
    if options := config.get("ContentTypeOptions"):
        yield Addition(name="x-content-type-options", value="nosniff", override=options["Override"])
    if hsts := config.get("StrictTransportSecurity"):
        value = f"max-age={hsts['AccessControlMaxAgeSec']}"
        yield Addition(name="strict-transport-security", value=value, override=hsts["Override"])


def of_custom(policy: Mapping[str, Any]) -> Iterator[Addition]:
    """Yield the custom headers."""
    for one in items(policy.get("CustomHeadersConfig")):
        yield Addition(name=one["Header"].lower(), value=one["Value"], override=one["Override"])


def items(block: Any) -> Sequence[Mapping[str, Any]]:
    """Return the entries of one of CloudFront's lists, which is absent, empty, or ``{Quantity, Items}``."""
    found: Sequence[Mapping[str, Any]] | None = block.get("Items") if block else None
    return found or ()


def for_viewer(sent: Sequence[tuple[str, str]], behaviour: Behaviour) -> list[tuple[str, str]]:
    """Return the headers that an origin *sent*, with those that *behaviour* adds and without those that it removes."""
    names = {name.lower() for name, _ in sent}
    used = [one for one in behaviour.added if one.override or one.name not in names]
    dropped = behaviour.removed | {one.name for one in used}
    return [
        *((name, value) for name, value in sent if name.lower() not in dropped),
        *((one.name, one.value) for one in used),
    ]
