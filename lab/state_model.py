"""Visit every interleaving of uploads, deletions, duplicates and deaths for two originals of one photo.

    python -m lab.state_model [--ops 3] [--crashes 1] [--duplicates 1] [--break lease|takeover|order]

It models ADR 26: an event is a hint; a worker takes the photo's lease, looks, converges, projects, releases. Changes of
originals (put, delete, undo) happen at any moment, messages come in any order and again, workers die between any two
calls. Never: two workers between acquire and release of one photo. At rest (no message, no worker), the files of
each original are those of its current version, its item says so, and the record shows the original that changed last.

The lease holds the *set* of keys at work. A worker that takes over a lease adds its own key and does all of them again,
as if nothing of them were known. Each ``--break`` removes one rule; the model must then find a violation.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import click

KEYS: Final = (0, 1)
FILES: Final = 2
IDLE: Final = ("idle",)
DEAD: Final = ("dead",)
Worker = tuple[Any, ...]
Lease = tuple[int, frozenset[int]] | None
Step = tuple[str, "State"]


class State(NamedTuple):
    """One state. *s3*: versions per key, the last is current, 0 a delete marker; *files*, *items*: versions per key."""

    clock: int
    ops: int
    crashes: int
    duplicates: int
    s3: tuple[tuple[int, ...], ...] = ((0,), (0,))
    messages: tuple[int, ...] = (0, 0)
    files: tuple[tuple[int, ...], ...] = ((0,) * FILES,) * 2
    items: tuple[int, ...] = (0, 0)
    lease: Lease = None
    record: tuple[int | None, int] = (None, 0)
    workers: tuple[Worker, ...] = (IDLE, IDLE)

    def work(self, at: int, step: Worker, **changes: Any) -> State:
        """Return the state after a step of the worker *at*."""
        return self._replace(workers=changed(self.workers, at, step), **changes)


def changed(values: tuple[Any, ...], at: int, value: Any) -> tuple[Any, ...]:
    """Return *values* with another *value* at one place."""
    return (*values[:at], value, *values[at + 1 :])


def shown(items: tuple[int, ...]) -> tuple[int | None, int]:
    """Return the record as a function of the items: the original that changed last, if any."""
    version, key = max((version, key) for key, version in enumerate(items))
    return (key, version) if version else (None, 0)


def world(state: State) -> Iterator[Step]:
    """Change an original, or deliver a message again."""
    for key in KEYS:
        now, told = state.s3[key], changed(state.messages, key, state.messages[key] + 1)
        if state.ops:
            left = state._replace(ops=state.ops - 1, messages=told)
            newer = (*now, state.clock + 1)
            yield "put", left._replace(clock=state.clock + 1, s3=changed(state.s3, key, newer))
            if now[-1]:
                yield "delete", left._replace(s3=changed(state.s3, key, (*now, 0)))
            if len(now) > 1:
                yield "undo", left._replace(s3=changed(state.s3, key, now[:-1]))
        if state.duplicates and state.messages[key]:
            yield "again", state._replace(duplicates=state.duplicates - 1, messages=told)


def acquire(state: State, at: int, broken: str) -> Iterator[Step]:
    """Take a message and the lease, if it is free or its holder is dead."""
    for key in KEYS:
        free = state.lease is None or state.workers[state.lease[0]] == DEAD or broken == "lease"
        if not (state.messages[key] and free):
            continue
        doubtful = state.lease[1] if state.lease and broken != "takeover" else frozenset[int]()
        todo = (*((one, True) for one in sorted(doubtful - {key})), (key, key in doubtful))
        messages = changed(state.messages, key, state.messages[key] - 1)
        yield "acquire", state.work(at, ("look", key, todo), messages=messages, lease=(at, doubtful | {key}))


def proceed(state: State, at: int, broken: str) -> Iterator[Step]:
    """Do the next call of a worker that holds the lease."""
    kind, own = state.workers[at][:2]
    rest: tuple[Any, ...] = state.workers[at][2:]
    match kind:
        case "look":
            todo: tuple[tuple[int, bool], ...] = rest[0]
            key, doubtful = todo[0]
            version = state.s3[key][-1]
            if version == state.items[key] and not doubtful:
                yield "same", state.work(at, following(own, todo))
            else:
                early = {"record": shown(changed(state.items, key, version))} if broken == "order" else {}
                yield "look", state.work(at, ("write", own, todo, version, 0), **early)
        case "write":
            todo, version, count = rest
            files = changed(state.files, todo[0][0], changed(state.files[todo[0][0]], count, version))
            last = ("again", own, todo, version) if count + 1 == FILES else ("write", own, todo, version, count + 1)
            yield "write", state.work(at, last, files=files)
        case "again":
            todo, version = rest
            key = todo[0][0]
            if state.s3[key][-1] == version:
                yield "settled", state.work(at, ("item", own, todo, version))
            else:
                yield "changed", state.work(at, ("look", own, ((key, True), *todo[1:])))
        case "item":
            todo, version = rest
            yield "item", state.work(at, following(own, todo), items=changed(state.items, todo[0][0], version))
        case "query":
            yield "query", state.work(at, ("record", own, shown(state.items)))
        case "record":
            yield "record", state.work(at, ("release", own), record=rest[0])
        case _:
            lease = None if state.lease and state.lease[0] == at else state.lease
            yield "release", state.work(at, IDLE, lease=lease)


def following(own: int, todo: tuple[Any, ...]) -> Worker:
    """Go on to the next key, or to the record."""
    return ("look", own, todo[1:]) if len(todo) > 1 else ("query", own)


def steps(state: State, broken: str) -> Iterator[Step]:
    """Yield everything that can happen next."""
    yield from world(state)
    for at, worker in enumerate(state.workers):
        if worker == IDLE:
            yield from acquire(state, at, broken)
        elif worker == DEAD:
            if state.lease is None or state.lease[0] != at:
                yield "restart", state.work(at, IDLE)
        else:
            if state.crashes:
                # The message of a worker that dies becomes visible again.
                messages = changed(state.messages, worker[1], state.messages[worker[1]] + 1)
                yield "crash", state.work(at, DEAD, crashes=state.crashes - 1, messages=messages)
            yield from proceed(state, at, broken)


def violation(state: State, broken: str) -> str | None:
    """Return what is not as it must be."""
    busy = [worker for worker in state.workers if worker not in (IDLE, DEAD)]
    if len(busy) > 1:
        return "two workers at one photo"
    key, version = state.record
    if broken == "order" and key is not None and version and 0 in state.files[key] and 0 not in state.s3[key][1:]:
        return "the record shows what is not there"
    if busy or any(state.messages):
        return None
    current = tuple(versions[-1] for versions in state.s3)
    if state.files != tuple((version,) * FILES for version in current):
        return "at rest: files are not the originals'"
    if state.items != current:
        return "at rest: items are not the originals'"
    return None if state.record == shown(state.items) else "at rest: the record does not follow from the items"


def explore(ops: int, crashes: int, duplicates: int, broken: str = "") -> tuple[str, int, int]:
    """Visit every state; return the violation with its path, "" for none, and the numbers of states and of rests."""
    start = State(clock=0, ops=ops, crashes=crashes, duplicates=duplicates)
    came: dict[State, tuple[State, str] | None] = {start: None}
    waiting, rests = deque([start]), 0
    while waiting:
        state = waiting.popleft()
        found = list(steps(state, broken))
        rests += not found
        wrong = violation(state, broken) or ("stuck with messages" if not found and any(state.messages) else None)
        if wrong:
            return f"{wrong}: {path(state, came)}", len(came), rests
        for name, following_state in found:
            if following_state not in came:
                came[following_state] = (state, name)
                waiting.append(following_state)
    return "", len(came), rests


def path(state: State, came: dict[State, tuple[State, str] | None]) -> str:
    """Name the steps that lead to a state."""
    names: list[str] = []
    while before := came[state]:
        state, name = before
        names.append(name)
    return " ".join(reversed(names))


@click.command()
@click.option("--ops", default=3, show_default=True, help="Changes of originals.")
@click.option("--crashes", default=1, show_default=True, help="Deaths of workers.")
@click.option("--duplicates", default=1, show_default=True, help="Messages that come once more.")
@click.option("--break", "broken", type=click.Choice(["", "lease", "takeover", "order"]), default="")
def main(ops: int, crashes: int, duplicates: int, broken: str) -> None:
    """Explore the model of one photo."""
    wrong, states, rests = explore(ops, crashes, duplicates, broken)
    click.echo(f"FAILS: {wrong}" if wrong else f"holds: {states:,} states, {rests:,} of rest")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
