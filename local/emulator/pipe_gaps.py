"""Let ministack's pipes filter, transform and send changes of a table to an event bus, with the rights of their role.

ministack polls streams and keeps its place in each; of what a pipe declares it knows source and target only.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-dynamodb.html
"""

from __future__ import annotations

import importlib
import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, cast

from local.emulator.lambda_gaps import do_nothing, replace
from local.emulator.service_roles import role_allows

Record = dict[str, Any]

DECLARED: Final = ("SourceParameters", "TargetParameters")
PATH: Final = re.compile(r"<(\$[^<>]*)>")
# PutEvents takes ten.
MOST_ENTRIES: Final = 10
_LOG: Final = logging.getLogger(__name__)


def patch_pipes() -> None:
    """Patch ministack's pipes; call it before the first request."""
    pipes: Any = importlib.import_module("ministack.services.pipes")
    events: Any = importlib.import_module("ministack.services.eventbridge")
    for name in ("_create_pipe", "_update_pipe"):
        replace(pipes, name, lambda original: declaring(pipes, original))
    replace(pipes, "_describe_response", described)
    # It keeps places in streams over a restart, and not the streams: they begin anew, and so do their readers.
    replace(pipes, "_restore_position_store", lambda _: do_nothing)
    replace(pipes, "_deliver_batch", lambda original: to_bus(BusPipe(events=events), original))


def declaring(pipes: Any, original: Callable[..., Any]) -> Callable[..., Any]:
    """Keep a pipe's filters, template and position, and begin where it says."""

    def declare(name: str, body: Mapping[str, Any]) -> Any:
        known = name in pipes._pipes  # noqa: SLF001 - there is no public way
        answer = original(name, body)
        if answer[0] == HTTPStatus.OK:
            pipe = pipes._pipes[name]  # noqa: SLF001
            pipe.update({key: merged(pipe.get(key), body[key]) for key in DECLARED if key in body})
            stream = pipe.get("SourceParameters", {}).get("DynamoDBStreamParameters", {})
            if not known and stream.get("StartingPosition") == "TRIM_HORIZON":
                pipe["StartingPosition"] = "TRIM_HORIZON"
                pipes._positions[pipe["Arn"]] = pipes._initial_position(pipe)  # noqa: SLF001
        return answer

    return declare


def merged(known: Any, changes: Any) -> Any:
    """Merge what an update says into what is *known*: it cannot say where the stream began."""
    if not (isinstance(known, dict) and isinstance(changes, dict)):
        return changes
    before, after = cast("Record", known), cast("Record", changes)
    return {**before, **{key: merged(before.get(key), value) for key, value in after.items()}}


def described(original: Callable[[Record], Record]) -> Callable[[Record], Record]:
    """Describe a pipe with its parameters."""
    return lambda pipe: original(pipe) | {key: pipe[key] for key in DECLARED if key in pipe}


def to_bus(bus: BusPipe, original: Callable[[Record, list[Record]], bool]) -> Callable[[Record, list[Record]], bool]:
    """Send batches for an event bus; a batch that is not sent comes again at the next poll."""

    def deliver(pipe: Record, batch: list[Record]) -> bool:
        return bus.send(pipe, batch) if ":event-bus/" in pipe["Target"] else original(pipe, batch)

    return deliver


@dataclass(frozen=True, kw_only=True, slots=True)
class BusPipe:
    """Sends changes to event buses. *events*: ministack's EventBridge."""

    events: Any

    def send(self, pipe: Record, batch: Sequence[Record]) -> bool:
        """Send the changes that pass the pipe's filters; return whether all were taken."""
        if not all(key in pipe for key in DECLARED):  # it is being created
            return False
        entries = [self.entry(pipe, change) for change in batch if self.passes(pipe, change)]
        if not entries:
            return True
        if not self.allowed(pipe):
            return False
        return all(self.put(chunk) for chunk in chunks(entries))

    def passes(self, pipe: Record, change: Record) -> bool:
        """Return whether a change matches one of the filters."""
        filters = pipe["SourceParameters"].get("FilterCriteria", {}).get("Filters", [])
        patterns = [json.loads(one["Pattern"]) for one in filters]
        return not patterns or any(self.events._matches_detail(change, one) for one in patterns)  # noqa: SLF001

    def entry(self, pipe: Record, change: Record) -> Record:
        """Write a change as an entry of PutEvents."""
        target = pipe["TargetParameters"]
        told = {key: following(value, change) for key, value in target["EventBridgeEventBusParameters"].items()}
        template: str = target["InputTemplate"]
        found = {path: following(path, change) for path in PATH.findall(template)}
        detail = self.events._render_input_template(template, found)  # noqa: SLF001 - the rules of both are the same
        return {**told, "Detail": detail, "EventBusName": pipe["Target"]}

    def put(self, entries: Sequence[Record]) -> bool:
        """Put events on the bus."""
        status, _, body = self.events._put_events({"Entries": list(entries)})  # noqa: SLF001 - there is no public way
        answer = json.loads(body)
        if status == HTTPStatus.OK and not answer["FailedEntryCount"]:
            return True
        _LOG.warning("a pipe could not send %d events: %s", len(entries), answer)
        return False

    def allowed(self, pipe: Record) -> bool:
        """Return whether the pipe's role may read the stream and send to the bus."""
        needed = {"dynamodb:GetRecords": pipe["Source"], "events:PutEvents": pipe["Target"]}
        refused = [action for action, arn in needed.items() if not role_allows(pipe["RoleArn"], action, arn)]
        if refused:
            _LOG.warning("the pipe %s holds changes: its role does not allow %s", pipe["Name"], ", ".join(refused))
        return not refused


def following(value: Any, change: Mapping[str, Any]) -> Any:
    """Return what a path ``$.a.b`` leads to in *change*, "" where it leads nowhere; any other value unchanged."""
    if not isinstance(value, str) or not value.startswith("$."):
        return value
    found: Any = change
    for part in value[2:].split("."):
        found = cast("Mapping[str, Any]", found).get(part) if isinstance(found, Mapping) else None
    return "" if found is None else found


def chunks(entries: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """Cut *entries* into what one PutEvents takes."""
    return (entries[start : start + MOST_ENTRIES] for start in range(0, len(entries), MOST_ENTRIES))
