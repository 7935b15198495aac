from __future__ import annotations

import pytest

from bench.starts import SLICES, Start, start_once, summary, told


@pytest.mark.stack
@pytest.mark.parametrize("function", SLICES)
def test_every_function_starts_from_what_it_is_told(function: str) -> None:
    """In a fresh process, without anything that only some photos or addresses need."""
    report = start_once(function)

    assert [] == report["heavy"]
    assert report["cpu_ms"] > 0
    assert "bench" == told(function)["DARKROOM_STACK"]


def test_a_start_is_the_median_and_keeps_every_early_library() -> None:
    """One start that loaded it is enough."""
    reports = [
        {"cpu_ms": 300.0, "wall_ms": 310.0, "heavy": []},
        {"cpu_ms": 340.0, "wall_ms": 400.0, "heavy": ["numpy"]},
        {"cpu_ms": 310.0, "wall_ms": 320.0, "heavy": ["PIL", "numpy"]},
    ]

    assert Start(function="edit", cpu_ms=310.0, wall_ms=320.0, heavy=("PIL", "numpy")) == summary("edit", reports)
