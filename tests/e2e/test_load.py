"""The load test itself, for a few seconds: that it watches sessions to their end, and fails when they have none."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from testkit.embedded_stack import ENDED_S, ROOT, LocalStack


def load(stack: LocalStack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it as a person does; Locust changes how sockets work, so it needs a process of its own."""
    command = [sys.executable, "-m", "bench.load", "--host", str(stack.known["cdn"]), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=ENDED_S)


def test_every_session_that_begins_is_followed_to_its_picture(stack: LocalStack) -> None:
    """Six seconds of one arrival a second; each user signs in at the local issuer."""
    done = load(stack, "--phases", "6:1", "--issuer", f"{stack.page}/oidc/token")

    found = re.search(r"(\d+) started of 6 planned, (\d+) accepted, (\d+) completed", done.stdout)
    assert found, done.stdout + done.stderr
    assert 1 == len(set(found.groups())), done.stdout
    assert 0 == done.returncode, done.stdout


def test_a_load_that_is_refused_fails(stack: LocalStack, tmp_path: Path) -> None:
    """The exit code says so, and the report why; tokens come from a file, as those of many users do."""
    tokens = tmp_path / "tokens.txt"
    tokens.write_text("not-a-token\nneither\n")

    done = load(stack, "--phases", "2:1", "--tokens", str(tokens))

    assert 1 == done.returncode
    assert "0 accepted, 0 completed\nFAILED     expected 99% of the sessions to be completed" in done.stdout


def test_without_a_token_it_does_not_begin(stack: LocalStack) -> None:
    """One line says what is missing."""
    done = load(stack)

    assert 1 == done.returncode
    assert "load: expected --token, --tokens or --issuer: the API needs a token\n" in done.stderr
