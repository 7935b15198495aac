"""What keeps the edit API from running; the text says what was expected, what was found, what to do."""

from __future__ import annotations


class ApiError(Exception):
    """A process of the API cannot be started."""
