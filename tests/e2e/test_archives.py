"""Download a gallery: ordered by its owner, packed by the worker, fetched by a guest who has the link."""

from __future__ import annotations

import io
from random import Random
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZipFile

import httpx
import pytest

from processor.archiving.zip_file import part_bytes
from testkit.embedded_stack import LocalStack, expect, short_visibility, wait_for
from testkit.photos import heif, jpeg, scene
from testkit.simulated_user import SimulatedUser
from tests.e2e.sandboxes import kill_mid_way

EDIT = "darkroom-local-edit"
# Readers are limited; one that asks too often asks again.
TOO_MANY = 429


def owner(stack: LocalStack) -> SimulatedUser:
    """Act as the user to whom the photos of the embedded gallery belong."""
    return SimulatedUser(stack=stack, token=str(stack.known["token"]))


def order(person: SimulatedUser, **order: Any) -> str:
    """Ask for an archive; return its id."""
    return str(expect(202, person.ask("POST", "/archives", order)).json()["archiveId"])


def ended(person: SimulatedUser, archive_id: str) -> dict[str, Any]:
    """Wait until an archive has ended."""

    def look() -> dict[str, Any] | None:
        answer = person.ask("GET", f"/archives/{archive_id}")
        if answer.status_code == TOO_MANY:
            return None
        said: dict[str, Any] = expect(200, answer).json()
        return None if said["status"] == "processing" else said

    return wait_for(look, what=lambda: f"the end of {archive_id}")


def fetched(stack: LocalStack, url: str, **headers: str) -> httpx.Response:
    """Open a link as a browser does, without a token."""
    led = expect(302, stack.http.get(f"{stack.known['cdn']}{url}"))
    return stack.http.get(led.headers["location"], headers=headers)


def unpacked(data: bytes) -> dict[str, bytes]:
    """Read a ZIP, whose CRCs are checked."""
    with ZipFile(io.BytesIO(data)) as read:
        assert read.testzip() is None
        return {name: read.read(name) for name in read.namelist()}


def test_a_gallery_is_ordered_by_its_owner_and_fetched_by_a_guest(stack: LocalStack) -> None:
    """The originals to the byte; a size as the CDN shows it; a broken download goes on; a withdrawn link is dead."""
    person = owner(stack)
    photos = {"one.jpg": jpeg.jpeg(scene.scene(1600, 1200)), "two.heic": heif.heic()}
    ids = {name: stack.upload(data, gallery="packed/smith", name=name) for name, data in photos.items()}
    records = {name: stack.with_status(one, "active") for name, one in ids.items()}
    originals = ended(person, order(person, gallery="packed/smith", size="originals"))
    small = ended(person, order(person, photos=[ids["two.heic"]], size="small"))

    assert ("complete", 2, 0) == (originals["status"], originals["files"], originals["leftOut"])
    whole = fetched(stack, originals["url"])
    assert (200, "application/zip", originals["bytes"]) == (
        whole.status_code,
        whole.headers["content-type"],
        len(whole.content),
    )
    assert 'filename="smith originals.zip"' in whole.headers["content-disposition"]
    assert photos == unpacked(whole.content)
    resumed = fetched(stack, originals["url"], Range="bytes=1000-")
    assert (206, whole.content[1000:]) == (resumed.status_code, resumed.content)

    [picture] = unpacked(fetched(stack, small["url"]).content).values()
    assert stack.http.get(records["two.heic"]["small_url"]).content == picture

    stranger = SimulatedUser.named(stack)
    assert 404 == stranger.ask("GET", f"/archives/{originals['archiveId']}").status_code
    nothing = ended(stranger, order(stranger, gallery="packed/smith", size="originals"))
    assert ("error", "SOURCE_FAILED") == (nothing["status"], nothing["error"]["code"])
    followed = expect(302, stack.http.get(f"{stack.known['cdn']}{originals['url']}")).headers["location"]
    expect(200, person.ask("DELETE", f"/archives/{originals['archiveId']}"))
    assert stack.http.get(followed).status_code in {403, 404}
    assert 404 == stack.http.get(f"{stack.known['cdn']}{originals['url']}").status_code


def test_no_address_but_the_link_shows_an_archive(stack: LocalStack) -> None:
    """Neither the CDN nor the bucket hands it out."""
    person = owner(stack)
    stack.with_status(stack.upload(jpeg.jpeg(scene.scene(160, 120)), gallery="hidden"), "active")
    url = ended(person, order(person, gallery="hidden", size="originals"))["url"]
    signed = urlsplit(expect(302, stack.http.get(f"{stack.known['cdn']}{url}")).headers["location"])
    key = signed.path.partition("/archives/")[2]

    assert key.endswith("/archive.zip")
    assert stack.http.get(f"{stack.known['cdn']}/archives/{key}").status_code in {403, 404}
    assert 403 == stack.http.get(f"{signed.scheme}://{signed.netloc}{signed.path}").status_code


@pytest.mark.faults
def test_a_worker_killed_half_way_is_made_up_for(stack: LocalStack) -> None:
    """The next one goes on behind the parts that are stored, and the archive is whole."""
    person, size = owner(stack), part_bytes(1) // 3
    # No photos at all: originals are packed as they are, whatever became of them.
    files = {f"{seed}.jpg": Random(seed).randbytes(size) for seed in range(8)}  # noqa: S311 - content of a file
    for name, data in files.items():
        stack.with_status(stack.upload(data, gallery="packed/killed", name=name), "failed")
    with short_visibility(stack, "jobs"):
        archive_id = order(person, gallery="packed/killed", size="originals")
        kill_mid_way(stack, EDIT, lambda: begun(stack, archive_id))
    said = ended(person, archive_id)

    assert ("complete", len(files), 0) == (said["status"], said["files"], said["leftOut"])
    assert sorted(files.values()) == sorted(unpacked(fetched(stack, said["url"]).content).values())


def begun(stack: LocalStack, archive_id: str) -> set[str]:
    """Return the archive when its first part is stored, and it is not complete."""
    _, hashed, name = archive_id.split("_", 2)
    item = (
        stack.aws.client("dynamodb")
        .get_item(TableName="darkroom-local-sessions", Key={"sessionId": {"S": f"archive#{hashed}#{name}"}})
        .get("Item", {})
    )
    under_way = item.get("status") == {"S": "processing"} and item["files"] != {"N": "0"}
    return {archive_id} if under_way else set()
