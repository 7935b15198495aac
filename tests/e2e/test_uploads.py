"""From an upload to pictures at the CDN, through everything that is deployed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from testkit.embedded_stack import ROOT, LocalStack, wait_for
from testkit.photos import heif, jpeg, scene

SIZES = ("thumbnail", "small", "medium", "large")
PICTURE_HEADERS = {
    "content-type": "image/jpeg",
    "cache-control": "public, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
    "strict-transport-security": "max-age=31536000",
}


def photo(seed: int = 0) -> bytes:
    """Draw a photo; another *seed* is another photo."""
    return jpeg.jpeg(scene.scene(1600 + 16 * seed, 1200))


def urls(record: dict[str, Any]) -> dict[str, str]:
    """Return the addresses of a record's renditions by size."""
    return {size: record[f"{size}_url"] for size in SIZES}


def test_an_upload_by_presigned_put_becomes_four_pictures_at_the_cdn(stack: LocalStack) -> None:
    """Upload as a browser does: request a place, put the photo there, and see it in every size."""
    record = stack.with_status(stack.upload(photo(), gallery="wedding"), "active")

    assert {"wedding"} == {record["gallery_id"]}
    for size, url in urls(record).items():
        answer = stack.http.get(url)
        assert (200, record[f"{size}_bytes"]) == (answer.status_code, len(answer.content))
        assert PICTURE_HEADERS.items() <= dict(answer.headers).items()
    assert record["receipt"]["decoder"] == "native"
    assert record["receipt"]["steps_ms"]["render"] > 0


def test_the_gallery_guides_test_works_step_by_step(stack: LocalStack, tmp_path: Path) -> None:
    """A HEIC copied under test-gallery/ by the AWS CLI: log lines, four renditions in the listing, a picture."""
    source = tmp_path / "test-photo.heic"
    source.write_bytes(heif.heic())
    copied = aws(stack, "s3", "cp", str(source), f"s3://{stack.originals}/test-gallery/test-photo.heic")
    assert "upload:" in copied
    stack.with_status("test-gallery/test-photo.heic", "active")

    listing = aws(stack, "s3", "ls", f"s3://{stack.known['buckets']['renditions']}/renditions/test-gallery/")
    names = {line.split()[-1] for line in listing.splitlines()}
    assert {f"test-photo_{size}.jpg" for size in SIZES} == names
    head = stack.http.head(f"{stack.known['cdn']}/renditions/test-gallery/test-photo_thumbnail.jpg")
    assert (200, PICTURE_HEADERS) == (head.status_code, {name: head.headers[name] for name in PICTURE_HEADERS})
    rendered = wait_for(
        lambda: re.search('"message":"photo rendered".*"key":"test-gallery/test-photo.heic"', log_of(stack)),
        what=lambda: f"a line about the photo in the log, found {log_of(stack)}",
    )
    assert '"decoder":"heif"' in rendered.string


def aws(stack: LocalStack, *arguments: str) -> str:
    """Run the AWS command line as the guide does, with the emulator's credentials."""
    command = [str(Path(sys.executable).with_name("aws")), "--endpoint-url", str(stack.known["aws"]), *arguments]
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    done = subprocess.run(command, env={**os.environ, **keys}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def log_of(stack: LocalStack) -> str:
    """Read what ``local logs rendition`` prints."""
    command = [sys.executable, "-m", "darkroom", "logs", "rendition", "--folder", str(stack.folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_a_second_upload_changes_every_address(stack: LocalStack) -> None:
    """Pictures are cached for a year: only another address shows another picture at once."""
    place = stack.announce("portrait.jpg", photo(), gallery="portraits")
    stack.put(place, photo())
    before = stack.with_status(place["photo"]["id"], "active")
    stack.put(place, photo(seed=1))

    after = stack.settled(before["id"], lambda record: record["small_url"] != before["small_url"])

    for size in SIZES:
        old, new = urlsplit(urls(before)[size]), urlsplit(urls(after)[size])
        assert old.path == new.path
        assert old.query != new.query
    assert after["width"] == 1616
    assert len(stack.http.get(after["small_url"]).content) == after["small_bytes"]


def test_a_deleted_photo_is_gone_from_the_cdn(stack: LocalStack) -> None:
    """Deletion withdraws renditions and record; what is gone is 403 at the CDN, as for whatever was never there."""
    record = stack.with_status(stack.upload(photo(), gallery="regrets"), "active")

    answer = stack.http.delete(f"{stack.page}/gallery/photos/{record['id']}")
    assert answer.status_code == 202
    buried = stack.with_status(record["id"], "deleted")

    assert not [name for name in buried if name.endswith("_url")]
    # The record changes first, so that no page shows what is being removed.
    wait_for(lambda: none_served(stack, record), what=lambda: "no picture of the photo at the CDN")
    assert [] == stack.http.get(f"{stack.page}/gallery/photos?gallery=regrets").json()["photos"]


def none_served(stack: LocalStack, record: dict[str, Any]) -> bool | None:
    """Return whether no rendition of *record* is served any more."""
    return True if {403} == {stack.http.get(url).status_code for url in urls(record).values()} else None


def is_gone(stack: LocalStack, record: dict[str, Any]) -> bool | None:
    """Return whether the CDN has none of a record's pictures."""
    return True if {403} == {stack.http.get(url).status_code for url in urls(record).values()} else None


@pytest.mark.parametrize(
    ("data", "code"),
    [(jpeg.cut(photo(), 0.5), "TRUNCATED"), (b"this is no photo at all", "NOT_AN_IMAGE")],
    ids=["cut in half", "a text"],
)
def test_a_bad_file_ends_failed_with_its_reason(stack: LocalStack, data: bytes, code: str) -> None:
    """A photographer is told what is wrong and what to do; a retry of the same file says the same again."""
    record = stack.with_status(stack.upload(data, gallery="broken"), "failed")
    assert code == record["error"]["code"]
    assert record["error"]["message"]

    retried = stack.http.post(f"{stack.page}/gallery/photos/{record['id']}/retry")
    assert (202, "pending") == (retried.status_code, retried.json()["photo"]["status"])
    assert code == stack.with_status(record["id"], "failed")["error"]["code"]


def test_a_photo_that_was_never_uploaded_waits_and_cannot_be_retried(stack: LocalStack) -> None:
    """A record without an original is pending, and says so."""
    place = stack.announce("late.jpg", b"x", gallery="late")

    answer = stack.http.post(f"{stack.page}/gallery/photos/{place['photo']['id']}/retry")

    assert (409, "NOT_UPLOADED") == (answer.status_code, answer.json()["code"])
    found = stack.photo(place["photo"]["id"])
    assert found is not None
    assert found["status"] == "pending"


def test_originals_and_the_reconcilers_memory_are_not_served(stack: LocalStack) -> None:
    """Only renditions and results are public: neither what was uploaded nor what is remembered of it."""
    record = stack.with_status(stack.upload(photo(), gallery="private"), "active")

    for key in (record["original_key"], "reconciler/memory.json"):
        assert stack.http.get(f"{stack.known['cdn']}/{key}").status_code == 403
        assert stack.http.get(f"{stack.known['aws']}/{stack.originals}/{key}").status_code == 403
