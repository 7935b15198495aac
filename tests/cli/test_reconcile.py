"""``darkroom reconcile``: a whole run by hand, and what it would do."""

from __future__ import annotations

import pytest

from processor.errors import UsageError
from tests.factories.darkroom import RENDITIONS
from tests.factories.operating import Operation
from tests.factories.stores import once, refused
from tests.upload.test_pipeline import assert_consistent

LOST, STUCK = "wedding/lost.jpg", "wedding/stuck 😀.jpg"
ORPHAN = "renditions/wedding/whose_small.jpg"


@pytest.fixture
def damaged(operation: Operation) -> Operation:
    """Return a stack that lost a rendition and an event, and has an orphan; nothing needs time to settle."""
    operation.darkroom.process(operation.darkroom.upload(LOST))
    s3 = operation.darkroom.s3.client
    s3.delete_object(Bucket=RENDITIONS, Key="renditions/wedding/lost_small.jpg")
    operation.darkroom.upload(STUCK)
    operation.darkroom.put_record(id=STUCK, status="pending")
    s3.put_object(Bucket=RENDITIONS, Key=ORPHAN, Body=b"whose?")
    operation.settings += "      reconciler: {stuck_after_s: 0}\n"
    return operation


def test_a_dry_run_lists_what_would_be_done_and_does_nothing(damaged: Operation) -> None:
    """One key a line, quoted; the stores are as they were, byte for byte."""
    state = damaged.darkroom.state()
    damaged.darkroom.s3.writes.clear()
    damaged.darkroom.dynamodb.writes.clear()

    done = damaged.run("reconcile", "--dry-run")

    assert 0 == done.exit_code
    assert [f"would remove {ORPHAN!r}", f"would send {LOST!r}", f"would send {STUCK!r}"] == sorted(
        done.stdout.splitlines()[:-1]
    )
    assert done.stdout.endswith(
        "1 photos stuck; 2 originals would be sent, 1 orphans would be removed, "
        "0 renditions left that should not be there.\n"
    )
    assert (state, 0) == (damaged.darkroom.state(), damaged.count("uploads"))
    assert ([], []) == (damaged.darkroom.s3.writes, damaged.darkroom.dynamodb.writes)


def test_a_run_repairs_everything_at_once(damaged: Operation) -> None:
    """Whatever a scheduled run has done lately; its state is not touched."""
    done = damaged.run("reconcile")
    assert 0 == done.exit_code
    assert "1 photos stuck; 2 originals sent, 1 orphans removed" in done.stdout

    assert sorted((LOST, STUCK)) == sorted(damaged.work("uploads"))
    for key in (LOST, STUCK):
        assert_consistent(damaged.darkroom, key)
    assert not damaged.darkroom.kept().keys() & {ORPHAN, "reconciler/memory.json"}
    assert "0 originals sent, 0 orphans removed" in damaged.run("reconcile").stdout


def test_what_stays_is_an_exit_code_and_a_line(damaged: Operation) -> None:
    """A walk that cannot be done does not keep the others from being done."""
    damaged.darkroom.dynamodb.faults["scan"] = once(refused("AccessDenied", 403))

    done = damaged.run("reconcile")

    assert 1 == done.exit_code
    assert "The walk over records stopped: dynamodb:Scan" in done.stderr
    assert f"removed {ORPHAN!r}" in done.stdout


def test_a_queue_that_is_behind_is_reported(damaged: Operation) -> None:
    """Nothing was sent, and the operator learns why."""
    for _ in range(101):
        damaged.send("uploads", {"Records": []})

    assert "The uploads queue is behind, so nothing was sent." in damaged.run("reconcile").stderr


def test_a_stack_that_is_not_deployed_is_one_line(damaged: Operation) -> None:
    """The settings are those of the function."""
    damaged.clients["lambda"].faults["get_function_configuration"] = refused("ResourceNotFoundException", 404)

    found = damaged.run("reconcile").exception

    assert isinstance(found, UsageError)
    assert str(found).startswith("darkroom-test-reconciler: no such function in this account and region")
