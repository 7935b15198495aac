from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.cases import CASES
from bench.page import UnknownTable, filled, tables_of
from bench.page_tables import budgets_table, cases_table, choice_table, function_table, memory_table, peers_table
from bench.pricing import Tariff, gb_seconds_per_1000
from bench.results import Results
from bench.run import DARKROOM, SHARP, Missing
from bench.sandboxed import Refused
from bench.starts import Start
from processor.ops.cost.prices import load_prices
from tests.factories.measured import measured, sandboxed


def results(**parts: Any) -> Results:
    """Make a run on a made-up machine."""
    here = {"date": "2025-11-21", "cores": 2, "cpu": "Z80", "architecture": "x86_64", "python": "3.13.0"}
    return Results(machine=here, repeats=7, tariff=Tariff.of_defaults(load_prices()), **parts)


@pytest.fixture
def run() -> dict[str, Any]:
    """Return the JSON of a run, as it is read back."""
    outcomes = [measured(DARKROOM, wall_ms=200), measured("pillow", wall_ms=500), Missing(peer=SHARP, reason="no npm")]
    found = results(
        cases={CASES[0]: outcomes},
        function=sandboxed(),
        billed=Refused(ending="no quota"),
        starts=[Start(function="rendition", cpu_ms=300, wall_ms=320, heavy=())],
    )
    return json.loads(json.dumps(found.as_json()))


def memory() -> dict[str, Any]:
    """Return the JSON of a memory curve."""
    point: dict[str, Any] = {"kind": "RAW", "seconds": 1.5, "usd_per_1000": 0.02, "failure": "", "fits": True}
    points = [
        point | {"memory_mib": 512, "failure": "DECODE_TIMEOUT", "fits": False},
        point | {"memory_mib": 768, "fits": False},
        point | {"memory_mib": 3008},
    ]
    return {"default_mib": 3008, "points": points, "cheapest": {"RAW": 3008}, "one_for_all": {"3008": 0.02}}


def test_every_budget_has_its_line_whatever_was_measured() -> None:
    """Nothing is left out silently: what was not measured is unknown."""
    assert ["unknown"] * 18 == [verdict.word for verdict in results().verdicts()]


def test_peers_are_billed_for_their_wall_time() -> None:
    """A second at 3,008 MiB, a thousand times."""
    assert 2937.5 == gb_seconds_per_1000(1000)
    assert 0.0392 == round(results().tariff.compute_usd(1000), 4)


def test_json_holds_figures_bills_and_verdicts(run: dict[str, Any]) -> None:
    """One file, so that runs can be compared."""
    ours, _, sharp = run["cases"][0]["peers"]

    assert (200, 587.5) == (ours["wall_ms"], ours["gb_seconds_per_1000"])
    assert {"peer": "sharp", "reason": "no npm"} == sharp
    assert {"ending": "no quota"} == run["billed"]
    assert "met" == next(it["verdict"] for it in run["budgets"] if "overhead" in it["budget"])


def test_the_pages_tables_say_what_the_json_says(run: dict[str, Any]) -> None:
    """Ratios to Darkroom, the reason of what is missing, an ending instead of times."""
    assert "| 24 MP camera JPEG | 200 ms / 100 ms / 100 MiB | 2.5 × | cannot |" in cases_table(run)
    assert "| sharp | missing: no npm |" in peers_table(run)
    assert "| 24 MP JPEG, CPU share of its memory | no quota |" in function_table(run)
    assert "| 100 MP JPEG | not measured |" in function_table(run)
    assert "| rendition cold start ≤ 350 ms CPU | 300 ms | met |" in budgets_table(run)


def test_the_memory_table_brackets_what_does_not_fit() -> None:
    """And names the verdict of what was not rendered."""
    table = memory_table(memory())

    assert "| 512 | DECODE_TIMEOUT |" in table
    assert "| 768 | (1.50 s, $0.0200) |" in table
    assert "| 3,008 | 1.50 s, $0.0200 |" in table
    assert "| the default: $0.0200 per 1,000, mean of the kinds | 3,008 |" in choice_table(memory())


def test_tables_are_written_between_their_marks_only() -> None:
    """Hand-written text stays; a table that was not measured stays as it was."""
    page = (
        "before\n<!-- bench:starts -->\nold\n<!-- /bench -->\nbetween\n<!-- bench:memory -->\nkept\n<!-- /bench -->\n"
    )

    written = filled(page, {"starts": "new\n"})

    assert page.replace("old", "new") == written


def test_a_mark_without_a_table_is_an_error() -> None:
    """A misspelt name would keep old figures for ever."""
    with pytest.raises(UnknownTable, match="found bench:startz"):
        filled("<!-- bench:startz -->\n<!-- /bench -->", {})


def test_only_the_tables_of_files_that_are_there_are_made(tmp_path: Path, run: dict[str, Any]) -> None:
    """The memory curve needs a machine that can limit CPU time."""
    (tmp_path / "run.json").write_text(json.dumps(run))

    assert {"machine", "budgets", "cases", "peers", "versions", "function", "starts"} == set(tables_of(tmp_path))

    (tmp_path / "memory.json").write_text(json.dumps(memory()))

    assert {"memory", "choice"} <= set(tables_of(tmp_path))
