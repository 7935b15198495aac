"""Format the examples at the end of every command's ``--help``."""

from __future__ import annotations

AS_IT_IS = "\b"  # click's mark of a paragraph that it must not wrap


def examples(*commands: str) -> str:
    """Write *commands*, one a line, as a command's epilog."""
    return "\n".join([AS_IT_IS, "Examples:", *(f"  {command}" for command in commands)])
