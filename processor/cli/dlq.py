"""Command ``dlq``: list dead letters, redrive a group of them after a fix, or discard it.

Without ``--yes`` it is a dry run.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table

from processor.aws.dead_letters import DeadLetterQueue, Letter, queue_url
from processor.aws.photos import PhotoRecords
from processor.aws.queues import Queue
from processor.aws.session_reading import SessionReader
from processor.cli.examples import examples
from processor.cli.stacks import OpenedStack, open_stack, stack_options
from processor.errors import UsageError
from processor.ops.dead_letters import Filter, Sorted, counted, sort_job, sort_letter

MOST: Final = 10_000
JOBS: Final = "jobs"
LANES: Final = ("uploads", "backfill", "purges", JOBS)
LOOK_S: Final = 1.0
NOT_ALL_MOVED: Final = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class DlqLane:
    """A lane: its queue and its dead-letter queue. *chosen*: the selected letters; *sorter*: finds a letter's group."""

    dead: DeadLetterQueue
    queue: Queue
    sorter: Callable[[Letter], Sorted]
    chosen: Filter
    most: int

    @classmethod
    def of(cls, stack: OpenedStack, lane: str, chosen: Filter, most: int) -> DlqLane:
        """Find both queues."""
        sqs = stack.clients.sqs()
        return cls(
            dead=DeadLetterQueue(sqs=sqs, url=queue_url(sqs, stack.dead_letters(lane))),
            queue=Queue(sqs=sqs, url=queue_url(sqs, stack.lane(lane))),
            sorter=job_sorter(stack) if lane == JOBS else photo_sorter(stack),
            chosen=chosen,
            most=most,
        )

    def look(self) -> AbstractContextManager[list[Letter]]:
        """Receive the letters; they stay hidden for the block."""
        return self.dead.opened(most=self.most)

    def sort(self, letters: Sequence[Letter]) -> list[Sorted]:
        """Group the selected letters."""
        return [one for one in map(self.sorter, letters) if self.chosen.takes(one)]


def photo_sorter(stack: OpenedStack) -> Callable[[Letter], Sorted]:
    """Group letters by the records of their photos."""
    photos = PhotoRecords(dynamodb=stack.clients.dynamodb(), table=stack.settings.renditions.photos_table)
    return lambda letter: sort_letter(letter, photos.find)


