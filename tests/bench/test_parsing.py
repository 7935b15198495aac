from __future__ import annotations

from bench.parsing import COMMANDS, Parsing, measure_parsing, read_commands, summary


def test_all_commands_of_the_acceptance_table_are_read() -> None:
    """Accepted and refused ones; the heading is none."""
    commands = read_commands(COMMANDS)

    assert "resize to 50%" in commands
    assert not any(command.startswith("#") for command in commands)
    assert len(commands) == measure_parsing().commands


def test_the_slowest_command_is_named() -> None:
    """So that one knows where to look."""
    assert Parsing(commands=3, median_ms=0.2, max_ms=0.9, slowest="b") == summary([("a", 0.1), ("b", 0.9), ("c", 0.2)])
