"""Tests of the state that one run leaves to the next."""

from __future__ import annotations

from processor.ops.reconcile.state import ReconcilerState, Sent, Step, Walk

DAY_S = 86_400.0


def test_a_memory_survives_its_object() -> None:
    """Whatever keys it holds."""
    memory = ReconcilerState(
        records=Walk(under_way=True, after="p-1", began_at=5.5, seen=3, found=2, before=1),
        sent={"wedding/Übung 😀.jpg": Sent(at=7.25, times=2)},
    )

    assert memory == ReconcilerState.from_json(memory.to_json())
    assert ReconcilerState() == ReconcilerState.from_json(b"")


def test_small_galleries_are_walked_by_every_run_and_large_ones_once_a_day() -> None:
    """The cost of a walk depends on the number of entries it visits."""
    done = Walk(began_at=1_000_000.0)

    assert done.due(1_000_000.0, per_day=1_000_000)
    small = Walk(began_at=0.0, seen=10_000)
    assert (False, True) == (small.due(800.0, per_day=1_000_000), small.due(900.0, per_day=1_000_000))
    large = Walk(began_at=0.0, seen=1_000_000)
    assert (False, True) == (large.due(DAY_S - 1, per_day=1_000_000), large.due(DAY_S, per_day=1_000_000))


def test_a_walk_under_way_goes_on_at_once() -> None:
    """And neither forgets where it was nor what it has found."""
    walk = Walk().begun(5.0).advanced(Step(last="k", seen=2, found=1), now=6.0)

    assert walk.due(5.0, per_day=1)
    assert walk == walk.begun(9.0)


def test_half_a_walk_does_not_take_back_what_the_one_before_has_found() -> None:
    """The figure falls when the new walk is through, and rises at once."""
    walk = Walk(before=3).begun(5.0)
    assert 3 == walk.figure
    assert 4 == walk.advanced(Step(last="k", seen=9, found=4), now=6.0).figure
    assert 1 == walk.advanced(Step(last=None, seen=9, found=1), now=6.0).figure