def job_sorter(stack: OpenedStack) -> Callable[[Letter], Sorted]:
    """Group letters by their edit sessions."""
    sessions = SessionReader(dynamodb=stack.clients.dynamodb(), table=stack.settings.edits.sessions_table)
    return lambda letter: sort_job(letter, lambda session_id: sessions.read(session_id, now_s=time.time()))


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that all of these commands have."""
    for option in (
        click.option(
            "--most",
            type=click.IntRange(1, 100_000),
            default=MOST,
            show_default=True,
            help="Read at most this many letters.",
        ),
        click.option(
            "--prefix", default="", help="Only what begins with this: keys of originals; ids of sessions for jobs."
        ),
        click.option("--camera", help="Only this camera, as listed."),
        click.option("--format", "kind", help="Only this format, as listed."),
        click.option("--code", help="Only this error code, as listed."),
        click.option("--queue", type=click.Choice(LANES), default="uploads", show_default=True, help="Lane."),
        stack_options,
    ):
        command = option(command)
    return command


def lane_of(stack: str, endpoint_url: str | None, queue: str, most: int, **chosen: Any) -> DlqLane:
    """Open the lane that the options select."""
    wanted = Filter(code=chosen["code"], format=chosen["kind"], camera=chosen["camera"], prefix=chosen["prefix"])
    return DlqLane.of(open_stack(stack, endpoint_url), queue, wanted, most)


@click.group(epilog=examples("darkroom dlq list --stack prod"))
def dlq() -> None:
    """List, show, redrive or discard dead letters."""


@dlq.command("list", epilog=examples("darkroom dlq list --stack prod --queue jobs"))
@options
@click.option("--json", "as_json", is_flag=True, help="One JSON object per group.")
def list_groups(*, as_json: bool, **chosen: Any) -> None:
    """Count dead letters by error code, format and camera."""
    lane = lane_of(**chosen)
    with lane.look() as letters:
        groups = counted(lane.sort(letters))
    if as_json:
        for group, count, example in groups:
            fields = {"code": group.code, "change": group.change, "format": group.format, "camera": group.camera}
            click.echo(json.dumps({**fields, "count": count, "example": example}, ensure_ascii=False))
        return
    names = ("code", "change", "format", "camera", "letters", "for example")
    # What is typed again, as --code, stays whole.
    columns = (Column(name, overflow="fold") for name in names)
    table = Table(*columns, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for group, count, example in groups:
        table.add_row(group.code, group.change, group.format, group.camera, str(count), repr(example))
    Console(highlight=False, markup=False).print(table)


@dlq.command(epilog=examples("darkroom dlq show --stack prod --format cr3"))
@options
def show(**chosen: Any) -> None:
    """Print dead letters as JSON, one a line."""
    lane = lane_of(**chosen)
    with lane.look() as letters:
        for one in lane.sort(letters):
            sent = datetime.fromtimestamp(one.letter.sent_at / 1000, UTC).isoformat(timespec="seconds")
            fields = {"id": one.letter.id, "sent_at": sent, "receives": one.letter.receives, "keys": one.keys}
            group = asdict(one.group)
            click.echo(json.dumps({**fields, **group, "body": one.letter.body}, ensure_ascii=False))


@dlq.command(
    epilog=examples("darkroom dlq redrive --stack prod --format cr3 --yes", "darkroom dlq redrive --stack prod --yes")
)
@options
@click.option("--yes", is_flag=True, help="Do it; without, only print what would be done.")
def redrive(*, yes: bool, **chosen: Any) -> None:
    """Send dead letters through their lane again: a group of them, or all when nothing is chosen.

    Each photo is brought up to what is there now: a letter of last week neither undoes a newer upload nor shows a
    deleted photo again.
    """
    lane = lane_of(**chosen)
    if lane.chosen.everything:
        if lane.most != MOST:
            raise UsageError(
                "--most: SQS moves a queue as a whole, expected a group too (such as --code), or no --most"
            )
        redrive_all(lane, yes=yes)
        return
    with lane.look() as letters:
        meant = lane.sort(letters)
        if yes:
            # Send before deleting: a failure in between makes a duplicate, which the function recognises.
            lane.queue.send([one.letter.body for one in meant])
            lane.dead.delete([one.letter for one in meant])
    report("redriven", len(meant), yes=yes)


def redrive_all(lane: DlqLane, *, yes: bool) -> None:
    """Start a redrive task of SQS and wait for its end; it continues without this command."""
    if not yes:
        report("redriven", lane.dead.waiting(), yes=False)
        return
    lane.dead.move_all()
    click.echo("SQS moves the letters back to their lane, also without this command.", err=True)
    while not (found := lane.dead.moving()).ended:
        time.sleep(LOOK_S)
    if not found.complete:
        click.echo(
            f"{found.state}: {found.moved} letters redriven, then SQS stopped: {found.reason or 'no reason given'}."
        )
        sys.exit(NOT_ALL_MOVED)
    report("redriven", found.moved, yes=True)


@dlq.command(epilog=examples("darkroom dlq discard --stack prod --code NO_S3_EVENT --yes"))
@options
@click.option("--yes", is_flag=True, help="Do it; without, only print what would be done.")
def discard(*, yes: bool, **chosen: Any) -> None:
    """Delete dead letters for good.

    Originals stay. `backfill --only missing` finds uploads and overwrites again, `--only recipe-changed` what a
    backfill had sent. `reconcile` finds deletions too; on its schedule it does so within a day. Edits are lost: their
    users start them again.
    """
    lane = lane_of(**chosen)
    with lane.look() as letters:
        meant = lane.sort(letters)
        if yes:
            lane.dead.delete([one.letter for one in meant])
    report("discarded", len(meant), yes=yes)


def report(done: str, count: int, *, yes: bool) -> None:
    """Print the number of letters handled, or that would be."""
    click.echo(f"{count} letters {done}." if yes else f"{count} letters would be {done}: pass --yes to do it.")
