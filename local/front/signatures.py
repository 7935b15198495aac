"""Check signed cookies and URLs by CloudFront's rules, which the emulator leaves out.

A URL with one of the five parameters is judged by them alone; another by its cookies. A canned policy names the address
itself and its end, a custom policy a resource with wildcards, its end, perhaps its begin and addresses of viewers.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PrivateContent.html
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from local.front.distribution import covers
from local.front.errors import Refusal

PARAMETERS: Final = ("Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm")
COOKIE: Final = "CloudFront-"
EPOCH: Final = "AWS:EpochTime"
ALGORITHMS: Final[Mapping[str, HashAlgorithm]] = {"SHA1": SHA1(), "SHA256": SHA256()}  # noqa: S303 - CloudFront's own
# CloudFront's base64: these are special in a URL's query.
TO_BASE64: Final = str.maketrans("-_~", "+=/")


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewed:
    """A request. *address*: as the viewer wrote it, with its query; *client*: the viewer's IP address."""

    address: str
    cookies: Mapping[str, str]
    client: str


def require_signature(viewed: Viewed, keys: Mapping[str, str], now: float) -> None:
    """Raise Refusal (403, as CloudFront) unless one of *keys* (PEM by id) admits *viewed* at *now* (s since 1970)."""
    found = signed_by(viewed)
    if "Key-Pair-Id" not in found:
        raise Refusal(403, "MISSING_KEY", "Missing Key-Pair-Id query parameter or cookie value")
    if found["Key-Pair-Id"] not in keys:
        raise Refusal(403, "INVALID_KEY", "Unknown Key")
    policy = policy_of(found, unsigned(viewed.address))
    algorithm = ALGORITHMS.get(found.get("Hash-Algorithm", "SHA1"))
    if algorithm is None or not is_signed(policy, found.get("Signature", ""), keys[found["Key-Pair-Id"]], algorithm):
        raise denied()
    if not allows(policy, unsigned(viewed.address), viewed.client, now):
        raise denied()


def signed_by(viewed: Viewed) -> Mapping[str, str]:
    """Return the values of the URL, or, where it has none of them, of the cookies; refuse one that comes twice."""
    pairs = [pair.partition("=") for pair in query_of(viewed.address)]
    values = [(name, value) for name, _, value in pairs if name in PARAMETERS]
    if len(values) != len(dict(values)):
        raise denied()
    if values:
        return dict(values)
    return {name: viewed.cookies[COOKIE + name] for name in PARAMETERS if COOKIE + name in viewed.cookies}


def query_of(address: str) -> list[str]:
    """Return the parameters of an address as they are written."""
    query = address.partition("?")[2]
    return query.split("&") if query else []


def unsigned(address: str) -> str:
    """Return an address without the parameters of a signature: what a policy speaks of, and what the origin gets."""
    kept = [pair for pair in query_of(address) if pair.partition("=")[0] not in PARAMETERS]
    return "?".join([address.partition("?")[0], *(["&".join(kept)] if kept else [])])


def policy_of(found: Mapping[str, str], address: str) -> bytes:
    """Return the policy that was signed: the custom one, or the canned one of *address* in CloudFront's spelling."""
    if "Policy" in found:
        return decoded(found["Policy"])
    if not re.fullmatch("[0-9]{1,12}", found.get("Expires", "")):
        raise denied()
    condition = f'{{"DateLessThan":{{"AWS:EpochTime":{found["Expires"]}}}}}'
    return f'{{"Statement":[{{"Resource":"{address}","Condition":{condition}}}]}}'.encode()


def decoded(text: str) -> bytes:
    """Decode CloudFront's base64."""
    try:
        return base64.b64decode(text.translate(TO_BASE64), validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(403, "MALFORMED", "Malformed Policy or Signature") from None


def is_signed(policy: bytes, signature: str, pem: str, algorithm: HashAlgorithm) -> bool:
    """Return whether the private half of *pem* has signed *policy*."""
    key = load_pem_public_key(pem.encode())
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(decoded(signature), policy, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(decoded(signature), policy, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def allows(policy: bytes, address: str, client: str, now: float) -> bool:
    """Return whether a policy lets *client* read *address* at *now*; what CloudFront does not expect allows nothing."""
    try:
        (statement,) = json.loads(policy)["Statement"]
        condition: Mapping[str, Any] = statement["Condition"]
        until = int(condition["DateLessThan"][EPOCH])
        since = int(condition["DateGreaterThan"][EPOCH]) if "DateGreaterThan" in condition else 0
        network = condition["IpAddress"]["AWS:SourceIp"] if "IpAddress" in condition else None
        here = network is None or ipaddress.ip_address(client) in ipaddress.ip_network(network, strict=False)
        resource = cast("str", statement.get("Resource", "*"))
        covered = covers(resource, address)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False
    return covered and here and since < now < until


def denied() -> Refusal:
    """Build CloudFront's refusal, which gives no reason."""
    return Refusal(403, "ACCESS_DENIED", "Access denied")
