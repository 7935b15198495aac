"""A leak is seen, whatever else is closed meanwhile."""

from __future__ import annotations

import os
from threading import Timer

from tests.factories.descriptors import open_descriptors, opened_since


def test_a_leak_is_seen_behind_the_end_of_another() -> None:
    """A count would stay the same."""
    other = os.dup(0)
    before = open_descriptors()
    os.close(other)
    leaked, writer = os.pipe()
    os.close(writer)
    try:
        assert [leaked] == [descriptor[0] for descriptor in opened_since(before, wanted=1)]
    finally:
        os.close(leaked)
    assert not opened_since(before)


def test_what_is_closed_soon_is_no_leak() -> None:
    """Another thread may be at it."""
    before = open_descriptors()
    late = os.dup(0)
    timer = Timer(0.1, os.close, [late])
    timer.start()

    assert not opened_since(before)
    timer.join()
