"""``dlq``: look into a dead-letter queue, replay a group of it after a fix, discard what nobody wants.

Everything is a dry run until ``--yes``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table

from processor.aws.dead_letters import DeadLetterQueue, queue_url
from processor.aws.photos import PhotoRecords
from processor.aws.queues import Queue
from processor.commands.stacks import Stack, open_stack, stack_options
from processor.ops.dead_letters import Filter, Sorted, counted, sort_letters

MOST: Final = 10_000
LANES: Final = ("uploads", "backfill", "jobs")


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """A lane's dead letters, and the lane itself. *chosen* says which letters are meant."""

    dead: DeadLetterQueue
    lane: Queue
    photos: PhotoRecords
    chosen: Filter
    most: int

    @classmethod
    def of(cls, stack: Stack, lane: str, chosen: Filter, most: int) -> Desk:
        """Find both queues."""
        sqs = stack.clients.sqs()
        return cls(
            dead=DeadLetterQueue(sqs=sqs, url=queue_url(sqs, stack.dead_letters(lane))),
            lane=Queue(sqs=sqs, url=queue_url(sqs, stack.lane(lane))),
            photos=PhotoRecords(dynamodb=stack.clients.dynamodb(), table=stack.settings.renditions.photos_table),
            chosen=chosen,
            most=most,
        )

    def look(self) -> AbstractContextManager[list[Any]]:
        """Hold the letters for as long as it takes."""
        return self.dead.opened(most=self.most)

    def sort(self, letters: Sequence[Any]) -> list[Sorted]:
        """Sort those that are meant."""
        return [one for one in sort_letters(letters, self.photos.read) if self.chosen.takes(one)]


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what all of these commands take."""
    for option in (
        click.option(
            "--most", type=click.IntRange(1, 100_000), default=MOST, show_default=True, help="Look at so many."
        ),
        click.option("--prefix", default="", help="Only originals whose key begins with this."),
        click.option("--camera", help="Only this camera, as listed."),
        click.option("--format", "kind", help="Only this format, as listed."),
        click.option("--code", help="Only this error code, as listed."),
        click.option("--queue", type=click.Choice(LANES), default="uploads", show_default=True, help="Lane."),
        stack_options,
    ):
        command = option(command)
    return command


def desk_of(stack: str, endpoint_url: str | None, queue: str, most: int, **chosen: Any) -> Desk:
    """Open the desk that the options describe."""
    wanted = Filter(code=chosen["code"], format=chosen["kind"], camera=chosen["camera"], prefix=chosen["prefix"])
    return Desk.of(open_stack(stack, endpoint_url), queue, wanted, most)


@click.group()
def dlq() -> None:
    """Dead letters: list, show, redrive, discard."""


@dlq.command("list")
@options
@click.option("--json", "as_json", is_flag=True, help="One JSON object per group.")
def list_groups(*, as_json: bool, **chosen: Any) -> None:
    """Count dead letters by error code, format and camera."""
    desk = desk_of(**chosen)
    with desk.look() as letters:
        groups = counted(desk.sort(letters))
    if as_json:
        for group, count, example in groups:
            said = {"code": group.code, "format": group.format, "camera": group.camera}
            click.echo(json.dumps({**said, "count": count, "example": example}, ensure_ascii=False))
        return
    table = Table("code", "format", "camera", "letters", "for example")
    for group, count, example in groups:
        table.add_row(group.code, group.format, group.camera, str(count), repr(example))
    Console(highlight=False, markup=False).print(table)


@dlq.command()
@options
def show(**chosen: Any) -> None:
    """Print dead letters as JSON, one a line."""
    desk = desk_of(**chosen)
    with desk.look() as letters:
        for one in desk.sort(letters):
            sent = datetime.fromtimestamp(one.letter.sent_at / 1000, UTC).isoformat(timespec="seconds")
            said = {"id": one.letter.id, "sent_at": sent, "receives": one.letter.receives, "keys": one.keys}
            group = {"code": one.group.code, "format": one.group.format, "camera": one.group.camera}
            click.echo(json.dumps({**said, **group, "body": one.letter.body}, ensure_ascii=False))


@dlq.command()
@options
@click.option("--yes", is_flag=True, help="Do it.")
def redrive(*, yes: bool, **chosen: Any) -> None:
    """Send dead letters through their lane again: a group of them, or all when nothing is chosen."""
    desk = desk_of(**chosen)
    if desk.chosen.everything:
        redrive_all(desk, yes=yes)
        return
    with desk.look() as letters:
        meant = desk.sort(letters)
        if yes:
            # Sent before it is deleted: a fault between the two makes a duplicate, which the lane takes for one.
            desk.lane.send([one.letter.body for one in meant])
            desk.dead.delete([one.letter for one in meant])
    report("redriven", len(meant), yes=yes)


def redrive_all(desk: Desk, *, yes: bool) -> None:
    """Let SQS move everything by itself: it goes on when this machine is off."""
    waiting = desk.dead.waiting()
    if not yes:
        report("redriven", waiting, yes=False)
        return
    handle = desk.dead.move_all()
    click.echo(f"SQS has begun to move about {waiting} letters back to their lane. Task: {handle}")


@dlq.command()
@options
@click.option("--yes", is_flag=True, help="Do it.")
def discard(*, yes: bool, **chosen: Any) -> None:
    """Delete dead letters for good. Originals stay; `backfill --only missing` finds them again."""
    desk = desk_of(**chosen)
    with desk.look() as letters:
        meant = desk.sort(letters)
        if yes:
            desk.dead.delete([one.letter for one in meant])
    report("discarded", len(meant), yes=yes)


def report(done: str, count: int, *, yes: bool) -> None:
    """Say what was done, or what would be."""
    click.echo(f"{count} letters {done}." if yes else f"{count} letters would be {done}: say --yes to do it.")
