"""The local gallery's API over a whole stack: pages, live states, what the page is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

from local.model import RunConfig
from testkit.embedded_stack import LocalStack, wait_for
from testkit.photos import jpeg, scene
from tests.patience import HANG_S


def test_photos_are_listed_newest_first_page_by_page(stack: LocalStack) -> None:
    """Each photo once, whatever the size of a page."""
    data = jpeg.jpeg(scene.scene(64, 48))
    made = [stack.announce(f"{at}.jpg", data, gallery="pages")["photo"]["id"] for at in range(5)]

    pages = list(all_pages(stack, "pages", limit=2))

    assert [2, 2, 1] == [len(one) for one in pages]
    assert made == [photo["id"] for page in pages for photo in page][::-1]


def all_pages(stack: LocalStack, gallery: str, *, limit: int) -> Iterator[list[dict[str, Any]]]:
    """Turn every page."""
    cursor: str | None = ""
    while cursor is not None:
        where = {"gallery": gallery, "limit": str(limit), **({"cursor": cursor} if cursor else {})}
        page = stack.http.get(f"{stack.page}/gallery/photos", params=where).json()
        yield page["photos"]
        cursor = page["cursor"]


def test_states_are_live(stack: LocalStack) -> None:
    """A listener gets every change of a photo, from its record to its pictures."""
    heard: list[dict[str, Any]] = []
    ready = threading.Event()

    def listen() -> None:
        with stack.http.stream("GET", f"{stack.page}/gallery/changes", timeout=HANG_S) as stream:
            for line in stream.iter_lines():
                if line.startswith("event: ready"):
                    ready.set()
                if line.startswith("data:"):
                    heard.append(json.loads(line.removeprefix("data:")))
                if heard and heard[-1].get("gallery_id") == "live" and heard[-1].get("status") == "active":
                    return

    listener = threading.Thread(target=listen)
    listener.start()
    assert ready.wait(HANG_S)
    photo_id = stack.upload(jpeg.jpeg(scene.scene(320, 240)), gallery="live")
    listener.join(HANG_S)

    ours = [one for one in heard if one.get("id") == photo_id]
    assert "active" == ours[-1]["status"]
    assert ours[-1]["thumbnail_url"]


def test_operations_show_what_was_done(stack: LocalStack) -> None:
    """Figures come from the functions' own metrics, costs from the receipts, states from the alarms."""
    stack.with_status(stack.upload(jpeg.jpeg(scene.scene(320, 240)), gallery="figures"), "active")

    def counted() -> dict[str, Any] | None:
        found = stack.http.get(f"{stack.page}/gallery/operations").json()
        return found if found["photos"]["renderedInAll"] else None

    found = wait_for(counted, what=lambda: "a rendered photo among the figures")

    assert found["cost"]["photosUsd"] > 0
    assert found["functions"]["darkroom-local-rendition"]["durationMs"]
    assert {"uploads", "backfill", "jobs", "uploads-dead-letters"} <= {one["role"] for one in found["queues"]}
    assert "darkroom-local-uploads-age" in {one["name"] for one in found["alarms"]}


def test_a_request_for_another_name_is_refused_everywhere(stack: LocalStack) -> None:
    """A page elsewhere that lets its name resolve to this machine gets nothing (DNS rebinding), nor does its script."""
    addresses = RunConfig.load(stack.folder / "run.json").addresses
    for origin in (addresses.page, addresses.cdn, addresses.api, addresses.aws, addresses.lambdas):
        for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
            answer = stack.http.post(f"{origin}/_ministack/reset", headers=headers)
            assert (403, "NOT_LOCAL") == (answer.status_code, answer.json()["code"])


def test_a_viewer_sees_nothing_of_how_a_picture_is_kept(stack: LocalStack) -> None:
    """S3's headers about versions and encryption, and our own metadata, stay behind the CDN."""
    photo = stack.with_status(stack.upload(jpeg.jpeg(scene.scene(320, 240)), gallery="headers"), "active")
    answer = stack.http.get(photo["thumbnail_url"])

    assert 200 == answer.status_code
    assert [] == [name for name in answer.headers if name.startswith("x-amz-") and not name.startswith("x-amz-cf-")]


def test_the_page_is_told_where_everything_is(stack: LocalStack) -> None:
    """One request gives endpoints, outputs and a token; the policy allows those origins and no other."""
    answer = stack.http.get(f"{stack.page}/config.json")

    told = answer.json()
    assert {name: told[name] for name in ("page", "api", "cdn", "aws")} == {
        name: stack.known[name] for name in ("page", "api", "cdn", "aws")
    }
    assert told["outputs"] == stack.known["outputs"]
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert f"connect-src 'self' {told['cdn']}" in policy
