"""Commands as documents print them: found in Markdown, and checked without being run."""

from __future__ import annotations

import re
import runpy
import shlex
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from functools import cache
from importlib.util import find_spec
from io import StringIO
from itertools import groupby
from pathlib import Path
from unittest.mock import patch

import click
import pytest

from darkroom.cli import cli
from tests.contracts.calls import ROOT

FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`((?:\S*/)?(?:darkroom|make|python3?)\s[^`]*)`")
BETWEEN_COMMANDS = {"|", "||", "&&", ";", ">", "<", "2>"}


def fenced(path: Path) -> Iterator[str]:
    """Yield the lines of a document's ``sh`` blocks, continued ones joined."""
    for kind, block in FENCE.findall(path.read_text(encoding="utf-8")):
        if kind == "sh":
            yield from lines_of(block.replace("\\\n", " "))


def lines_of(block: str) -> Iterator[str]:
    """Yield the commands of a block; a quoted text may go over several lines."""
    waiting = ""
    for line in block.splitlines():
        waiting = f"{waiting}\n{line}".strip()
        try:
            words = shlex.split(waiting, comments=True)
        except ValueError:
            continue
        if words:
            yield waiting
        waiting = ""
    assert not waiting, f"expected every quotation to end: {waiting}"


def inline(path: Path) -> Iterator[str]:
    """Yield the commands that stand in a document's sentences."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    yield from (" ".join(found.split()) for found in INLINE.findall(text))


def commands_of(line: str) -> list[list[str]]:
    """Split a line of shell into its simple commands."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split, lexer.commenters = True, "#"
    parts = [[*words] for stop, words in groupby(lexer, BETWEEN_COMMANDS.__contains__) if not stop]
    return [part for part in parts if part]


def check(words: Sequence[str], *, whole: bool) -> None:
    """Raise AssertionError or click.UsageError when a command cannot be typed so.

    *whole*: nothing is left out, so that every argument must be there. Programs of others are not looked at.
    """
    program, rest = words[0].rpartition("/")[2], words[1:]
    if program == "darkroom":
        parsed(words) if whole else named(rest)
    elif program == "make":
        check_make(rest)
    elif program.startswith("python") and rest[:1] == ["-m"]:
        assert words[0].startswith(".venv/"), f"{shlex.join(words)}: expected .venv/bin/python, which has the packages"
        check_module(rest[1], rest[2:])


def parsed(words: Sequence[str]) -> None:
    """Read a whole ``darkroom`` command as click does; raise click.UsageError when it is wrong."""
    group, context, rest = cli, click.Context(cli, info_name="darkroom"), [*words[1:]]
    while True:
        name, command, rest = group.resolve_command(context, rest)
        assert command is not None
        context = command.make_context(name, rest, parent=context)
        if not isinstance(command, click.Group):
            return
        group, rest = command, [*context._protected_args, *context.args]


def named(words: Sequence[str]) -> None:
    """Raise when a ``darkroom`` command, or one of the options that are named, does not exist."""
    command: click.Command = cli
    for word in words:
        if isinstance(command, click.Group) and not word.startswith("-"):
            found = command.get_command(click.Context(command), word)
            assert found is not None, f"darkroom {word}: no such command"
            command = found
    known = {option for one in command.get_params(click.Context(command)) for option in one.opts}
    assert set() == {word.partition("=")[0] for word in words if word.startswith("--")} - known


def check_make(words: Sequence[str]) -> None:
    """Raise when a target does not exist, or when ARGS is nothing that its command takes."""
    command = ["make", "--dry-run", "VENV=.venv", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    if any(word.startswith("ARGS=") for word in words):
        last = next(line for line in reversed(done.stdout.splitlines()) if ".venv/bin/" in line)
        check(shlex.split(last.removeprefix("@")), whole=True)


def check_module(module: str, words: Sequence[str]) -> None:
    """Raise when a module does not exist, or does not know one of the options."""
    assert find_spec(module), f"python -m {module}: no such module"
    options = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert set() == {option for option in options if option not in help_of(module)}


@cache
def help_of(module: str) -> str:
    """Return what ``python -m MODULE --help`` prints.

    Modules whose libraries the tests have loaded anyway run in this process; Locust would patch it, and pytest runs in
    it already. Options come from pytest's plugins, none from our fixtures, which take a second to load.
    """
    if module.partition(".")[0] in {"lab", "tools"}:
        return printed_by(module)
    command = [sys.executable, "-m", module, "--help", *(["--noconftest"] if module == "pytest" else [])]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def printed_by(module: str) -> str:
    """Run a module of ours with ``--help`` in this process."""
    out = StringIO()
    with warnings.catch_warnings(), patch.object(sys, "argv", [module, "--help"]), redirect_stdout(out):
        # Python warns when a test has imported the module before: runpy runs it a second time, as the main module.
        warnings.filterwarnings("ignore", "'.*' found in sys.modules", RuntimeWarning)
        with pytest.raises(SystemExit) as end:
            runpy.run_module(module, run_name="__main__")
    assert not end.value.code, f"python -m {module} --help: exited with {end.value.code}"
    return out.getvalue()
