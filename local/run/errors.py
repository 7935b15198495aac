"""What stops a run, in one line."""

from __future__ import annotations


class RunError(Exception):
    """The stack cannot start, or has to stop; *str()* is one line that says why and what to do."""
