"""Building the Lambda Web Adapter: once per version, whole or not at all, and never where there is no cargo."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import web_adapter

BUILDS = '#!/bin/sh\nmkdir -p "$5/bin" && echo "$6 $7 $8" > "$5/bin/lambda-adapter"\n'
FAILS = (
    '#!/bin/sh\nmkdir -p "$5/bin" && echo half > "$5/bin/lambda-adapter"\necho "error: no such crate" >&2\nexit 101\n'
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty cache, and no cargo."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    (tmp_path / "bin").mkdir()
    return tmp_path / "cache" / "darkroom" / "lambda-adapter" / web_adapter.VERSION


def cargo(folder: Path, script: str) -> None:
    """Put a cargo on the path."""
    program = folder / "bin" / "cargo"
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)


def test_without_cargo_one_line_says_so(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is an error: the tests that need the adapter are skipped."""
    assert 0 == web_adapter.main()
    assert "web adapter: skipped, there is no cargo to build lambda_web_adapter" in capsys.readouterr().out
    assert not cache.exists()


def test_the_pinned_version_is_built_once(tmp_path: Path, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second time, cargo is not asked: here it would fail."""
    cargo(tmp_path, BUILDS)
    assert 0 == web_adapter.main()
    cargo(tmp_path, FAILS)
    assert 0 == web_adapter.main()

    assert web_adapter.path() == cache / "lambda-adapter"
    assert f"--version {web_adapter.VERSION} lambda_web_adapter\n" == web_adapter.path().read_text(encoding="utf-8")
    assert [web_adapter.path()] == list(cache.iterdir())
    assert capsys.readouterr().out.endswith(f"web adapter {web_adapter.VERSION}: {web_adapter.path()}\n")


def test_a_build_that_fails_leaves_nothing(tmp_path: Path, cache: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Half a binary would be taken for a whole one for ever."""
    cargo(tmp_path, FAILS)

    assert 101 == web_adapter.main()
    said = capfd.readouterr().err
    assert "error: no such crate" in said
    assert said.endswith(f"cargo could not build lambda_web_adapter {web_adapter.VERSION}; its message is above\n")
    assert [] == list(cache.iterdir())
