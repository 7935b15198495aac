"""Check the rules of style that ruff does not know: plain words, docstrings without riddles, one class per name.

    python -m tools.lint

Prints ``file:line: finding`` and exits with 1 when there is any.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
# Written so that a search of the repository for these words does not find this file.
WORDS: Final = re.compile(r"(?i:who(?:ever)|no(?:body))|\bSay[ ]it\b")
CLAUSE: Final = re.compile(r"(What|Who|Where|How|Whether|When|Why)\b")
SHARED_PACKAGES: Final = ("components", "local", "processor")


class Finding(NamedTuple):
    """One violation, at a line of a file below the root."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        """Return ``file:line: finding``, which editors can follow."""
        return f"{self.path}:{self.line}: {self.text}"


def repository_files(root: Path) -> list[Path]:
    """List all Python and Markdown files that git knows or would add, relative to *root*."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.py", "*.md"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout  # noqa: S603
    return [Path(name) for name in sorted(set(listed.split("\0"))) if name and (root / name).is_file()]


def findings(root: Path, files: Iterable[Path]) -> Iterator[Finding]:
    """Check *files*, which are relative to *root*."""
    classes: dict[str, list[tuple[Path, int]]] = defaultdict(list)
    for path in files:
        text = (root / path).read_text(encoding="utf-8")
        yield from odd_words(path, text)
        if path.suffix == ".py":
            tree = ast.parse(text, filename=str(path))
            yield from clauses(path, tree)
            if path.parts[0] in SHARED_PACKAGES:
                for node in public_classes(tree):
                    classes[node.name].append((path, node.lineno))
    yield from duplicates(classes)


def odd_words(path: Path, text: str) -> Iterator[Finding]:
    """Find words that make riddles."""
    for number, line in enumerate(text.splitlines(), 1):
        if found := WORDS.search(line):
            yield Finding(path, number, f'"{found[0]}": name the subject, or use the passive voice')


def clauses(path: Path, tree: ast.Module) -> Iterator[Finding]:
    """Find docstrings that open with a clause ("What a photo needs") where a verb or a noun belongs."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if found := CLAUSE.match(ast.get_docstring(node) or ""):
            line = node.body[0].lineno
            yield Finding(path, line, f'docstring opens with "{found[0]}": start with an imperative verb or a noun')


def public_classes(tree: ast.Module) -> list[ast.ClassDef]:
    """List the classes at the top level of a module, except private ones."""
    return [node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]


def duplicates(classes: dict[str, list[tuple[Path, int]]]) -> Iterator[Finding]:
    """Find classes whose name another module of the shared packages uses too."""
    for name, places in classes.items():
        for path, line in places[1:]:
            yield Finding(path, line, f"class {name} exists in {places[0][0]} too: give one of them another name")


def main() -> int:
    """Print all findings; return the exit code."""
    found = list(findings(ROOT, repository_files(ROOT)))
    for one in found:
        print(one)  # noqa: T201 - a command's output
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
