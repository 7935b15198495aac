"""The photos that the first steps are tried with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.factories.photos import scene, scenery
from tools.demo import PHOTOS, demo


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw every scene at an eighth of its size: twelve large ones take long, and their size is not the point."""

    def shrunk(draw: Any) -> Any:
        return lambda width, height, *more, **named: draw(width // 8, height // 8, *more, **named)

    for module, names in ((scenery, ("flower", "lights", "mountains", "night", "sea")), (scene, ("scene",))):
        for name in names:
            monkeypatch.setattr(module, name, shrunk(getattr(module, name)))


def test_a_newcomer_sees_each_photo_drawn_and_where_it_is(tmp_path: Path) -> None:
    """Every photo is drawn under its name, none of them empty; each has its line before it is drawn."""
    done = CliRunner().invoke(demo, ["--out", str(tmp_path)])

    drawn = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert set(PHOTOS) == set(drawn)
    assert min(drawn.values()) > 1000
    assert [*(f"{at}/12 {name}" for at, name in enumerate(PHOTOS, 1)), f"Drew 12 photos into {tmp_path}."] == [
        line.removesuffix(" (damaged on purpose)") for line in done.stdout.splitlines()
    ]
    assert "12/12 cut in half.jpg (damaged on purpose)" in done.stdout


def test_only_the_photos_that_are_named_are_drawn(tmp_path: Path) -> None:
    """The stack's welcome asks for one."""
    done = CliRunner().invoke(demo, ["phone.heic", "--out", str(tmp_path)])

    assert (0, ["phone.heic"]) == (done.exit_code, [path.name for path in tmp_path.iterdir()])
    assert f"1/1 phone.heic\nDrew 1 photo into {tmp_path}.\n" == done.stdout


def test_an_unknown_name_lists_the_photos(tmp_path: Path) -> None:
    """Nothing is drawn, and the message says what could be."""
    done = CliRunner().invoke(demo, ["phone.jpg", "--out", str(tmp_path)])

    assert (2, []) == (done.exit_code, [*tmp_path.iterdir()])
    assert "'phone.heic'" in done.stderr
