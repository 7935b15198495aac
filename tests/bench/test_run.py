"""Peers take turns, each in its own process."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench.job import Job, Output
from bench.run import Command, Measurement, Missing, measure_all, python_worker
from bench.worker import CANNOT_RUN
from testkit.photos.jpeg import jpeg

TURNS = """
import json, sys, time
name, log = sys.argv[1:]
for number, _ in enumerate(sys.stdin):
    with open(log, "a") as file:
        print(name, number, file=file)
    cold = {"cold_ms": 100.0, "peak_rss_mib": 50.0, "outputs": [{"width": 4, "height": 3, "bytes": 9}], "versions": {}}
    print(json.dumps({"wall_ms": [0, 30.0, 90.0, 40.0][number], "cpu_ms": 7.0} if number else cold), flush=True)
"""


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """Ask for two small renditions."""
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(jpeg())
    return Job(path=photo, boxes=((20, 20), (60, 60)), quality=80, scratch=tmp_path)


def peer(text: str, *arguments: str) -> Command:
    """Make a peer of a few lines."""
    return lambda _: [sys.executable, "-c", text, *arguments]


@pytest.mark.stack
def test_peers_render_round_by_round(job: Job, tmp_path: Path) -> None:
    """Cold ones first; then all of a round before any of the next; a median is taken of the warm ones."""
    log, heard = tmp_path / "log", list[str]()
    peers = {name: peer(TURNS, name, str(log)) for name in "ab"}

    found = measure_all(job, repeats=3, on_peer=heard.append, peers=peers)

    assert ["a 0", "b 0", "a 1", "b 1", "a 2", "b 2", "a 3", "b 3"] == log.read_text().splitlines()
    assert ["a", "b", "a, round 1 of 3", "b, round 1 of 3"] == heard[:4]
    outputs = (Output(width=4, height=3, bytes=9),)
    common = {"wall_ms": 40.0, "cpu_ms": 7.0, "cold_ms": 100.0, "peak_rss_mib": 50.0, "outputs": outputs}
    assert [Measurement(peer=name, versions={}, **common) for name in "ab"] == found  # pyright: ignore[reportArgumentType]


@pytest.mark.stack
def test_a_peer_that_cannot_run_is_missing_with_its_reason(job: Job) -> None:
    """The others are measured all the same."""
    peers = {
        "absent": lambda _: ["no-such-program"],
        "refuses": peer(f"import sys; print('reads no such photo', file=sys.stderr); sys.exit({CANNOT_RUN})"),
        "Darkroom": python_worker("darkroom"),
    }

    absent, refuses, ours = measure_all(job, repeats=1, on_peer=lambda _: None, peers=peers)

    assert Missing(peer="absent", reason="no-such-program is not there") == absent
    assert Missing(peer="refuses", reason="reads no such photo") == refuses
    assert isinstance(ours, Measurement)
    assert 4 == len(ours.outputs)
    assert min(ours.wall_ms, ours.cpu_ms, ours.cold_ms, ours.peak_rss_mib) > 0


@pytest.mark.stack
@pytest.mark.parametrize(
    "text",
    ["raise KeyError('oh')", TURNS.replace("if number else cold", "if number else cold); number and sys.exit('oh'")],
    ids=["at once", "in its second run"],
)
def test_a_worker_that_breaks_is_our_own_fault(job: Job, tmp_path: Path, text: str) -> None:
    """Not a figure that is missing."""
    with pytest.raises(RuntimeError, match=r"^a: the worker ended with code 1:\n(?s:.*)oh"):
        measure_all(job, repeats=3, on_peer=lambda _: None, peers={"a": peer(text, "a", str(tmp_path / "log"))})
