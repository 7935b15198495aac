"""One object that a job leaves for its next run."""

from __future__ import annotations

from typing import Any, cast

import pytest

from processor.aws.objects import StateObject, StateText
from processor.errors import StoreUnavailable
from tests.factories.darkroom import RENDITIONS, Darkroom
from tests.factories.stores import once, refused


@pytest.fixture
def notes(darkroom: Darkroom) -> StateObject:
    """Return an object that is not there yet."""
    return StateObject(s3=cast("Any", darkroom.s3), bucket=RENDITIONS, key="reconciler/memory.json")


def test_a_note_is_read_as_it_was_written(notes: StateObject) -> None:
    """The first run finds an empty one."""
    assert StateText() == notes.read()
    notes.write(b"one", seen=notes.read())
    notes.write(b"two", seen=notes.read())

    assert b"two" == notes.read().text


def test_a_note_that_another_run_has_written_is_not_overwritten(notes: StateObject) -> None:
    """Neither the first note nor a later one."""
    empty = notes.read()
    notes.write(b"one", seen=empty)
    old = notes.read()
    notes.write(b"two", seen=old)

    for seen in (empty, old):
        with pytest.raises(StoreUnavailable, match="expected to be the only run, another one was faster"):
            notes.write(b"three", seen=seen)
    assert b"two" == notes.read().text


@pytest.mark.parametrize("operation", ["get_object", "put_object"])
def test_a_refusal_is_no_empty_note(darkroom: Darkroom, notes: StateObject, operation: str) -> None:
    """A missing grant must not look like a first run."""
    darkroom.s3.faults[operation] = once(refused("AccessDenied", 403))

    with pytest.raises(StoreUnavailable, match="received AccessDenied"):
        notes.write(b"one", seen=notes.read())
