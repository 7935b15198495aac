"""Signed renditions and results, and opaque keys, on a stack whose settings ask for them."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from processor.aws.clients import OperatorClients
from testkit.embedded_stack import ROOT, LocalStack, wait_for
from testkit.photos import jpeg, scene
from testkit.simulated_user import SimulatedUser

SIZES = ("thumbnail", "small", "medium", "large")
SECOND_PX = 500


@pytest.fixture(scope="module")
def stack(private: LocalStack) -> LocalStack:
    """Give the stack whose settings ask for signatures."""
    return private


@pytest.fixture(scope="module")
def photo(stack: LocalStack) -> dict[str, Any]:
    """Give the record of a photo in a gallery whose name has to be escaped."""
    photo_id = stack.upload(jpeg.jpeg(scene.scene(1200, 800)), gallery="Ana & Bo/100%")
    return stack.with_status(photo_id, "active")


def sign(stack: LocalStack, *arguments: str, key: tuple[str, ...] = ()) -> str:
    """Run ``darkroom sign`` with *key*, else that of the run; return what it printed."""
    key = key or ("--key-file", str(stack.folder / "signing.pem"))
    outputs = ("--outputs", str(stack.folder / "run.json"))
    command = [sys.executable, "-m", "darkroom", "sign", *key, *outputs, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def status(stack: LocalStack, url: str, cookie: str = "", **headers: str) -> int:
    """Ask as a viewer with a cookie."""
    return stack.http.get(url, headers={**({"Cookie": cookie} if cookie else {}), **headers}).status_code


def test_a_gallery_is_seen_with_its_cookie_alone(stack: LocalStack, photo: dict[str, Any]) -> None:
    """Every size; before, between and after it is 403 for everybody else."""
    right, other = (sign(stack, "--gallery", name, "--curl") for name in ("Ana & Bo/100%", "Ana & Bo/10"))
    for url in (photo[f"{size}_url"] for size in SIZES):
        asked = [status(stack, url, cookie) for cookie in ("", right, "", other, right)]
        assert [403, 200, 403, 403, 200] == asked


def test_an_expired_cookie_shows_nothing_more(stack: LocalStack, photo: dict[str, Any]) -> None:
    """A thousandth of an hour is past when the command has ended; the same cookie for longer is good."""
    expired = sign(stack, "--gallery", "Ana & Bo/100%", "--hours", "0.0000001", "--curl")

    assert 403 == status(stack, photo["small_url"], expired)


def test_a_picture_in_another_format_needs_the_same_cookie(stack: LocalStack, photo: dict[str, Any]) -> None:
    """Content negotiation rewrites the path behind the check."""
    cookie = sign(stack, "--gallery", "Ana & Bo/100%", "--curl")
    url, webp = photo["small_url"], photo["small_url"].replace(".jpg", ".webp")
    negotiated = stack.http.get(url, headers={"Cookie": cookie, "Accept": "image/webp"})

    assert [403, 403] == [status(stack, url, Accept="image/webp"), status(stack, webp)]
    assert (200, "image/webp") == (negotiated.status_code, negotiated.headers["content-type"])


def test_no_cache_keeps_a_picture_for_somebody_else(stack: LocalStack, photo: dict[str, Any]) -> None:
    """A browser asks again each time, and other caches keep nothing; the page may send its cookies."""
    headers = {"Cookie": sign(stack, "--gallery", "Ana & Bo/100%", "--curl"), "Origin": stack.page}
    found = stack.http.get(photo["small_url"], headers=headers).headers

    assert "private, no-cache" == found["cache-control"]
    assert (stack.page, "true") == (found["access-control-allow-origin"], found["access-control-allow-credentials"])


def test_one_file_is_sent_by_its_signed_address(stack: LocalStack, photo: dict[str, Any]) -> None:
    """It opens that file and no other size."""
    signed = sign(stack, "--url", photo["small_url"])

    assert 200 == status(stack, signed)
    assert 403 == status(stack, signed.replace("_small.", "_large."))


def test_the_record_says_what_a_cookie_must_cover(stack: LocalStack, photo: dict[str, Any]) -> None:
    """The same that the command signs."""
    found = json.loads(sign(stack, "--gallery", "Ana & Bo/100%"))

    assert f"{stack.known['cdn']}/renditions/Ana%20%26%20Bo/100%25/*" == photo["signed_resource"] == found["resource"]


def test_a_signature_is_checked_before_a_size_is_made(stack: LocalStack, photo: dict[str, Any]) -> None:
    """A listed name that S3 does not have: without a cookie nothing is asked, with one the function is."""
    cookie = sign(stack, "--gallery", "Ana & Bo/100%", "--curl")
    url = photo["small_url"].replace("_small.jpg", "x_small.jpg")
    answer = stack.http.get(url, headers={"Cookie": cookie})

    assert [403, 403] == [status(stack, url), status(stack, url, Accept="image/webp")]
    assert (404, "image/svg+xml", "private, no-cache") == (
        answer.status_code,
        answer.headers["content-type"],
        answer.headers["cache-control"],
    )


@pytest.mark.parametrize("dots", ["..", "%2e%2e", ".%2E"])
def test_dots_lead_into_no_other_gallery(stack: LocalStack, photo: dict[str, Any], dots: str) -> None:
    """A cookie of one gallery, and a path that begins there: S3 has no such key, nor has the function such a photo."""
    cookie = sign(stack, "--gallery", "mine", "--curl")
    inside = urlsplit(photo["small_url"]).path.removeprefix("/renditions/")
    target = f"/renditions/mine/{dots}/{inside}"

    assert raw_status(stack, target, cookie) in {403, 404}


def raw_status(stack: LocalStack, target: str, cookie: str) -> int:
    """Ask for a target as it is: every HTTP client resolves dots."""
    host = urlsplit(str(stack.known["cdn"])).netloc
    name, _, port = host.partition(":")
    with socket.create_connection((name, int(port))) as connection:
        asked = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        connection.sendall(asked.encode())
        return int(connection.makefile("rb").readline().split()[1])


def test_a_result_is_its_sessions(stack: LocalStack, photo: dict[str, Any]) -> None:
    """A cookie for the session opens it; its user edits it again, another user does not."""
    ada, bo = SimulatedUser.named(stack), SimulatedUser.named(stack)
    [slot] = ada.slots([jpeg.jpeg(scene.scene(300, 200))])
    first = ada.edit([slot], "rotate left")
    ada.watch(first)
    url = ada.session(first["sessionId"])["results"]["i0"]["url"]

    cookie = sign(stack, "--session", first["sessionId"], "--curl")
    assert [403, 200] == [status(stack, url, one) for one in ("", cookie)]
    assert ["complete", "error"] == [ending(user, url) for user in (ada, bo)]
    assert "error" == ending(bo, photo["small_url"])


def ending(user: SimulatedUser, url: str) -> str:
    """Edit a picture; return the session's last status."""
    begun = user.edit([url], "rotate left")
    user.watch(begun)
    return str(user.session(begun["sessionId"])["status"])


