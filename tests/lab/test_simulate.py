"""The simulation keeps to the rules of queues."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from lab.simulate.__main__ import main
from lab.simulate.lane import COLD_START_S, DELIVERY_S, WARM_FOR_S, Lane, Photo
from lab.simulate.load import uploads
from lab.simulate.scenario import chance, one_queue, percentile, two_lanes


def test_a_lane_never_runs_more_at_once_than_it_may() -> None:
    """Ten photos at the same time in a lane of three: one after the other in each."""
    done = list(Lane(3).run([Photo(0.0, 1.0)] * 10))

    for one in done:
        assert 3 >= sum(other.began <= one.began < other.ended for other in done)
    assert DELIVERY_S + COLD_START_S + 4 == pytest.approx(max(one.ended for one in done))


def test_no_message_waits_while_a_sandbox_is_idle() -> None:
    """And the one that was used last is warm."""
    first, second, third = Lane(2).run([Photo(0.0, 1.0), Photo(10.0, 1.0), Photo(20.0 + WARM_FOR_S, 1.0)])

    assert COLD_START_S + 1 == pytest.approx(first.billed_s)
    assert (10.0 + DELIVERY_S, 1.0) == pytest.approx((second.began, second.billed_s))
    assert COLD_START_S + 1 == pytest.approx(third.billed_s)


def test_uploads_come_in_order_and_the_same_each_time() -> None:
    """A chart can only be repeated when chance can."""
    times = [photo.arrives for photo in uploads(20_000.0, chance(1))]

    assert all(before <= after for before, after in pairwise(times))
    assert times == [photo.arrives for photo in uploads(20_000.0, chance(1))]
    assert len(times) > 2000


def test_every_photo_is_rendered_once_whatever_the_way() -> None:
    """Work is neither lost nor invented; only the order of waiting differs."""
    lanes = two_lanes(5000, backfill_concurrency=10, uploads_concurrency=100)
    queue = one_queue(5000, concurrency=110, until_s=lanes.drained_s)

    assert (5000, 5000) == (len(lanes.ends), len(queue.ends))
    assert len(lanes.uploads) == len(queue.uploads)
    assert [5000, 0] == list(lanes.left_at([0.0, lanes.drained_s]))
    worst = [max(one.latency_s for one in way.uploads) for way in (lanes, queue)]
    assert worst[0] < worst[1]


def test_a_percentile_is_a_value_that_occurred() -> None:
    """The largest one at the end."""
    assert (2.0, 4.0, 4.0) == tuple(percentile([4.0, 1.0, 3.0, 2.0], share) for share in (0.25, 0.99, 1.0))


def test_the_command_prints_a_table_and_draws_a_chart(tmp_path: Path) -> None:
    """The figures of docs/operations.md come from here."""
    done = CliRunner().invoke(main, ["--photos", "3000", "--chart", str(tmp_path / "chart.svg")])

    assert 0 == done.exit_code
    lines = done.stdout.splitlines()
    assert 6 == len(lines)
    assert lines[2].startswith("| two lanes, backfill 10 at once |")
    assert (tmp_path / "chart.svg").read_text().startswith("<svg ")
