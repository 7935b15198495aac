"""``darkroom``: one list of commands, each imported when it runs, each with an example that can be typed."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires
from importlib.util import find_spec

import click
import pytest

from darkroom import cli as command_line
from darkroom.cli import ENTRIES, EXTRAS, cli, not_installed, run
from tests.contracts.calls import ROOT
from tests.factories.typed import parsed

INTERRUPTED = "Error: interrupted before anything began"


def every_command() -> Iterator[tuple[str, click.Command]]:
    """Return each command, and those of groups, under the words that name it."""
    for name in ENTRIES:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {word}", one) for word, one in command.commands.items())


COMMANDS = dict(every_command())


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_shows_an_example_that_can_be_typed(words: str) -> None:
    """The examples parse: the command exists, its options exist, their values are of the right kind."""
    shown = COMMANDS[words].get_help(click.Context(COMMANDS[words], info_name=f"darkroom {words}"))
    _, _, examples = shown.partition("Examples:\n")

    assert examples.strip()
    for line in examples.splitlines():
        assert f"darkroom {words.split(maxsplit=1)[0]}" in line
        parsed(shlex.split(line))


@pytest.mark.parametrize("name", ENTRIES)
def test_the_list_of_commands_shows_the_summary_of_each_command(name: str) -> None:
    """The list is written without importing the commands, so it could differ from them."""
    first_line = str(COMMANDS[name].help).partition("\n")[0]

    assert ENTRIES[name].summary == first_line


def imported_by(*arguments: str) -> set[str]:
    """Run a command and return the packages that it imported."""
    program = (
        "import atexit, sys; from darkroom.cli import run; "
        "atexit.register(lambda: print(*sys.modules)); run(sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}


PIXELS = {"PIL", "numpy", "pillow_heif", "pyvips", "rawpy"}
CLOUD = {"boto3", "botocore", "pulumi", "pulumi_aws"}


@pytest.mark.stack
@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (("--help",), PIXELS | CLOUD | {"rich", "yaml"}),
        (("parse", "resize to 50%"), PIXELS | CLOUD),
        (("render", "--help"), CLOUD | {"starlette", "fastapi"}),
        (("cost", "--stack", "dev"), PIXELS | CLOUD),
        (("status", "--folder", "/nonexistent"), PIXELS | CLOUD),
        (("up", "--help"), PIXELS | CLOUD),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_command_imports_only_what_it_needs(arguments: tuple[str, ...], unwanted: set[str]) -> None:
    """Libraries of other commands may be absent, and cost a second each."""
    assert not imported_by(*arguments) & unwanted


def test_a_command_without_its_extra_names_the_installation(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, no trace, exit code 2."""
    absent = {"awslambdaric", "pulumi"}
    monkeypatch.setattr(command_line, "find_spec", lambda name: None if name in absent else find_spec(name))

    assert 2 == run(["up", "--help"])
    expected = (
        "Error: darkroom up needs packages that are not installed (awslambdaric, pulumi): "
        "in Darkroom's folder, run pip install '.[local]' or uv tool install '.[local]'\n"
    )
    assert expected == capsys.readouterr().err


def test_a_long_list_of_missing_packages_is_shortened() -> None:
    """Three names are enough."""
    said = not_installed("up", "local", ["a", "b", "c", "d", "e"])

    assert said.startswith("darkroom up needs packages that are not installed (a, b, c and 2 more): ")


@pytest.mark.parametrize(("extra", "checked"), [("aws", "aws"), ("stack", "local")])
def test_the_check_for_an_extra_knows_each_of_its_packages(extra: str, checked: str) -> None:
    """A requirement that is added to pyproject.toml is added to the check too."""
    modules: dict[str, set[str]] = {}
    for module, distributions in packages_distributions().items():
        for one in distributions:
            modules.setdefault(one.lower().replace("_", "-"), set()).add(module)
    names = [
        re.split(r"[^A-Za-z0-9_.-]", line)[0].lower()
        for line in requires("darkroom") or ()
        if f"extra == '{extra}'" in line
    ]

    assert names
    assert [] == [name for name in names if not modules[name] & set(EXTRAS[checked])]


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["rendr"], 2, "Error: No such command 'rendr'. Did you mean 'render'? Try --help."),
        (["parse"], 2, "Error: Missing argument 'COMMAND'. Try --help."),
    ],
)
def test_wrong_usage_is_one_line(
    arguments: list[str], code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And exit code 2."""
    assert code == run(arguments)
    assert f"{line}\n" == capsys.readouterr().err


INTERRUPT_AT = """
import os, signal, sys
import darkroom

module = sys.argv.pop(1)

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
darkroom.main()
"""


@pytest.mark.stack
@pytest.mark.parametrize(
    ("module", "command"),
    [
        ("click", ("up", "--help")),
        ("processor.errors", ("render", "--help")),
        ("rich.console", ("render", "--help")),
        ("local.run.up", ("up", "--help")),
    ],
)
def test_an_early_interrupt_is_one_line(module: str, command: tuple[str, ...]) -> None:
    """Ctrl-C in the first moments, while Python imports *module*: no trace."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPT_AT, module, *command], capture_output=True, text=True, check=False
    )

    assert (130, "", f"\n{INTERRUPTED}\n") == (done.returncode, done.stdout, done.stderr)