def test_a_key_in_a_parameter_signs_too(
    stack: LocalStack, photo: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backend's key may lie in Parameter Store, encrypted."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    aws = str(stack.known["aws"])
    pem = (stack.folder / "signing.pem").read_text(encoding="utf-8")
    ssm = OperatorClients(region="us-east-1", endpoint_url=aws).client("ssm")
    ssm.put_parameter(Name="/backend/signing-key", Value=pem, Type="SecureString")
    key = ("--key-parameter", "/backend/signing-key", "--endpoint-url", aws)

    assert 200 == status(stack, photo["small_url"], sign(stack, "--gallery", "Ana & Bo", "--curl", key=key))


def test_an_opaque_address_is_the_same_after_a_second_upload_and_gone_with_its_photo(stack: LocalStack) -> None:
    """Its code comes from a secret that only the rendition function may read; its files go with the original."""
    s3, bucket = stack.aws.client("s3"), str(stack.known["buckets"]["renditions"])
    place = stack.announce("code.jpg", jpeg.jpeg(scene.scene(600, 400)), gallery="opaque")
    stack.put(place, jpeg.jpeg(scene.scene(600, 400)))
    first = stack.with_status(place["photo"]["id"], "active")
    stack.put(place, jpeg.jpeg(scene.scene(500, 400)))
    second = stack.settled(first["id"], lambda record: record.get("width") == SECOND_PX)

    def stored() -> list[str]:
        listed = s3.list_objects_v2(Bucket=bucket, Prefix="renditions/opaque/")
        return [one.get("Key", "") for one in listed.get("Contents", [])]

    assert re.fullmatch(r".*/renditions/opaque/[0-9a-f-]{36}[^/]*-[0-9a-f]{24}_small\.jpg", path_of(first))
    assert path_of(first) == path_of(second)
    assert len(SIZES) * len(("jpeg", "webp")) == len(stored())
    stack.http.delete(f"{stack.page}/gallery/photos/{first['id']}")
    wait_for(lambda: not stored() or None, what=lambda: f"no file, found {stored()}")


def path_of(record: Mapping[str, Any]) -> str:
    """Return the address of a record's small rendition without its version."""
    return str(record["small_url"]).partition("?")[0]
