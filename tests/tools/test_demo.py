"""The photos that the first steps are tried with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import demo


def test_a_newcomer_gets_photos_and_is_told_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every photo is drawn under its name, none of them empty."""
    assert demo.main(["--out", str(tmp_path)]) == 0

    drawn = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert set(demo.PHOTOS) == set(drawn)
    assert min(drawn.values()) > 1000
    said = f"Drew {len(demo.PHOTOS)} photos into {tmp_path}; one of them is damaged on purpose.\n"
    assert said == capsys.readouterr().out
