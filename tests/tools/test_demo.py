"""``make up``: a newcomer's first minute works."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tools import demo


def test_a_newcomer_gets_renditions_and_is_told_where(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Every photo but the damaged one is rendered, and the closing words name the folders."""
    assert demo.main(["--out", str(tmp_path)]) == 0

    made = sorted((tmp_path / "renditions").rglob("*_large.jpg"))
    assert len(made) == len(demo.PHOTOS) - 1
    sideways = next(path for path in made if "held sideways" in path.name)
    with Image.open(sideways) as image:
        assert (3000, 2000) == image.size
    out, _ = capfd.readouterr()
    assert f"  renditions  {tmp_path / 'renditions'}\n" in out
