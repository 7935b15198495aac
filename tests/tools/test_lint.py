"""Tests of the style rules that ``make lint`` checks besides ruff."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools.lint import findings, repository_files

WHO, NO = "who" + "ever", "no" + "body"


def lint(folder: Path, files: dict[str, str]) -> list[str]:
    """Write *files* below *folder* and return the findings."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return [str(one) for one in findings(folder, map(Path, files))]


@pytest.mark.parametrize("word", [WHO, NO, WHO.capitalize(), NO.upper(), "Say" + " it"])
def test_odd_words_are_found_with_file_and_line(tmp_path: Path, word: str) -> None:
    """Anywhere in code or text."""
    expected = f'a.md:2: "{word}": name the subject, or use the passive voice'
    assert [expected] == lint(tmp_path, {"a.md": f"# Title\nFor {word} reads.\n"})


@pytest.mark.parametrize("word", ["What", "Who", "Where", "How", "Whether", "When", "Why"])
@pytest.mark.parametrize(
    ("code", "line"),
    [('"""{} a photo needs."""', 1), ('def f():\n    """{} f does."""', 2), ('class C:\n    """{} it is."""', 2)],
)
def test_a_docstring_that_opens_with_a_clause_is_found(tmp_path: Path, word: str, code: str, line: int) -> None:
    """Of modules, functions and classes alike."""
    expected = f'a.py:{line}: docstring opens with "{word}": start with an imperative verb or a noun'
    assert [expected] == lint(tmp_path, {"a.py": code.format(word)})


def test_a_class_name_may_stand_once_in_the_shared_packages(tmp_path: Path) -> None:
    """Private classes, nested ones, and those of tests and tools do not count."""
    files = {
        "processor/a.py": "class Job: ...\nclass _Walk: ...",
        "components/b.py": "import x\nclass Job: ...\nclass _Walk: ...",
        "local/c.py": "def f():\n    class Job: ...",
        "tests/d.py": "class Job: ...",
    }
    expected = "components/b.py:2: class Job exists in processor/a.py too: give one of them another name"
    assert [expected] == lint(tmp_path, files)


def test_plain_text_passes(tmp_path: Path) -> None:
    """Verbs and nouns open docstrings; questions may stand inside them, and in other strings."""
    code = '"""Howl at the moon. What for?"""\nTEXT = """What is this?"""\n'
    assert [] == lint(tmp_path, {"a.py": code, "b.md": "What a photo needs.\n"})


def test_new_files_are_checked_before_they_are_added(tmp_path: Path) -> None:
    """Ignored files and other kinds are not."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)  # noqa: S607 - git is where the machine has it
    (tmp_path / ".gitignore").write_text("out\n")
    (tmp_path / "out").mkdir()
    for name in ("new.py", "new.md", "new.txt", "out/old.py"):
        (tmp_path / name).touch()

    assert [Path("new.md"), Path("new.py")] == repository_files(tmp_path)
