"""The ``sign`` command: what it prints opens exactly what was asked for, and the key stays where it is."""

from __future__ import annotations

import json
import time
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest

from darkroom.cli import run
from local.front.errors import Refusal
from local.front.signatures import Viewed, require_signature
from processor.cli import sign as command
from tests.factories.signing import key_pair

CDN = "https://cdn.example.com"
OUTPUTS = {"cdnUrl": CDN, "signingKeyIds": ["K1", "K2"], "signedPaths": ["renditions/*"]}
PHOTO = f"{CDN}/renditions/weddings/smith/IMG_1_large.jpg?v=1-2"
HOUR_S = 3600


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work where a stack's outputs and a private key lie."""
    monkeypatch.chdir(tmp_path)
    Path("outputs.json").write_text(json.dumps(OUTPUTS))
    Path("signing.pem").write_text(key_pair().private)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run ``darkroom sign`` with the key; return what it printed."""
    assert 0 == run(["sign", "--key-file", "signing.pem", *arguments])
    return capsys.readouterr().out.strip()


def opens(address: str, cookies: dict[str, str] | None = None, *, after_h: float = 0) -> bool:
    """Return whether CloudFront's rules let a viewer pass in *after_h* hours."""
    viewed = Viewed(address=address, cookies=cookies or {}, client="10.0.0.1")
    try:
        require_signature(viewed, {"K1": key_pair().public}, time.time() + after_h * HOUR_S)
    except Refusal:
        return False
    return True


def test_a_gallery_is_opened_for_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    """All its renditions, for the hours that were asked for, and nothing else."""
    found: dict[str, Any] = json.loads(printed(capsys, "--gallery", "weddings/smith", "--hours", "24"))

    assert (f"{CDN}/renditions/weddings/smith/*", "/renditions/weddings/smith/") == (found["resource"], found["path"])
    assert opens(PHOTO, found["cookies"], after_h=23.9)
    assert not opens(PHOTO, found["cookies"], after_h=24.1)
    assert not opens(PHOTO.replace("smith", "jones"), found["cookies"])
    assert opens(f"{PHOTO}&{found['query']}")


def test_the_cookies_are_one_line_for_curl(capsys: pytest.CaptureFixture[str]) -> None:
    """As the header Cookie holds them."""
    line = printed(capsys, "--gallery", "weddings/smith", "--curl")
    cookies = {name: morsel.value for name, morsel in SimpleCookie(line).items()}

    assert 1 == len(line.splitlines())
    assert opens(PHOTO, cookies)


def test_a_session_s_results_are_opened(capsys: pytest.CaptureFixture[str]) -> None:
    """Those of one session of the edit API."""
    found: dict[str, Any] = json.loads(printed(capsys, "--session", "ses_1"))

    assert opens(f"{CDN}/edits/ses_1/i0/a.webp", found["cookies"])
    assert not opens(f"{CDN}/edits/ses_2/i0/a.webp", found["cookies"])


@pytest.mark.parametrize(
    ("given", "address"),
    [(PHOTO, PHOTO), ("renditions/a b/é_small.jpg", f"{CDN}/renditions/a%20b/%C3%A9_small.jpg")],
)
def test_one_file_is_opened_by_its_address_or_its_key(
    given: str, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The address alone is printed, ready to be sent to somebody."""
    signed = printed(capsys, "--url", given, "--hours", "0.5")

    assert signed.startswith(address)
    assert (True, False) == (opens(signed, after_h=0.4), opens(signed, after_h=0.6))


def test_the_outputs_of_an_embedded_stack_will_do(capsys: pytest.CaptureFixture[str]) -> None:
    """Its run.json holds them beside other things."""
    Path("run.json").write_text(json.dumps({"folder": "x", "outputs": OUTPUTS}))

    assert opens(PHOTO, json.loads(printed(capsys, "--outputs", "run.json", "--gallery", "weddings"))["cookies"])


def test_the_key_may_lie_in_a_parameter(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the region that is named."""
    asked: list[tuple[str, str]] = []

    def read(name: str, region: str, endpoint_url: str | None) -> str:
        assert endpoint_url is None
        asked.append((name, region))
        return key_pair().private

    monkeypatch.setattr(command, "read_parameter", read)
    assert 0 == run(["sign", "--key-parameter", "/d/key", "--region", "eu-west-1", "--gallery", "weddings", "--curl"])

    assert [("/d/key", "eu-west-1")] == asked
    assert "CloudFront-Signature=" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--key-file", "signing.pem"], "expected one of --gallery, --session and --url"),
        (
            ["--key-file", "signing.pem", "--gallery", "a", "--url", "b"],
            "expected one of --gallery, --session and --url",
        ),
        (["--gallery", "a"], "expected the private key by --key-file or by --key-parameter"),
        (
            ["--key-file", "signing.pem", "--gallery", ""],
            (
                "gallery: found '', expected the folder of its originals without a slash at either end, "
                "and no folder called . or .."
            ),
        ),
        (
            ["--key-file", "outputs.json", "--gallery", "a"],
            "private key: expected PEM without a password (-----BEGIN PRIVATE KEY-----)",
        ),
        (
            ["--key-file", "signing.pem", "--gallery", "a", "--outputs", "signing.pem"],
            "signing.pem: expected the JSON that `pulumi stack output --json` prints",
        ),
        (
            ["--key-file", "signing.pem", "--gallery", "a", "--outputs", "public.json"],
            (
                "signingKeyIds: found no key, expected a stack with `cdn.renditions: signed` and "
                "`cdn.signing_public_keys` (docs/private-galleries.md), or --key-id"
            ),
        ),
    ],
)
def test_what_cannot_be_signed_is_one_line(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what was expected, and exit code 2; never with the key."""
    Path("public.json").write_text(json.dumps({**OUTPUTS, "signingKeyIds": []}))

    assert 2 == run(["sign", *arguments])
    captured = capsys.readouterr()
    assert ("", f"Error: {sentence}\n") == (captured.out, captured.err)
