"""Renditions in their bucket: older pixels never replace newer ones."""

from __future__ import annotations

import pytest

from processor.aws.renditions import RenditionObjects, Stamp
from processor.errors import StoreUnavailable
from processor.events import Overtaken
from tests.factories.darkroom import RENDITIONS, Darkroom
from tests.factories.stores import first, once, refused

KEY = "renditions/wedding/IMG_1_small.jpg"


@pytest.fixture
def objects(darkroom: Darkroom) -> RenditionObjects:
    """Return an empty renditions bucket."""
    return darkroom.line.maker.objects


def stamp(sequencer: str, version: str = "v") -> Stamp:
    """Stamp a rendition of the state *sequencer*."""
    return Stamp(cache_tag="photo:1,gallery:2", source_version="s", recipe="r", version=version, sequencer=sequencer)


def put(objects: RenditionObjects, data: bytes, sequencer: str) -> bool:
    """Put a rendition of the state *sequencer*."""
    return objects.put(KEY, data, "image/jpeg", stamp(sequencer))


def body(darkroom: Darkroom) -> bytes:
    """Return the stored object."""
    return darkroom.kept()[KEY][0]


def test_a_rendition_is_written_once(darkroom: Darkroom, objects: RenditionObjects) -> None:
    """The second time it is found in place."""
    assert put(objects, b"one", "1")
    assert not put(objects, b"one", "1")

    assert 1 == len(darkroom.s3.writes)


def test_a_newer_state_replaces_an_older_one_but_never_the_other_way(
    darkroom: Darkroom, objects: RenditionObjects
) -> None:
    """In whatever order they come."""
    put(objects, b"one", "1")
    put(objects, b"two", "2")
    with pytest.raises(Overtaken, match="is of a newer original \\(2 > 1\\)"):
        put(objects, b"one", "1")

    assert b"two" == body(darkroom)


def test_what_the_system_before_left_is_replaced(darkroom: Darkroom, objects: RenditionObjects) -> None:
    """Its renditions carry no metadata and use the same names."""
    darkroom.s3.client.put_object(Bucket=RENDITIONS, Key=KEY, Body=b"sideways")

    assert put(objects, b"upright", "1")
    assert b"upright" == body(darkroom)


@pytest.mark.faults
def test_a_newer_rendition_that_arrives_between_look_and_write_stays(
    darkroom: Darkroom, objects: RenditionObjects
) -> None:
    """The write holds only for what was looked at."""
    put(objects, b"zero", "0")
    darkroom.s3.faults["head_object"] = once(lambda _, send: (send(), put(objects, b"two", "2"))[0])

    with pytest.raises(Overtaken):
        put(objects, b"one", "1")
    assert b"two" == body(darkroom)


@pytest.mark.faults
def test_a_rendition_that_disappears_meanwhile_is_written(darkroom: Darkroom, objects: RenditionObjects) -> None:
    """It belonged to another writer; now the key is free."""
    put(objects, b"zero", "0")
    gone = first(lambda: darkroom.s3.client.delete_object(Bucket=RENDITIONS, Key=KEY))
    darkroom.s3.faults["head_object"] = once(gone)

    assert put(objects, b"one", "1")
    assert b"one" == body(darkroom)


@pytest.mark.faults
def test_races_that_never_end_are_left_to_a_retry(darkroom: Darkroom, objects: RenditionObjects) -> None:
    """No loop without an end."""
    darkroom.s3.faults["put_object"] = refused("ConditionalRequestConflict", 409)

    with pytest.raises(StoreUnavailable, match="expected to write it in 5 attempts, lost every race"):
        put(objects, b"one", "1")


def test_only_what_is_not_newer_is_deleted(darkroom: Darkroom, objects: RenditionObjects) -> None:
    """A deletion of the past cannot reach the present."""
    put(objects, b"two", "2")

    assert not objects.delete(KEY, up_to="1")
    assert b"two" == body(darkroom)
    assert objects.delete(KEY, up_to="2")
    assert not objects.delete(KEY, up_to="2")


@pytest.mark.faults
def test_what_is_replaced_while_it_is_deleted_stays(darkroom: Darkroom, objects: RenditionObjects) -> None:
    """The deletion holds only for what was looked at."""
    put(objects, b"one", "1")
    darkroom.s3.faults["delete_object"] = once(first(lambda: put(objects, b"two", "2")))

    assert not objects.delete(KEY, up_to="1")
    assert b"two" == body(darkroom)


@pytest.mark.fault(18)
@pytest.mark.faults
@pytest.mark.parametrize("operation", ["put_object", "head_object", "delete_object"])
def test_missing_permissions_are_for_operators(darkroom: Darkroom, objects: RenditionObjects, operation: str) -> None:
    """Fault 18: every call is named when it is denied."""
    put(objects, b"one", "1")
    darkroom.s3.faults[operation] = refused("AccessDenied", 403)

    with pytest.raises(StoreUnavailable, match=f"{KEY}: expected success, received AccessDenied \\(HTTP 403\\)"):
        put(objects, b"one", "1") if operation == "put_object" else objects.delete(KEY, up_to="1")
