"""From a command to an edited picture at the CDN, watched as it happens."""

from __future__ import annotations

import io
import json
from typing import Any

from PIL import Image

from testkit.embedded_stack import LocalStack
from testkit.photos import jpeg, scene

STREAM_S = 60


def test_a_command_edits_a_photo_and_is_watched_to_its_end(stack: LocalStack) -> None:
    """202 with a ticket, events as they happen, one end, and the true result through the CDN."""
    photo_id = stack.upload(jpeg.jpeg(scene.scene(1600, 1200)), gallery="edited")
    record = stack.with_status(photo_id, "active")

    accepted = start(stack, [record["medium_url"]], "resize to 800px and convert to webp")
    events = watched(stack, accepted["progressUrl"])

    assert ["complete", "session_complete"] == [one["type"] for one in events if one["type"] != "progress"]
    assert ("complete", 1, 0) == tuple(events[-1][name] for name in ("status", "totalProcessed", "totalFailed"))
    result = next(one["result"] for one in events if one["type"] == "complete")
    answer = stack.http.get(result["url"])
    assert (200, "image/webp") == (answer.status_code, answer.headers["content-type"])
    with Image.open(io.BytesIO(answer.content)) as image:
        assert ((800, 600), "WEBP") == (image.size, image.format)


def test_the_api_is_reached_through_the_cdn_alone(stack: LocalStack) -> None:
    """A call of the function's URL past the CDN lacks its secret, and the CDN drops a secret that a viewer sends."""
    function = json.loads((stack.folder / "run.json").read_text(encoding="utf-8"))["addresses"]["api"]
    headers = {"Authorization": f"Bearer {stack.known['token']}"}

    past = stack.http.get(f"{function}/image-edit/sessions", headers=headers)
    through = stack.http.get(f"{stack.known['api']}/sessions", headers={**headers, "X-Origin-Verify": "forged"})

    assert (403, 200) == (past.status_code, through.status_code), (past.text, through.text)
    assert "no-store" in through.headers["cache-control"]


def test_without_a_token_nothing_is_edited(stack: LocalStack) -> None:
    """The API checks tokens of the local issuer as it checks those of any other."""
    answer = stack.http.post(f"{stack.known['api']}", json={"images": [], "operation": {}})

    assert (401, "UNAUTHORIZED") == (answer.status_code, answer.json()["code"])


def start(stack: LocalStack, urls: list[str], command: str) -> dict[str, Any]:
    """Ask for an edit of pictures."""
    answer = stack.http.post(
        str(stack.known["api"]),
        headers={"Authorization": f"Bearer {stack.known['token']}"},
        json={
            "images": [{"id": f"i{at}", "url": url} for at, url in enumerate(urls)],
            "operation": {"type": "command", "command": command},
        },
    )
    assert answer.status_code == 202, answer.text
    return answer.json()


def watched(stack: LocalStack, path: str) -> list[dict[str, Any]]:
    """Follow a stream to its end."""
    with stack.http.stream("GET", f"{stack.known['cdn']}{path}", timeout=STREAM_S) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        events = [json.loads(line.removeprefix("data:")) for line in stream.iter_lines() if line.startswith("data:")]
    return [one for one in events if one["type"] != "heartbeat"]
