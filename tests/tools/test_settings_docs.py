"""The settings reference is never older than the models."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import settings_docs

REFERENCE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_committed_reference_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    """A change of a model needs `make docs`."""
    settings_docs.main()

    assert capsys.readouterr().out == REFERENCE.read_text(encoding="utf-8")


def test_every_setting_of_the_tree_is_described() -> None:
    """Every depth of the tree is on the page."""
    text = settings_docs.reference()

    for row in (
        "| `memory_mib` | `1769` | a whole number from 128 to 10240 |",
        "| `sizes.<name>.width` | required | a whole number from 1 to 16383 |",
        "| `quality.avif` | `60` | a whole number from 1 to 100 |",
        "| `auth.issuer` | required | an https:// address |",
        "| `domain` | none | a host name in lower case, without scheme or path |",
        "| `MAX_IMAGE_SIZE` | Largest source file. |",
    ):
        assert row in text
