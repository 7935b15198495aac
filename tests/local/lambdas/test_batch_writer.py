"""Tests of writing in batches."""

from __future__ import annotations

import logging
import threading

import pytest

from local.lambdas import batch_writer as module
from local.lambdas.batch_writer import BatchWriter
from tests.patience import HANG_S


def test_everything_arrives_in_order() -> None:
    """Independent of the batches, and also the last item before the end."""
    arrived: list[int] = []
    batches = BatchWriter[int]("numbers", arrived.extend, every_s=0.001)

    for number in range(2000):
        batches.put(number)
    batches.close()

    assert list(range(2000)) == arrived


def test_a_batch_that_was_refused_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator may be starting again."""
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.001)
    arrived: list[int] = []
    attempts: list[int] = []
    done = threading.Event()

    def write(batch: list[int]) -> None:
        attempts.append(len(batch))
        if len(attempts) < 3:
            raise ConnectionError("not yet")
        arrived.extend(batch)
        done.set()

    batches = BatchWriter[int]("numbers", write, every_s=0)
    batches.put(1)
    assert done.wait(HANG_S)
    batches.close()

    assert [1] == arrived


def test_lost_items_are_logged(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """No item disappears without a log line with the number and the reason."""
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.0)

    def write(_: list[int]) -> None:
        raise ConnectionError("the emulator has gone")

    with caplog.at_level(logging.ERROR):
        batches = BatchWriter[int]("numbers", write, every_s=0)
        batches.put(1)
        batches.close()
        batches.close()

    assert ["1 numbers are lost: the emulator has gone"] == caplog.messages
