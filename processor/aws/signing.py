"""Sign CloudFront's cookies and URLs for one gallery, one edit session or one file (docs/private-galleries.md).

It imports nothing of Darkroom, so that a backend may also copy this file; it needs botocore and cryptography.

    signer = Signer.from_pem(pem, cdn="https://cdn.example.com", key_id="K2JCJMDEHXQW5F")
    grant = signer.grant(gallery_resource(signer.cdn, "weddings/smith"), until=datetime.now(UTC) + timedelta(hours=24))
    grant.cookies   CloudFront-Policy, CloudFront-Signature, CloudFront-Key-Pair-Id
    grant.path      the cookies' Path, so that those of several galleries stand side by side
    grant.query     the same as a query string, for pages of another site, which can set no cookie for the CDN
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self
from urllib.parse import parse_qsl, quote, urlsplit

from botocore.signers import CloudFrontSigner
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_pem_private_key

RENDITIONS: Final = "renditions"
EDITS: Final = "edits"
COOKIE: Final = "CloudFront-"
ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?")
SESSION: Final = re.compile(r"[A-Za-z0-9_-]+")
# What browsers resolve even when it is percent-encoded; the pipeline renames such folders (processor/keys.py).
DOTS: Final = frozenset({".", ".."})
# CloudFront's keys: RSA of 2,048 bits, or ECDSA on the curve P-256.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html
RSA_BITS: Final = 2048
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """The right to read *resource* until *expires* (s since 1970)."""

    resource: str
    expires: int
    policy: Mapping[str, str] = field(repr=False)

    @property
    def cookies(self) -> dict[str, str]:
        """The three cookies by name."""
        return {f"{COOKIE}{name}": value for name, value in self.policy.items()}

    @property
    def query(self) -> str:
        """The same as a query string; append it to any address that *resource* covers, after its own `?v=…`."""
        return "&".join(f"{name}={value}" for name, value in self.policy.items())

    @property
    def path(self) -> str:
        """The cookies' Path: browsers send them for what *resource* covers, and no other gallery's overwrite them."""
        return urlsplit(self.resource).path.removesuffix("*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Signer:
    """Signs with one private key. *cdn*: the CDN's origin (output `cdnUrl`); *key_id*: one of `signingKeyIds`."""

    cdn: str
    key_id: str
    key: PrivateKey = field(repr=False)

    @classmethod
    def from_pem(cls, pem: str | bytes, *, cdn: str, key_id: str) -> Self:
        """Read the private key; raise ValueError for one that CloudFront does not take."""
        if not ORIGIN.fullmatch(cdn):
            raise ValueError(f"cdn: found {cdn!r}, expected the CDN's origin (https://cdn.example.com)")
        return cls(cdn=cdn, key_id=key_id, key=read_key(pem.encode() if isinstance(pem, str) else pem))

    def grant(self, resource: str, *, until: datetime) -> Grant:
        """Sign a custom policy for *resource*, which may hold the wildcards `*` and `?`."""
        policy = self.signer.build_policy(resource, aware(until))
        # botocore encodes a policy for URLs alone, and cookies hold the same values.
        signed = urlsplit(self.signer.generate_presigned_url(resource.rstrip("*"), policy=policy)).query
        values = {name: value for name, value in parse_qsl(signed) if name in {"Policy", "Signature", "Key-Pair-Id"}}
        expires: int = json.loads(policy)["Statement"][0]["Condition"]["DateLessThan"]["AWS:EpochTime"]
        return Grant(resource=resource, expires=expires, policy=values)

    def url(self, address: str, *, until: datetime) -> str:
        """Sign one *address* (of a record or a result, with its `?v=…`) by a canned policy: that file alone."""
        if not address.startswith(f"{self.cdn}/"):
            raise ValueError(f"found {address!r}, expected an address that begins with {self.cdn}/")
        signed: str = self.signer.generate_presigned_url(address, date_less_than=aware(until))
        return signed

    @property
    def signer(self) -> CloudFrontSigner:
        """The signer of botocore, which leaves the signature itself to us."""
        return CloudFrontSigner(self.key_id, self.sign)

    def sign(self, policy: bytes) -> bytes:
        """Sign *policy* with SHA-1, the algorithm that CloudFront expects where a request names none."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(policy, padding.PKCS1v15(), SHA1())  # noqa: S303 - CloudFront's choice
        return self.key.sign(policy, ec.ECDSA(SHA1()))  # noqa: S303


def gallery_resource(cdn: str, gallery: str) -> str:
    """Return what covers all renditions of *gallery*, and of the galleries below it; ValueError without a folder.

    A photo outside of any folder has no gallery: what covered it would cover every gallery. Sign its addresses.
    """
    folders = gallery.split("/")
    if not folders[0] or not folders[-1] or DOTS.intersection(folders):
        raise ValueError(
            f"gallery: found {gallery!r}, expected the folder of its originals without a slash at either end, "
            "and no folder called . or .."
        )
    return f"{cdn}/{RENDITIONS}/{'/'.join(quote(folder, safe='') for folder in folders)}/*"


def session_resource(cdn: str, session_id: str) -> str:
    """Return what covers all results of an edit session; ValueError for what is no session's id."""
    if not SESSION.fullmatch(session_id):
        raise ValueError(f"session: found {session_id!r}, expected the id that POST /image-edit has answered")
    return f"{cdn}/{EDITS}/{session_id}/*"


def read_key(pem: bytes) -> PrivateKey:
    """Read a private key that CloudFront takes, unencrypted; ValueError, which never shows the text, for another."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("private key: expected PEM without a password (-----BEGIN PRIVATE KEY-----)") from None
    fits = (
        key.key_size == RSA_BITS
        if isinstance(key, rsa.RSAPrivateKey)
        else isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)
    )
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) or not fits:
        raise ValueError(
            "private key: expected RSA of 2,048 bits or ECDSA on the curve P-256, as CloudFront takes them"
        )
    return key


def aware(moment: datetime) -> datetime:
    """Return *moment*; raise ValueError without a time zone, since botocore would take it for local time."""
    if moment.tzinfo is None:
        raise ValueError(f"until: found {moment.isoformat()} without a time zone, expected one (UTC)")
    return moment
