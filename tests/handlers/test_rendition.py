"""The rendition function from end to end: a real envelope, the real renderer, stores on moto."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, cast

import pytest
from PIL import Image

from processor.aws.queues import Lanes
from processor.events import Message
from processor.handlers import rendition
from processor.settings.functions import RenditionEnv, to_env
from processor.settings.services import RenditionSettings
from testkit.contexts import Context
from testkit.events import batch_event, s3_event, s3_record, sqs_event
from tests.factories.darkroom import CDN_HOST, ITEMS, ORIGINALS, RENDITIONS, TABLE, Darkroom

QUEUES = "https://sqs.us-east-1.amazonaws.com/123456789012/"
PIXEL_LIBRARIES = ("pyvips", "PIL", "rawpy", "pillow_heif", "numpy")


def environment() -> dict[str, str]:
    """Write the function's environment as the infrastructure does."""
    settings = RenditionSettings(
        originals_bucket=ORIGINALS, renditions_bucket=RENDITIONS, photos_table=TABLE, originals_table=ITEMS
    )
    env = RenditionEnv.of(
        settings,
        stack="test",
        cdn_host=CDN_HOST,
        lane_queue_urls=(f"{QUEUES}uploads",),
        purge_queue_url=f"{QUEUES}p-purges",
    )
    return to_env(env) | {"AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture
def function(darkroom: Darkroom, monkeypatch: pytest.MonkeyPatch) -> Iterator[Darkroom]:
    """Return a handler that has just been loaded, and its stores."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    rendition.worker.cache_clear()
    yield darkroom
    rendition.worker.cache_clear()


def call(event: dict[str, Any]) -> Any:
    """Invoke the function."""
    return rendition.handler(event, cast("Any", Context()))


def photo(width: int, height: int, **more: Any) -> bytes:
    """Encode a plain JPEG."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 40)).save(file, format="jpeg", **more)
    return file.getvalue()


def sideways() -> bytes:
    """Encode a JPEG with an orientation of 90 degrees (EXIF tag 0x0112 = 6)."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return photo(1000, 500, exif=exif)


def test_a_photo_in_sqs_becomes_renditions(function: Darkroom) -> None:
    """Upright, fitted into every size, never enlarged, with its true size in the record."""
    key = "wedding/a photo+1.jpg"
    function.upload(key, sideways())
    record = s3_record(key)

    answer = call(sqs_event(s3_event(record)))

    assert {"batchItemFailures": []} == answer
    found = function.record(key) or {}
    assert ("active", 500, 1000, "jpeg") == (found["status"], found["width"], found["height"], found["format"])
    sizes = {
        name: Image.open(io.BytesIO(function.kept()[f"renditions/wedding/a photo+1_{name}.jpg"][0])).size
        for name in ("thumbnail", "small", "medium", "large")
    }
    assert {"thumbnail": (200, 400), "small": (300, 600), "medium": (500, 1000), "large": (500, 1000)} == sizes
    assert (300, 600) == (found["small_width"], found["small_height"])
    receipt = function.items()[key]["receipt"]
    assert ("native", 6) == (receipt["decoder"], receipt["orientation"])


@pytest.mark.fault(7)
@pytest.mark.faults
def test_a_message_whose_worker_died_is_hidden_for_less_than_a_minute(
    function: Darkroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 7: its queue is asked before anything is rendered; by itself the queue hides it for half an hour."""
    asked: list[tuple[str, int, int]] = []

    def noted(_: Lanes, message: Message[Any], *, after_s: int) -> None:
        asked.append((message.queue, after_s, len(function.renderer.rendered)))

    monkeypatch.setattr(Lanes, "change_visibility", noted)
    function.upload("wedding/a.jpg", photo(40, 30))

    assert {"batchItemFailures": []} == call(sqs_event(s3_event(s3_record("wedding/a.jpg"))))

    assert [("uploads", 45, 0)] == asked


@pytest.mark.fault(13)
@pytest.mark.faults
def test_what_is_no_photo_is_recorded_and_acknowledged(function: Darkroom) -> None:
    """Fault 13, with the real decoders: text, and a JPEG cut in half."""
    function.upload("wedding/a.jpg", b"this is no photo, it is a letter")
    function.upload("wedding/b.jpg", photo(800, 600)[:1500])

    answer = call(sqs_event(*[s3_event(s3_record(key)) for key in ("wedding/a.jpg", "wedding/b.jpg")]))

    assert {"batchItemFailures": []} == answer
    codes = [(function.record(key) or {})["error"]["code"] for key in ("wedding/a.jpg", "wedding/b.jpg")]
    assert ["NOT_AN_IMAGE", "TRUNCATED"] == codes
    assert {} == function.kept()


def test_an_s3_batch_task_is_answered(function: Darkroom) -> None:
    """The other way in."""
    function.upload("wedding/IMG_1.jpg", photo(40, 30))

    answer = call(batch_event("wedding/IMG_1.jpg", "wedding/none.jpg"))

    assert [("Succeeded", "rendered"), ("Succeeded", "deleted")] == [
        (one["resultCode"], one["resultString"]) for one in answer["results"]
    ]


@pytest.mark.stack
def test_importing_the_handler_loads_no_pixel_library() -> None:
    """A cold start pays for them only when a file needs them."""
    script = "import sys, processor.handlers.rendition; print(sorted(set(sys.modules) & set(sys.argv[1:])))"

    done = subprocess.run([sys.executable, "-c", script, *PIXEL_LIBRARIES], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()
