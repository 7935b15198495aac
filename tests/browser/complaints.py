"""Collect the complaints of a page: console errors and warnings, uncaught exceptions, violations of its policy."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Page


@dataclass(kw_only=True)
class Complaints:
    """Everything that pages said; Chromium reports what the Content-Security-Policy forbids as console errors."""

    said: list[str] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Listen to *page*."""
        page.on("console", self.note)
        page.on("pageerror", lambda error: self.said.append(f"uncaught: {error}"))

    def note(self, message: ConsoleMessage) -> None:
        """Keep what is an error or a warning."""
        if message.type in {"error", "warning"}:
            self.said.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def expect(self, pattern: str) -> None:
        """Say what a test provokes: a lost connection, a refused request."""
        self.patterns.append(pattern)

    @property
    def unexpected(self) -> list[str]:
        """Give what no test said it would provoke."""
        return [one for one in self.said if not any(re.search(pattern, one) for pattern in self.patterns)]
