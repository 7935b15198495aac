"""``backfill``: render what was uploaded before, what failed, or what another recipe made; priced first."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from processor.aws.dead_letters import queue_url
from processor.aws.objects import BucketListing
from processor.aws.photos import PhotoBatches
from processor.aws.queues import Queue
from processor.commands.backfill_report import print_ending, print_plan
from processor.commands.batch_job import JobOptions, write_job
from processor.commands.examples import examples
from processor.commands.stacks import Stack, open_stack, stack_options
from processor.errors import UsageError
from processor.ops.backfill.checkpoint import Checkpoint, Scope
from processor.ops.backfill.plan import Estimate, Plan, plan_of
from processor.ops.backfill.reasons import BY_ITSELF, WANTED, Reason
from processor.ops.backfill.run import Backfill, End, Limits
from processor.ops.cost.prices import load_prices
from processor.ops.cost.work import requests_usd
from processor.recipe import recipe_hash

MANY: Final = 1_000_000
FAILED: Final = 1
MIN_USD: Final = 1e-9


class Rate(click.ParamType[float]):
    """Photos per second, as ``5`` or ``5/s``."""

    name = "N/s"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it; wrong usage otherwise."""
        try:
            rate = float(str(value).removesuffix("/s"))
        except ValueError:
            rate = 0.0
        if not 0 < rate < float("inf"):
            self.fail(f"found {value!r}, expected photos per second, e.g. 5/s", param, ctx)
        return rate


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What the command line asks for."""

    prefix: str
    only: str | None
    max_usd: float | None
    rate: float | None
    resume: Path | None

    @property
    def reasons(self) -> frozenset[Reason]:
        """Which originals are sent."""
        return WANTED[self.only] if self.only else BY_ITSELF


@click.command(
    epilog=examples(
        "darkroom backfill --stack prod --plan",
        "darkroom backfill --stack prod --max-usd 20 --rate 50/s",
        "darkroom backfill --stack prod --resume backfill-prod.json",
    )
)
@stack_options
@click.option("--prefix", default="", help="Only originals whose key begins with this.")
@click.option("--gallery", help="Only this gallery.")
@click.option("--only", type=click.Choice([*WANTED]), help="Only these; absent: missing and recipe-changed.")
@click.option(
    "--plan", "plan_only", is_flag=True, help="Only say what would be sent, how long it takes, what it costs."
)
@click.option("--max-usd", type=click.FloatRange(min=0, min_open=True), help="Stop when so much is spent.")
@click.option("--rate", type=Rate(), help="Send at most so many photos per second.")
@click.option("--resume", type=click.Path(path_type=Path), help="Go on from this checkpoint.")
@click.option("--engine", type=click.Choice(["queue", "s3-batch"]), default="queue", show_default=True)
@click.option("--role-arn", help="s3-batch: role that S3 takes on.")
@click.option("--inventory", help="s3-batch: s3://…/manifest.json of an S3 Inventory instead of a generated list.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("out/backfill"), show_default=True, help="s3-batch."
)
def backfill(stack: str, endpoint_url: str | None, *, plan_only: bool, engine: str, **options: Any) -> None:
    """Render originals that have no current renditions.

    They go through the backfill lane, so uploads do not wait for them.
    Skips renditions, videos, archives and whatever is current, so a second run sends nothing. Ctrl-C leaves a
    checkpoint that --resume goes on from. Exits with 0 when all were rendered, 1 when some were not.
    """
    opened = open_stack(stack, endpoint_url)
    wish = Wish(
        prefix=prefix_of(options["prefix"], options["gallery"]),
        only=options["only"],
        max_usd=options["max_usd"],
        rate=options["rate"],
        resume=options["resume"],
    )
    console = Console(stderr=True, highlight=False)
    since = checkpoint_of(opened, wish)
    plan = make_plan(opened, wish, since, console)
    estimate = plan.estimate(opened.settings, load_prices(), rate=wish.rate)
    print_plan(plan, estimate, wish.reasons)
    if plan_only:
        return
    if engine == "s3-batch":
        job = JobOptions(role_arn=options["role_arn"], inventory=options["inventory"], out=options["out"])
        write_job(opened, job, [one.key for one in plan.send])
        return
    if len(plan.send) > MANY:
        console.print(f"More than {MANY:,} originals: consider --engine s3-batch, which needs no terminal.")
    sys.exit(run(opened, wish, since, plan, estimate))


def prefix_of(prefix: str, gallery: str | None) -> str:
    """Join both ways of choosing originals."""
    if gallery and prefix:
        raise UsageError("--prefix and --gallery: found both, expected one of them")
    return f"{gallery.strip('/')}/" if gallery else prefix


def checkpoint_of(stack: Stack, wish: Wish) -> Checkpoint:
    """Begin, or go on from the checkpoint that was named."""
    recipe = recipe_hash(stack.settings.renditions.recipe)
    scope = Scope(stack=stack.name, prefix=wish.prefix, only=wish.only or "", recipe=recipe)
    return Checkpoint.read(wish.resume, scope) if wish.resume else Checkpoint(scope=scope)


def make_plan(stack: Stack, wish: Wish, since: Checkpoint, console: Console) -> Plan:
    """Look at every original behind the checkpoint."""
    settings, clients = stack.settings.renditions, stack.clients
    originals = BucketListing(s3=clients.s3(), bucket=settings.originals_bucket).all(wish.prefix, after=since.after)
    records = PhotoBatches(dynamodb=clients.dynamodb(), table=settings.photos_table)
    with console.status("Looking at originals and records"):
        return plan_of(originals, records, recipe=since.scope.recipe, wanted=wish.reasons)


def run(stack: Stack, wish: Wish, since: Checkpoint, plan: Plan, estimate: Estimate) -> int:
    """Send everything and see what becomes of it; give the exit code."""
    settings, sqs = stack.settings.renditions, stack.clients.sqs()
    path = wish.resume or Path(f"backfill-{stack.name}.json")
    work = Backfill.resumed(
        since,
        plan.send,
        lane=Queue(sqs=sqs, url=queue_url(sqs, stack.lane("backfill"))),
        originals_bucket=settings.originals_bucket,
        records=PhotoBatches(dynamodb=stack.clients.dynamodb(), table=settings.photos_table),
        limits=Limits(
            rate=wish.rate,
            max_usd=wish.max_usd,
            usd_per_photo=max(estimate.usd_per_photo, MIN_USD),
            usd_of_requests=requests_usd(settings, load_prices()),
        ),
        path=path,
    )
    try:
        end = watched(work, Console(stderr=True, highlight=False))
    except KeyboardInterrupt:
        click.echo(f"Paused; go on with --resume {path}. What was sent is rendered meanwhile.", err=True)
        raise
    print_ending(work, end)
    if end is not End.FINISHED:
        click.echo(f"Go on with --resume {path}.", err=True)
        return FAILED
    path.unlink()
    return FAILED if work.failed or work.unresolved else 0


def watched(work: Backfill, console: Console) -> End:
    """Run with a progress bar on a terminal."""
    columns: Iterable[Any] = (
        TextColumn("Backfill"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[said]}"),
    )
    total = len(work.waiting) + len(work.flying) + ended(work)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task: TaskID = progress.add_task("backfill", total=total, said="")

        def tell(now: Backfill) -> None:
            said = f"{len(now.flying)} under way, {now.failed} failed, ${now.spent_usd:.4f}"
            progress.update(task, completed=ended(now), said=said)

        work.tell = tell
        return work.run()


def ended(work: Backfill) -> int:
    """Count the photos that have ended."""
    return work.done + work.failed + work.unresolved
