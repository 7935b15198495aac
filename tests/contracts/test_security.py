"""The threat model names a test for each defence, and every test that it names exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)))
SECTIONS = re.findall(r"^### ([^\n]+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)


@cache
def functions_of(file: str) -> frozenset[str]:
    """Name the tests of a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def test_every_named_test_exists() -> None:
    """A defence whose test is gone is a claim."""
    assert len(NAMED) > 100
    assert [] == [(file, name) for file, name in NAMED if name not in functions_of(file)]


@pytest.mark.parametrize(("title", "text"), SECTIONS, ids=[title for title, _ in SECTIONS])
def test_every_attack_has_a_test(title: str, text: str) -> None:
    """Each section ends in what shows it."""
    assert "::test_" in text, title


def test_the_page_speaks_of_everything_that_it_must() -> None:
    """Assets, boundaries, attacks with their defences, and what is out of scope; all attacks of the specification."""
    titles = " ".join(title for title, _ in SECTIONS)

    parts = ["Assets", "Boundaries", "Attacks, defences, tests", "Findings of the reviews", "Out of scope"]
    assert parts == re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    for word in ("SSRF", "tokens", "sessions", "traversal", "header injection", "scripts", "Secrets", "Roles"):
        assert word in titles
    assert "Dependencies" in titles
