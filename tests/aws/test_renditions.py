"""Renditions in their bucket: written, deleted, and found by the original that they are of."""

from __future__ import annotations

import pytest

from processor.aws.objects import PAGE_KEYS
from processor.aws.renditions import RenditionObjects, Stamp
from processor.errors import StoreUnavailable
from processor.keys import ObjectKey
from tests.factories.darkroom import RENDITIONS, Darkroom
from tests.factories.stores import refused

NAME = ObjectKey("wedding/IMG_1.jpg")
KEY = "renditions/wedding/IMG_1_small.jpg"


@pytest.fixture
def objects(darkroom: Darkroom) -> RenditionObjects:
    """Return an empty renditions bucket."""
    return darkroom.line.converger.renditions


def put(objects: RenditionObjects, key: str = KEY, name: ObjectKey = NAME) -> None:
    """Put a rendition of an original."""
    stamp = Stamp(cache_tag=name.cache_tags(), source_version="s", recipe="r", version="v")
    objects.put(key, b"pixels", "image/jpeg", stamp)


def test_renditions_are_found_by_their_tags_under_every_stem_that_an_original_may_have(
    objects: RenditionObjects,
) -> None:
    """Of other originals with the same stem, and of other stems that begin like it, there may be some too."""
    mine = [KEY, "renditions/wedding/IMG_1.jpg_huge.webp"]
    for key in mine:
        put(objects, key)
    put(objects, "renditions/wedding/IMG_1_large.jpg", ObjectKey("wedding/IMG_1.CR2"))
    put(objects, "renditions/wedding/IMG_1_b_small.jpg", ObjectKey("wedding/IMG_1_b.jpg"))

    assert mine == objects.owned_by(NAME, NAME.stem_candidates())


def test_opaque_renditions_are_found_without_their_secret(objects: RenditionObjects) -> None:
    """By name and tag, whichever code; a longer name with a hyphen is another stem's."""
    mine = [f"renditions/wedding/IMG_1-{code * 12}_small.jpg" for code in ("0a", "f9")]
    others = ["renditions/wedding/IMG_1-0a_small.jpg", f"renditions/wedding/IMG_1-b-{'0a' * 12}_small.jpg"]
    for key in (*mine, *others):
        put(objects, key)

    assert mine == objects.owned_by(NAME, NAME.stem_candidates())


def test_many_renditions_are_listed_page_by_page(
    darkroom: Darkroom, objects: RenditionObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand keys a page are the most that S3 returns, here ten; a neighbour's name begins like the stem."""
    assert 1000 == PAGE_KEYS
    monkeypatch.setattr("processor.aws.objects.PAGE_KEYS", 10)
    for number in range(11):
        darkroom.s3.client.put_object(Bucket=RENDITIONS, Key=f"renditions/wedding/IMG_1_{number:04}_small.jpg")
    put(objects)

    assert [KEY] == list(objects.below("renditions/wedding/IMG_1"))


def test_what_the_system_before_left_has_no_tag(darkroom: Darkroom, objects: RenditionObjects) -> None:
    """Its renditions carry no metadata and use the same names; where nothing is, there is not even an empty tag."""
    assert None is objects.tag(KEY)
    darkroom.s3.client.put_object(Bucket=RENDITIONS, Key=KEY, Body=b"sideways")

    assert "" == objects.tag(KEY)


def test_deleting_twice_is_no_error(darkroom: Darkroom, objects: RenditionObjects) -> None:
    """A retry after an interruption deletes again."""
    put(objects)

    for _ in range(2):
        objects.delete([KEY])

    assert {} == darkroom.kept()


@pytest.mark.fault(18)
@pytest.mark.faults
@pytest.mark.parametrize("operation", ["put_object", "head_object", "delete_object"])
def test_missing_permissions_are_for_operators(darkroom: Darkroom, objects: RenditionObjects, operation: str) -> None:
    """Fault 18: every call is named when it is denied."""
    darkroom.s3.faults[operation] = refused("AccessDenied", 403)
    calls = {"put_object": put, "head_object": lambda one: one.tag(KEY), "delete_object": lambda one: one.delete([KEY])}

    with pytest.raises(StoreUnavailable, match=f"{KEY}: expected success, received AccessDenied \\(HTTP 403\\)"):
        calls[operation](objects)
