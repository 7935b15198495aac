"""Signed cookies and URLs, compared with the AWS command line's and with CloudFront's documentation."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from processor import keys
from processor.aws.signing import Signer, gallery_resource, session_resource
from tests.factories.signing import key_pair

CDN = "https://cdn.example.com"
KEY_ID = "K2JCJMDEHXQW5F"
UNTIL = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
EPOCH = 1893553445  # date -u -d 2030-01-02T03:04:05Z +%s
ADDRESS = f"{CDN}/renditions/weddings/a%20b/IMG_1_large.jpg?v=1a2b-3c4d"


def signer(pem: str = key_pair().private) -> Signer:
    """Return a signer of the test's key."""
    return Signer.from_pem(pem, cdn=CDN, key_id=KEY_ID)


@pytest.mark.stack
def test_a_signed_address_is_the_aws_command_lines(tmp_path: Path) -> None:
    """Byte by byte: RSA's signature follows from key and policy."""
    path = tmp_path / "key.pem"
    path.write_text(key_pair().private)
    aws = str(Path(sys.executable).with_name("aws"))
    options = ["--key-pair-id", KEY_ID, "--private-key", f"file://{path}", "--date-less-than", str(EPOCH)]
    done = subprocess.run(
        [aws, "cloudfront", "sign", "--url", ADDRESS, *options], capture_output=True, text=True, check=True
    )

    assert done.stdout == signer().url(ADDRESS, until=UNTIL)


def test_a_cookie_holds_the_policy_that_cloudfront_documents() -> None:
    """One resource, one end; `+`, `=` and `/` of base64 are written `-`, `_` and `~`."""
    resource = gallery_resource(CDN, "weddings/a b")
    grant = signer().grant(resource, until=UNTIL)
    text = grant.cookies["CloudFront-Policy"].translate(str.maketrans("-_~", "+=/"))

    assert {"CloudFront-Policy", "CloudFront-Signature", "CloudFront-Key-Pair-Id"} == grant.cookies.keys()
    assert {
        "Statement": [
            {
                "Resource": "https://cdn.example.com/renditions/weddings/a%20b/*",
                "Condition": {"DateLessThan": {"AWS:EpochTime": EPOCH}},
            }
        ]
    } == json.loads(base64.b64decode(text))
    assert (KEY_ID, EPOCH) == (grant.cookies["CloudFront-Key-Pair-Id"], grant.expires)
    assert "/renditions/weddings/a%20b/" == grant.path
    assert {"Policy", "Signature", "Key-Pair-Id"} == {pair.partition("=")[0] for pair in grant.query.split("&")}


@pytest.mark.parametrize("gallery", ["wedding", "2026/june/wedding", "a b/ü", "50%", "what?*", "#1 [best]"])
def test_what_a_record_names_is_what_is_signed(gallery: str) -> None:
    """Both write the gallery as its addresses have it, so that no character of a name is a wildcard."""
    resource = gallery_resource(CDN, gallery)

    assert keys.gallery_resource("cdn.example.com", gallery) == resource
    assert keys.rendition_url("cdn.example.com", f"renditions/{gallery}/a.jpg", "1").startswith(resource[:-1])
    assert "?" not in resource
    assert 1 == resource.count("*")


@pytest.mark.parametrize("gallery", ["", "/wedding", "wedding/", "a/../b", ".", ".."])
def test_what_would_cover_other_galleries_is_no_gallery(gallery: str) -> None:
    """The whole CDN, above all."""
    with pytest.raises(ValueError, match="expected the folder of its originals without a slash at either end"):
        gallery_resource(CDN, gallery)


def test_a_session_is_covered_by_its_folder() -> None:
    """Results of one session, and no pattern."""
    assert f"{CDN}/edits/ses_1a/*" == session_resource(CDN, "ses_1a")
    with pytest.raises(ValueError, match="expected the id that POST"):
        session_resource(CDN, "*")


def test_an_address_elsewhere_is_not_signed() -> None:
    """A key signs for its own CDN alone."""
    with pytest.raises(ValueError, match="expected an address that begins with https://cdn"):
        signer().url("https://cdn.example.com.example.org/renditions/a.jpg", until=UNTIL)


def test_a_time_without_its_zone_is_refused() -> None:
    """It would be another moment on every machine."""
    with pytest.raises(ValueError, match="without a time zone"):
        signer().url(ADDRESS, until=datetime(2030, 1, 2))  # noqa: DTZ001 - that is the point


def test_a_key_that_cloudfront_does_not_take_is_refused_and_never_shown() -> None:
    """Another size, a password, a public key, something else."""
    large = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    pems = [
        large.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        large.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")).decode(),
        key_pair().public,
        "secret text",
    ]
    for pem in pems:
        with pytest.raises(ValueError, match="private key: expected") as refused:
            signer(pem)
        assert not any(line in str(refused.value) for line in pem.splitlines()[1:-1] or [pem])


def test_nothing_that_is_printed_holds_the_key_or_a_signature() -> None:
    """A log of either would let its readers in."""
    grant = signer().grant(gallery_resource(CDN, "wedding"), until=UNTIL)

    assert "RSA" not in repr(signer())
    assert not any(value in repr(grant) for name, value in grant.cookies.items() if "Key-Pair-Id" not in name)


@pytest.mark.parametrize("cdn", ["cdn.example.com", "https://cdn.example.com/", "https://cdn.example.com/renditions"])
def test_a_cdn_is_named_by_its_origin(cdn: str) -> None:
    """As the output cdnUrl has it."""
    with pytest.raises(ValueError, match="expected the CDN's origin"):
        Signer.from_pem(key_pair().private, cdn=cdn, key_id=KEY_ID)
