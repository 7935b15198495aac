"""Tests of ``darkroom up``, ``status``, ``logs``, ``down`` that fail: one line, no trace."""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from darkroom.cli import cli, run
from local.run import orphans, places, up
from local.run.places import DEFAULT, darkroom
from local.run.run_dir import RunDir
from local.run.up import Options, Up

GOODBYE = "stopped: no process and no open port is left"


@pytest.fixture(autouse=True)
def _keeps_processes_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep `up`, which runs in this process, from ending processes of other tests, such as a shared stack."""
    monkeypatch.setattr(orphans, "adopt_orphans", lambda: None)
    monkeypatch.setattr(orphans, "kill_descendants", lambda *_: [])


def lines_of_up(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Try to start, expect exit code 1, return the output."""
    with pytest.raises(SystemExit) as ended:
        run(["up", "--port-base", "0", "--folder", str(folder)])
    assert 1 == ended.value.code
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize(
    ("folder", "reason"),
    [(Path("/proc/darkroom"), "No such file or directory"), (Path(__file__) / "below", "Not a directory")],
    ids=["impossible", "below a file"],
)
def test_a_folder_that_cannot_be_is_one_line(folder: Path, reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With the reason, and what to do."""
    expected = f"up: {folder}: cannot be used ({reason}), expected a writable folder: choose another --folder"

    assert [expected] == lines_of_up(folder, capsys)


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a file system that root cannot write either")
def test_a_read_only_folder_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Also for root, who ignores permissions."""
    [line] = lines_of_up(Path("/sys/kernel"), capsys)

    assert line.startswith("up: /sys/kernel: cannot be used (")


@pytest.mark.parametrize("name", ["logs", "run.partial", "aws"])
def test_an_occupied_name_is_named(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another file has the name of one of the run's."""
    occupied = tmp_path / name
    occupied.mkdir() if name == "run.partial" else occupied.touch()

    *_, refusal, goodbye = lines_of_up(tmp_path, capsys)

    assert str(occupied) in refusal
    assert refusal.startswith("up: ")
    assert GOODBYE == goodbye


def test_a_damaged_run_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file of the run that is not what `up` wrote."""
    (tmp_path / "processes.json").write_text("[1]")

    [line] = lines_of_up(tmp_path, capsys)
    assert line.startswith(f"up: {tmp_path}/processes.json: expected what `up` wrote, found something else (")

    (tmp_path / "run.json").write_text("{}")
    assert 1 == run(["logs", "rendition", "--folder", str(tmp_path)])
    with RunDir(path=tmp_path).locked():
        assert 1 == run(["logs", "rendition", "--folder", str(tmp_path)])
    assert f"Error: {tmp_path}/run.json: expected what `up` wrote" in capsys.readouterr().err


def test_an_interrupt_before_anything_was_started_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the run prepares itself: exit code 0, as for every Ctrl-C."""
    printer: list[str] = []
    options = Options(folder=RunDir(path=tmp_path), persist=False, port_base=0, edits=True)
    monkeypatch.setattr(up.orphans, "end_previous", lambda _noted: signal.raise_signal(signal.SIGINT))

    assert 0 == Up(options=options, report=printer.append, ready=lambda *_: None).run()
    assert ["Ctrl-C: stopped before anything was started"] == printer


@pytest.mark.parametrize("option", ["--folder", "--persist"])
def test_what_is_not_up_is_named_with_what_to_do(option: str, tmp_path: Path) -> None:
    """The commands take both options that `up` takes."""
    expected = f"nothing is up in {tmp_path}: start it, or name the folder that `up` was given by --folder or --persist"
    status = CliRunner().invoke(cli, ["status", option, str(tmp_path)])

    assert (3, f"status: {expected}\n") == (status.exit_code, status.stderr)
    for command in (["down"], ["logs", "rendition"]):
        assert expected == str(CliRunner().invoke(cli, [*command, option, str(tmp_path)]).exception)


def test_a_shortened_log_says_so(tmp_path: Path) -> None:
    """On stderr, with the option that prints all of it."""
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "deployer.log").write_text("".join(f"line {number}\n" for number in range(1500)))
    asked = ["logs", "deployer", "--folder", str(tmp_path), "--lines"]

    some, everything = (CliRunner().invoke(cli, [*asked, count]) for count in ("2", "1500"))

    assert "line 1498\nline 1499\n" == some.stdout
    assert "The last 2 of 1,500 lines; --lines 1500 prints all.\n" == some.stderr
    assert (1500, "") == (len(everything.stdout.splitlines()), everything.stderr)


def test_hints_name_the_folder_unless_it_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quoted for the shell, shortened below the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(places, "program", lambda: "darkroom")

    assert "darkroom down" == darkroom("down", DEFAULT)
    assert "darkroom down --folder 'my photos'" == darkroom("down", tmp_path / "my photos")
    assert "darkroom logs edit --folder /elsewhere" == darkroom("logs edit", Path("/elsewhere"))


def test_the_command_is_named_as_the_shell_finds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its bare name when that is this installation's, by its path otherwise."""
    beside = tmp_path / "bin" / "darkroom"
    beside.parent.mkdir()
    beside.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(beside.with_name("python")))

    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert "bin/darkroom" == places.program()
    monkeypatch.setattr(shutil, "which", lambda _name: str(beside))
    assert "darkroom" == places.program()
    beside.unlink()
    assert "bin/python -m darkroom" == places.program()


def test_an_installation_keeps_runs_in_the_users_state_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Never below site-packages; a checkout keeps them in out/local."""
    assert places.ROOT / "out" / "local" == places.default_folder()

    monkeypatch.setattr(places, "ROOT", tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert tmp_path / "state" / "darkroom" / "local" == places.default_folder()
