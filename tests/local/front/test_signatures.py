"""CloudFront's rules of signed cookies and URLs, as the local CDN keeps them."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from local.front.distribution import covers
from local.front.errors import Refusal
from local.front.signatures import Viewed, require_signature, unsigned
from processor.aws.signing import Grant, Signer, gallery_resource
from tests.factories.signing import key_pair

CDN = "https://cdn.example.com"
ADDRESS = f"{CDN}/renditions/wedding/a_large.jpg?v=1-2"
NOW = datetime(2030, 1, 1, tzinfo=UTC).timestamp()
SOON = datetime(2030, 1, 2, tzinfo=UTC)
FORBIDDEN = 403
SHA_1 = SHA1()  # noqa: S303 - CloudFront's own
KEYS = {"K1": key_pair().public}


def verdict(
    address: str = ADDRESS,
    cookies: Mapping[str, str] | None = None,
    *,
    now: float = NOW,
    keys: Mapping[str, str] = KEYS,
    client: str = "127.0.0.1",
) -> str:
    """Return "passes", or the code of the refusal, whose status is always 403."""
    try:
        require_signature(Viewed(address=address, cookies=cookies or {}, client=client), keys, now)
    except Refusal as refusal:
        return refusal.code if refusal.status == FORBIDDEN else f"answered with {refusal.status}"
    return "passes"


@cache
def signer(name: str = "backend", kind: Literal["rsa", "ecdsa"] = "rsa") -> Signer:
    """Return the signer of one of the tests' keys."""
    return Signer.from_pem(key_pair(name, kind).private, cdn=CDN, key_id="K1")


def grant(gallery: str = "wedding") -> Grant:
    """Sign for a gallery."""
    return signer().grant(gallery_resource(CDN, gallery), until=SOON)


def custom(condition: Mapping[str, Any], resource: str | None = f"{CDN}/renditions/*") -> dict[str, str]:
    """Sign any policy by hand; return the cookies."""
    statement = {**({"Resource": resource} if resource else {}), "Condition": condition}
    policy = json.dumps({"Statement": [statement]}).encode()
    return cookies_of(policy, by_hand(policy, SHA_1))


def by_hand(policy: bytes, algorithm: SHA1 | SHA256) -> bytes:
    """Sign with the tests' RSA key."""
    return private_key().sign(policy, padding.PKCS1v15(), algorithm)


