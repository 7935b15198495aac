"""Tests of the runbook's sections."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from local.front.errors import Refusal
from local.front.gallery.runbook import BOOK, section


def test_every_anchor_of_the_runbook_leads_to_a_section() -> None:
    """Each has a title and says what to do."""
    names = re.findall(r'<a id="([^"]+)">', BOOK.read_text(encoding="utf-8"))

    assert len(names) > 10
    for name in names:
        found = section(name)
        assert found["title"]
        assert "**Action**" in found["text"]
        assert "<a id=" not in found["text"]


def test_an_unknown_alarm_has_no_runbook(tmp_path: Path) -> None:
    """Nor has any where the docs are not installed."""
    with pytest.raises(Refusal, match="There is no runbook for 'x' here"):
        section("x")
    with pytest.raises(Refusal, match="There is no runbook for 'uploads-wait' here"):
        section("uploads-wait", tmp_path / "none.md")
