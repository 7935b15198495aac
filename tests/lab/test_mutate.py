"""Mutation testing, tried on modules whose mutants can be counted by hand."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from lab.mutate.mutants import mutants_of
from lab.mutate.targets import TARGETS
from lab.mutate.trial import Fate, trial

ROOT = Path(__file__).parents[2]
FITS = '''
"""CommandOutput of the module."""
LIMIT: int = 3


def fits(size: int) -> bool:
    """CommandOutput of the function."""
    return size <= LIMIT
'''


def changes(source: str) -> list[str]:
    """List what mutants change."""
    return [f"{one.before} → {one.after}" for one in mutants_of(source)]


def test_every_part_of_a_module_is_changed_once_but_its_words() -> None:
    """Neither docstrings nor annotations: no test of behaviour could notice."""
    assert [
        "3 → 4",
        "3 → 2",
        "return size <= LIMIT → return None",
        "size <= LIMIT → size < LIMIT",
        "size <= LIMIT → size > LIMIT",
    ] == changes(FITS)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = b and c", ["b and c → b or c", "b and c → b", "b and c → c"]),
        ("a = not b", ["not b → b"]),
        ("a = b + c", ["b + c → b - c"]),
        ("a = max(b)", ["max → min"]),
        ("a = b.rpartition(c)", ["b.rpartition → b.partition"]),
        ("if a:\n    raise ValueError('text')", ["if a: → if not a:", "raise ValueError('text') → pass"]),
        ("a = 'text'", ["'text' → 'text!'"]),
        ("a = True", ["True → False"]),
    ],
)
def test_each_kind_of_wrong(source: str, expected: list[str]) -> None:
    """Comparisons, arithmetic, constants, conditions, and what a statement does."""
    assert expected == changes(source)


def test_a_mutant_differs_from_its_module_in_one_place() -> None:
    """The module itself stays as it was, whatever was made of it before."""
    first, *_, last = mutants_of(FITS)

    assert ast.unparse(ast.parse(FITS)).replace("LIMIT: int = 3", "LIMIT: int = 4") == ast.unparse(first.tree)
    assert ast.unparse(ast.parse(FITS)).replace("<=", ">") == ast.unparse(last.tree)


@pytest.mark.parametrize(
    ("body", "fate"),
    [
        ("def test_it():\n    assert tried.fits(3) and not tried.fits(4)", Fate.KILLED),
        ("def test_it():\n    assert not tried.fits(9)", Fate.SURVIVED),
        ("import time\n\n\ndef test_it():\n    while not tried.fits(3): time.sleep(0.1)", Fate.HUNG),
    ],
    ids=["a test that notices", "a test that does not", "a test that waits for it"],
)
def test_a_mutant_is_tried_in_a_process_of_its_own(
    body: str, fate: Fate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its tests import the mutant; nothing is written where the module stands."""
    (tmp_path / "tried.py").write_text(FITS, encoding="utf-8")
    (tmp_path / "test_tried.py").write_text(f"import tried\n\n\n{body}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    wrong = next(one for one in mutants_of(FITS) if one.after == "size < LIMIT")

    assert fate == trial(Path("tried.py"), wrong.tree, ["--rootdir", str(tmp_path), "test_tried.py"], hang_s=10)

    assert FITS == (tmp_path / "tried.py").read_text(encoding="utf-8")


def test_targets_exist() -> None:
    """A module that was moved is no longer tried by anybody."""
    assert [] == [str(path) for path in TARGETS if not (ROOT / path).is_file()]
    assert [] == [test for tests in TARGETS.values() for test in tests if not (ROOT / of_file(test)).exists()]


def of_file(argument: str) -> str:
    """Name the file of an argument of pytest."""
    return argument.removeprefix("--deselect=").partition("::")[0]
