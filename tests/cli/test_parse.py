"""``darkroom parse``: the plan of a command, on stdout."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner

from darkroom.cli import cli


def parse(command: str) -> tuple[int, dict[str, Any]]:
    """Run the command; its exit code and what it printed."""
    result = CliRunner().invoke(cli, ["parse", command])
    return result.exit_code, json.loads(result.stdout)


def test_a_command_is_shown_as_steps_and_in_words() -> None:
    """Exit code 0."""
    assert (
        0,
        {
            "steps": [{"op": "resize", "width": 800}],
            "explanation": "Resize to 800 px wide, keeping the aspect, never larger than it is.",
        },
    ) == parse("resize to 800px")


def test_an_unknown_command_is_reported_on_stdout() -> None:
    """Exit code 1, and the same three keys as the API's error body."""
    assert (
        1,
        {
            "error": "“rezise” (character 1): not understood. Try “resize to 800px”.",
            "code": "UNPARSEABLE_COMMAND",
            "details": {
                "understood": [],
                "stopped_at": {"position": 0, "word": "rezise"},
                "problem": "not understood",
                "suggestions": ["resize to 800px"],
            },
        },
    ) == parse("rezise to 800px")


def test_an_argument_that_is_no_text_is_refused() -> None:
    """Bytes of another encoding reach Python as lone surrogates."""
    code, said = parse("resize to \udcff")

    assert (1, "INVALID_INPUT") == (code, said["code"])
