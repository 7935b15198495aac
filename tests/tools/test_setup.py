"""``make setup`` says in one line what it did or what is wrong, and is made anew when a lock changes."""

from __future__ import annotations

import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tools import setup


@pytest.fixture
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return locks that ask for nothing, so that no registry is needed."""
    for name in ("INSTALLER", "LOCK", "EMULATOR"):
        path = tmp_path / f"{name.lower()}.lock"
        path.write_text("")
        monkeypatch.setattr(setup, name, path)
    return tmp_path


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Record the commands instead of running them; the environments are made without pip, which takes seconds.

    So does asking pip for its settings (test_pips_settings_are_read_from_its_environment).
    """
    create = venv.create
    monkeypatch.setattr(venv, "create", lambda folder, *, clear, with_pip: create(folder, clear=clear and with_pip))
    recorded: list[tuple[str, ...]] = []
    monkeypatch.setattr(setup, "run", lambda *command, **_: recorded.append(command))
    monkeypatch.setattr(setup, "pip_settings", lambda _: {})
    return recorded


def test_an_environment_is_made_once_and_anew_when_a_lock_changes(
    locks: Path, tmp_path: Path, commands: list[tuple[str, ...]]
) -> None:
    """Packages of an older lock are removed."""
    folder = tmp_path / "env"
    first = setup.set_up(folder)
    second = setup.set_up(folder)
    (folder / "left-over").touch()
    (locks / "lock.lock").write_text("# another\n")
    setup.set_up(folder)

    assert first.startswith("setup: env is ready after ")
    assert not second
    assert not (folder / "left-over").exists()
    assert 14 == len(commands)


def test_everything_is_installed_by_hash_and_without_resolving(
    locks: Path, tmp_path: Path, commands: list[tuple[str, ...]]
) -> None:
    """A resolver asks for ``coverage[toml]`` of today, which the lock of last week does not know."""
    setup.set_up(tmp_path / "env")

    installs = [command for command in commands if "install" in command]
    [own] = [command for command in installs if "--editable=." in command]
    installs.remove(own)
    assert 3 == len(installs)
    assert all({"--no-deps", "--require-hashes"} <= set(command) for command in installs)
    assert {"--no-deps", "--offline"} <= set(own)
    assert f"--build-constraints={locks / 'lock.lock'}" in installs[1]
    assert "check" in commands[-1]


def test_an_interrupted_setup_is_not_taken_for_a_finished_one(
    locks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark is written last."""

    def fail(*_: str, **__: str) -> None:
        raise setup.SetupError("the network is gone")

    monkeypatch.setattr(venv, "create", lambda folder, **_: folder.mkdir())
    monkeypatch.setattr(setup, "run", fail)
    with pytest.raises(setup.SetupError):
        setup.set_up(tmp_path / "env")

    assert not (tmp_path / "env" / setup.READY).exists()


def test_pips_registry_and_certificates_hold_for_uv_too() -> None:
    """The installer does not read pip's configuration; its own settings win."""
    found = {"index-url": "https://mirror.example/simple", "cert": "/etc/ca.pem"}

    expected = {"UV_DEFAULT_INDEX": "https://mirror.example/simple", "SSL_CERT_FILE": "/etc/ca.pem"}
    assert expected == setup.registry_of({}, found)
    assert {"SSL_CERT_FILE": "/etc/ca.pem"} == setup.registry_of({"UV_DEFAULT_INDEX": "https://own.example"}, found)


def test_pips_settings_are_read_from_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """By pip itself, whatever file or variable they stand in."""
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")

    assert "https://mirror.example/simple" == setup.pip_settings(Path(sys.executable))["index-url"]


def test_settings_that_cannot_be_read_are_not_taken_for_none(tmp_path: Path) -> None:
    """Without them, packages would come from another registry. Debian's own Python has no pip; the new one has."""
    venv.create(tmp_path / "env", with_pip=False)

    with pytest.raises(setup.SetupError, match="No module named pip"):
        setup.pip_settings(tmp_path / "env" / "bin" / "python")


def test_a_command_that_fails_is_named_with_the_end_of_its_output() -> None:
    """So that the person sees the installer's reason."""
    with pytest.raises(setup.SetupError) as raised:
        setup.run(sys.executable, "-c", "raise SystemExit('no matching distribution')")

    first, *said = str(raised.value).splitlines()
    assert first.startswith("this command failed: ")
    assert ["no matching distribution"] == said


def test_an_old_python_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what to do."""
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(sys, "version", "3.9.2 (default)")

    assert 1 == setup.main([])
    expected = "expected Python 3.11 or newer, found 3.9.2: run make PYTHON=/path/to/python3.11"
    assert f"setup: {expected}\n" == capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (subprocess.CalledProcessError(1, "ensurepip"), "this Python lacks ensurepip: install python3-venv"),
        (PermissionError(13, "Permission denied"), "cannot be made (Permission denied), expected a writable folder"),
    ],
    ids=["no ensurepip", "read only"],
)
def test_an_environment_that_cannot_be_made_is_one_line(
    locks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    """Debian's python3 has no ensurepip; a checkout may be read-only."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(venv, "create", fail)
    with pytest.raises(setup.SetupError, match=re.escape(sentence)):
        setup.set_up(tmp_path / "env")
