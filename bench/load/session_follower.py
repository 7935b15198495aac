"""Follow one edit session to its end by its event stream; resume the stream where it breaks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

END: Final = "session_complete"
# A stream may break and is taken up again; one that breaks so often is broken.
MOST_STREAMS: Final = 5

# Gives the lines of the stream behind the event with this id.
Open = Callable[[str], Iterable[str]]


class NotDone(Exception):
    """A session did not end well; the text says how it ended."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One server-sent event. *id*: what to resume behind."""

    id: str
    data: Mapping[str, Any]

    @property
    def type(self) -> str:
        """Type of the event."""
        return str(self.data.get("type", ""))


def follow_session(open_stream: Open) -> tuple[str, ...]:
    """Read to the session's end; give where its results are, or raise NotDone."""
    last_id, urls = "", list[str]()
    for _ in range(MOST_STREAMS):
        for event in events(open_stream(last_id)):
            last_id = event.id or last_id
            if event.type == "complete":
                urls.append(str(event.data["result"]["url"]))
            if event.type == END:
                return check_end(event.data, urls)
    raise NotDone(f"expected {END}, the stream ended {MOST_STREAMS} times without it")


def check_end(end: Mapping[str, Any], urls: list[str]) -> tuple[str, ...]:
    """Return the results of a session that is complete; raise NotDone for any other end."""
    if end.get("status") != "complete" or end.get("totalProcessed") != len(urls):
        said = {name: end.get(name) for name in ("status", "totalProcessed", "totalFailed")}
        raise NotDone(f"expected a complete session with {len(urls)} results, received {said}")
    return tuple(urls)


def events(lines: Iterable[str]) -> Iterator[Event]:
    """Read server-sent events; comments, hints and heartbeats without data are passed over."""
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if line:
            fields[name] = value.removeprefix(" ")
            continue
        if "data" in fields:
            yield Event(id=fields.get("id", ""), data=json.loads(fields["data"]))
        fields = {}
