"""The configuration of mutation tests: mutmut skips modules and tests that do not exist without a word."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
MUTMUT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]


@pytest.mark.parametrize("path", [*MUTMUT["only_mutate"], *MUTMUT["pytest_add_cli_args_test_selection"]])
def test_targets_exist(path: str) -> None:
    """A module or a test that was renamed is renamed in the configuration too."""
    assert (ROOT / path).is_file()