@cache
def private_key() -> rsa.RSAPrivateKey:
    """Read the tests' RSA key, which takes 20 ms."""
    key = load_pem_private_key(key_pair().private.encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def cookies_of(policy: bytes, signature: bytes) -> dict[str, str]:
    """Write the three cookies."""
    texts = [base64.b64encode(one).decode().translate(str.maketrans("+=/", "-_~")) for one in (policy, signature)]
    return {"CloudFront-Policy": texts[0], "CloudFront-Signature": texts[1], "CloudFront-Key-Pair-Id": "K1"}


def less_than(moment: float) -> dict[str, Any]:
    """Write the end of a policy."""
    return {"DateLessThan": {"AWS:EpochTime": int(moment)}}


def test_only_the_right_cookie_passes() -> None:
    """Anonymous, another gallery's, an expired one, an unknown key's, another key's: 403."""
    right = grant().cookies

    assert "passes" == verdict(cookies=right)
    assert "MISSING_KEY" == verdict()
    assert "ACCESS_DENIED" == verdict(cookies=grant("weddings").cookies)
    assert "ACCESS_DENIED" == verdict(cookies=right, now=SOON.timestamp())
    assert "INVALID_KEY" == verdict(cookies={**right, "CloudFront-Key-Pair-Id": "K2"})
    assert "ACCESS_DENIED" == verdict(cookies=right, keys={"K1": key_pair("stranger").public})


@pytest.mark.parametrize("missing", ["CloudFront-Policy", "CloudFront-Signature", "CloudFront-Key-Pair-Id"])
def test_a_cookie_alone_is_nothing(missing: str) -> None:
    """All three belong together."""
    cookies = {name: value for name, value in grant().cookies.items() if name != missing}

    assert "passes" != verdict(cookies=cookies)


def test_a_policy_that_was_changed_passes_nothing() -> None:
    """Another resource, a later end, another signature, bytes that are none."""
    right = grant().cookies
    other = custom(less_than(SOON.timestamp() + 9))

    assert "ACCESS_DENIED" == verdict(cookies={**right, "CloudFront-Policy": other["CloudFront-Policy"]})
    assert "ACCESS_DENIED" == verdict(cookies={**right, "CloudFront-Signature": other["CloudFront-Signature"]})
    assert "MALFORMED" == verdict(cookies={**right, "CloudFront-Policy": "é"})
    assert "MALFORMED" == verdict(cookies={**right, "CloudFront-Signature": "a"})


def test_a_signed_address_is_good_for_that_address_alone() -> None:
    """With its version, until it ends."""
    signed = signer().url(ADDRESS, until=SOON)

    assert "passes" == verdict(signed)
    assert "ACCESS_DENIED" == verdict(signed.replace("v=1-2", "v=1-3"))
    assert "ACCESS_DENIED" == verdict(signed.replace("large", "small"))
    assert "ACCESS_DENIED" == verdict(signed, now=SOON.timestamp())
    assert "ACCESS_DENIED" == verdict(f"{signed}&Expires={int(SOON.timestamp()) + 9}")


@pytest.mark.stack
def test_what_the_aws_command_line_signs_passes(tmp_path: Path) -> None:
    """Canned, and custom with a begin and an address of the viewer."""
    path = tmp_path / "key.pem"
    path.write_text(key_pair().private)
    options = ["--key-pair-id", "K1", "--private-key", f"file://{path}", "--date-less-than", "2030-01-02"]

    def signed(*more: str) -> str:
        command = [str(Path(sys.executable).with_name("aws")), "cloudfront", "sign", "--url", ADDRESS, *options, *more]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    here = signed("--ip-address", "127.0.0.0/8", "--date-greater-than", "2029-12-31")
    assert ("passes", "passes") == (verdict(signed()), verdict(here))
    assert "ACCESS_DENIED" == verdict(here, client="10.0.0.1")
    assert "ACCESS_DENIED" == verdict(here, now=datetime(2029, 12, 30, tzinfo=UTC).timestamp())


def test_a_query_covers_every_address_of_its_gallery() -> None:
    """For pages of another site: the same policy behind each address."""
    query = grant().query

    assert "passes" == verdict(f"{ADDRESS}&{query}")
    assert "passes" == verdict(f"{CDN}/renditions/wedding/b_small.jpg?{query}")
    assert "ACCESS_DENIED" == verdict(f"{CDN}/renditions/others/b_small.jpg?{query}")


def test_an_address_that_is_signed_is_judged_by_that_alone() -> None:
    """A right cookie does not help a wrong address.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-choosing-signed-urls-cookies.html
    """
    assert "passes" == verdict(f"{ADDRESS}&expires=1", grant().cookies)
    assert "MISSING_KEY" == verdict(f"{ADDRESS}&Expires=1", grant().cookies)


def test_a_policy_may_leave_the_resource_out_but_not_the_end() -> None:
    """It then covers everything; what never ends covers nothing."""
    assert "passes" == verdict(cookies=custom(less_than(NOW + 1), resource=None))
    assert "ACCESS_DENIED" == verdict(cookies=custom({}))
    assert "ACCESS_DENIED" == verdict(cookies=custom({"DateGreaterThan": {"AWS:EpochTime": 0}}))


@pytest.mark.parametrize("policy", [b"", b"[]", b"{}", b'{"Statement": []}', b'{"Statement": [{}, {}]}', b"\xff"])
def test_a_signed_text_that_is_no_policy_passes_nothing(policy: bytes) -> None:
    """Refused, never an error of the CDN."""
    assert "ACCESS_DENIED" == verdict(cookies=cookies_of(policy, by_hand(policy, SHA_1)))


def test_the_hash_algorithm_may_be_sha_256() -> None:
    """A request names it; its signature is no signature by SHA-1."""
    policy = json.dumps({"Statement": [{"Condition": less_than(NOW + 1)}]}).encode()
    cookies = cookies_of(policy, by_hand(policy, SHA256()))

    assert "passes" == verdict(cookies={**cookies, "CloudFront-Hash-Algorithm": "SHA256"})
    assert "ACCESS_DENIED" == verdict(cookies=cookies)
    assert "ACCESS_DENIED" == verdict(cookies={**cookies, "CloudFront-Hash-Algorithm": "MD5"})


def test_keys_may_be_elliptic() -> None:
    """CloudFront takes ECDSA on P-256 besides RSA."""
    cookies = signer("backend", "ecdsa").grant(gallery_resource(CDN, "wedding"), until=SOON).cookies

    assert "passes" == verdict(cookies=cookies, keys={"K1": key_pair("backend", "ecdsa").public})
    assert "ACCESS_DENIED" == verdict(cookies=cookies)


@pytest.mark.parametrize(
    ("resource", "address", "covered"),
    [
        ("https://c/a/*", "https://c/a/b/c.jpg?v=1", True),
        ("https://c/a/*", "https://c/a/", True),
        ("https://c/a/*", "https://c/ab/c.jpg", False),
        ("https://c/a/b.jpg", "https://c/a/b.jpg?v=1", False),
        ("https://c/a/?.jpg", "https://c/a/b.jpg", True),
        ("https://c/a/?.jpg", "https://c/a/.jpg", False),
        ("http*://c/*", "https://c/a", True),
        ("https://c/a.b/*", "https://c/aXb/c", False),
        ("*", "https://c/a\nb", True),
    ],
)
def test_wildcards(resource: str, address: str, covered: bool) -> None:  # noqa: FBT001 - a column of the table
    """`*` is any number of characters, slashes too; `?` is one."""
    assert covered is covers(resource, address)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/a?v=1&Policy=p&Signature=s&Key-Pair-Id=k", "/a?v=1"),
        ("/a?Expires=1&Signature=s&Key-Pair-Id=k&Hash-Algorithm=SHA256", "/a"),
        ("/a?signature=s&v=%20&&x", "/a?signature=s&v=%20&&x"),
        ("/a", "/a"),
    ],
)
def test_the_origin_never_sees_a_signature(address: str, expected: str) -> None:
    """The rest of the address stays as the viewer wrote it."""
    assert expected == unsigned(address)
