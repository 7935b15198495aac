from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from bench import throughput
from bench.throughput import Throughput, measure_throughput, photos_per_second, rate, summary


def test_the_ratio_compares_within_a_round() -> None:
    """A slow minute slows both sides of one round."""
    assert Throughput(one=2.0, two=3.6, ratio=1.9) == summary([(2.0, 3.6), (1.0, 1.9), (3.0, 6.0)])


def test_photos_per_second_is_what_a_worker_did_in_its_own_time() -> None:
    """The last photo may end after the time is over."""
    assert 2.5 == photos_per_second({"photos": 10, "seconds": 4.0})


@pytest.mark.stack
def test_a_worker_renders_until_its_time_is_over(tmp_path: Path) -> None:
    """At least one photo, on the core that it was given."""
    path = tmp_path / "a.jpg"
    Image.radial_gradient("L").resize((600, 400)).convert("RGB").save(path)

    assert rate(path, sorted(os.sched_getaffinity(0))[:1], 0.1) > 0


def test_one_core_cannot_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """None, not a guess."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})

    assert measure_throughput(Path("a.jpg"), seconds=1, rounds=1) is None


def test_rounds_take_turns_with_the_core_that_works_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """One core may be busier than the other."""
    asked: list[list[int]] = []
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 7})
    monkeypatch.setattr(throughput, "rate", lambda _, cores, __: asked.append(list(cores)) or float(len(cores)))

    assert Throughput(one=1, two=2, ratio=2) == measure_throughput(Path("a.jpg"), seconds=1, rounds=2)
    assert [[3], [3, 7], [7], [3, 7]] == asked
