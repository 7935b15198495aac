"""The rendition function's process is killed, with SIGKILL, at a request; the next delivery goes on from there."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from processor.aws.originals_table import LEASE
from processor.settings.functions import RenditionEnv, to_env
from processor.settings.services import RenditionSettings
from testkit.events import s3_event, s3_record, sqs_event
from testkit.photos.jpeg import jpeg
from testkit.photos.raw import dng
from tests.factories.darkroom import CDN_HOST, ITEMS, ORIGINALS, RENDITIONS, TABLE
from tests.factories.killing import Ended, ForkServer, Site, Strike, open_site
from tests.invariants import assert_follows, assert_nothing_remains, assert_settled, snapshot

FUNCTION = "processor.handlers.rendition"
KEY = "wedding/IMG_1.jpg"
LANE = "https://sqs.us-east-1.amazonaws.com/123456789012/uploads"
DONE = {"batchItemFailures": []}


@pytest.fixture
def site(tmp_path: Path, functions: ForkServer) -> Iterator[Site]:
    """Give empty stores."""
    (tmp_path / "tmp").mkdir()
    with open_site(tmp_path / "tmp", functions) as opened:
        yield opened


def told() -> dict[str, str]:
    """Write the function's environment as the infrastructure does."""
    settings = RenditionSettings(
        originals_bucket=ORIGINALS, renditions_bucket=RENDITIONS, photos_table=TABLE, originals_table=ITEMS
    )
    return to_env(
        RenditionEnv.of(settings, stack="test", cdn_host=CDN_HOST, lane_queue_urls=(LANE,), purge_queue_url=LANE)
    )


def uploaded(site: Site, data: bytes, key: str = KEY) -> dict[str, Any]:
    """Upload a photo, and give the message that the queue would deliver."""
    answer: Mapping[str, Any] = site.put_original(key, data)
    return sqs_event(s3_event(s3_record(key, size=len(data), versionId=answer["VersionId"])))


def invoke(site: Site, message: Mapping[str, Any], strike: Strike | None = None) -> Ended:
    """Deliver a message."""
    return site.invoke(FUNCTION, message, told(), strike=strike)


def lapse(site: Site) -> None:
    """Let the lease of a killed process end, as it does with the invocation."""
    site.dynamodb.update_item(
        TableName=ITEMS,
        Key={"id": {"S": KEY}, "key": {"S": LEASE}},
        UpdateExpression="SET #until = :now",
        ConditionExpression="attribute_exists(#until)",
        ExpressionAttributeNames={"#until": "until"},
        ExpressionAttributeValues={":now": {"N": "1"}},
    )


def is_rendition(request: str) -> bool:
    """Tell whether a request writes a rendition."""
    return request.startswith(f"PUT /{RENDITIONS}/renditions/")


def is_write(request: str) -> bool:
    """Tell whether a request writes anything at all."""
    return request.startswith("PUT ") or request in {"UpdateItem", "PutItem"}


@pytest.mark.fault(7)
@pytest.mark.parametrize("make", [jpeg, dng], ids=["in the process", "in a decoder child"])
def test_a_process_killed_after_three_of_four_renditions_is_continued(site: Site, make: Any) -> None:
    """Nothing says active, no decoder child stays behind, and the next process does it again."""
    message = uploaded(site, make())
    before = snapshot(site.s3, site.dynamodb)

    killed = invoke(site, message, Strike(is_rendition, at=3))

    assert -signal.SIGKILL == killed.status
    half = snapshot(site.s3, site.dynamodb)
    stored = {key: found for key, found in half.objects.items() if key.startswith("renditions/")}
    assert (3, {}) == (len(stored), half.records)
    assert_nothing_remains(site.tmp)
    lapse(site)

    assert DONE == invoke(site, message).answer

    whole = snapshot(site.s3, site.dynamodb)
    assert_settled(whole)
    assert_follows(whole, before)
    assert stored == {key: whole.objects[key] for key in stored}, "the same files: nothing of the first try is lost"
    assert_nothing_remains(site.tmp)


@pytest.mark.fault(7, 9)
@pytest.mark.parametrize(
    ("at", "applied"),
    [(1, False), (2, False), (5, False), (6, False), (7, False), (0, True), (1, True), (5, True), (6, True), (7, True)],
)
def test_a_process_may_be_killed_at_any_write(site: Site, at: int, applied: bool) -> None:  # noqa: FBT001 - a parameter
    """Lease, claim, renditions, item, record, whether it was applied or not: one more delivery, and all is well."""
    message = uploaded(site, jpeg())
    before = snapshot(site.s3, site.dynamodb)

    killed = invoke(site, message, Strike(is_write, at=at, applied=applied))
    lapse(site)
    again = invoke(site, message)

    assert (-signal.SIGKILL, DONE) == (killed.status, again.answer)
    whole = snapshot(site.s3, site.dynamodb)
    assert ["active"] == [record["status"] for record in whole.records.values()]
    assert_settled(whole)
    assert_follows(whole, before)
    assert_nothing_remains(site.tmp)
    assert DONE == invoke(site, message).answer
    assert whole == snapshot(site.s3, site.dynamodb)


@pytest.mark.fault(26)
@pytest.mark.parametrize("make", [jpeg, dng], ids=["in the process", "in a decoder child"])
def test_a_photo_is_rendered_though_the_disk_is_full(site: Site, functions_without_disk: ForkServer, make: Any) -> None:
    """Originals and pixels stay in memory: no file is written, and the folder for files does not exist."""
    message = uploaded(site, make())

    without_disk = replace(site, functions=functions_without_disk)
    ended = without_disk.invoke(FUNCTION, message, told() | {"TMPDIR": str(site.tmp / "none")})

    assert DONE == ended.answer, ended.log
    found = snapshot(site.s3, site.dynamodb)
    assert ["active"] == [record["status"] for record in found.records.values()]
    assert_settled(found)
    assert_nothing_remains(site.tmp)
