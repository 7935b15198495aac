"""Tests of the prices on the operators' page."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from local.front.gallery.costs import STACK, edits_usd, photos_usd
from processor.cli.cost import cost


def rows(*options: str) -> list[dict[str, object]]:
    """Run ``darkroom cost`` for the stack that the embedded one is derived from."""
    said = CliRunner().invoke(cost, ["--stack", str(STACK), "--json", "--views-per-photo", "0", *options])
    return [json.loads(line) for line in said.output.splitlines()]


def test_photos_cost_what_the_command_says() -> None:
    """The receipts' compute, and the requests of ``darkroom cost``."""
    million = rows("--photos", "1000000", "--new-per-month", "0", "--edits-per-month", "0")
    requests = sum(float(str(row["usd"])) for row in million if row["due"] == "once" and "ms" not in str(row["of"]))

    assert requests + 13.94 == pytest.approx(photos_usd(compute_usd=13.94, rendered=1_000_000), rel=1e-6)


def test_edits_cost_what_the_command_says() -> None:
    """All rows of the edits."""
    with_edits = rows("--photos", "0", "--new-per-month", "0", "--edits-per-month", "30000")
    edits = [row for row in with_edits if str(row["of"]).startswith("30,000 edits")]

    assert 7 == len(edits)
    assert sum(float(str(row["usd"])) for row in edits) == pytest.approx(edits_usd(30_000), rel=1e-5)
