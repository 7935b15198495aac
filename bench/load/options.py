"""The load test's own options, registered before Locust reads its command line, so that --help lists them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from locust import events

from bench.load.verdict import STOP_S

# At a terminal, without Locust's page. What has begun when the last phase is over may come to its end.
ALWAYS: Final = ("--headless", "--only-summary", "--loglevel", "WARNING", "--stop-timeout", str(STOP_S))


@events.init_command_line_parser.add_listener
def add_options(parser: Any, **_: Any) -> None:
    """Ask for what Locust does not know of."""
    parser.add_argument("--token", action="append", default=[], help="Bearer token of a user; can be said repeatedly.")
    parser.add_argument("--tokens", type=Path, help="File of tokens, one a line.")
    parser.add_argument("--issuer", help="Embedded stack: where POST {user} gives anybody a token.")
    parser.add_argument("--image", default="", help="URL of the picture; without it one comes with the request.")
    parser.add_argument("--phases", default="", help="As 60:5,300:20, seconds:arrivals per second; the guide's.")


def tokens_of(options: Any) -> Iterator[str] | None:
    """Return the users' tokens in turn, for ever; None when the options name none."""
    files = options.tokens.read_text(encoding="utf-8").split() if options.tokens else []
    return itertools.cycle([*options.token, *files]) if options.token or files else None
