"""Command ``backfill``: render originals without current renditions, after showing duration and cost."""

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
from processor.aws.galleries import Galleries
from processor.aws.objects import BucketListing
from processor.aws.photo_scans import OriginalBatches, PhotoBatches, TableReader
from processor.aws.queues import Queue
from processor.cli.backfill_report import print_ending, print_plan
from processor.cli.batch_job import JobOptions, write_job
from processor.cli.examples import examples
from processor.cli.profiles import Choice, choice_of
from processor.cli.stacks import OpenedStack, open_stack, stack_options
from processor.cli.values import Amount, FilePath
from processor.errors import UsageError
from processor.ops.backfill.checkpoint import Checkpoint, Scope, own_path
from processor.ops.backfill.plan import BackfillPlan, Estimate, plan_backfill
from processor.ops.backfill.reasons import BY_ITSELF, WANTED, Reason
from processor.ops.backfill.recipes import ExpectedRecipes
from processor.ops.backfill.run import Backfill, BackfillLimits, End
from processor.ops.cost.prices import load_prices
from processor.ops.cost.work import requests_usd
from processor.settings.functions import RenditionEnv, from_env
from processor.upload.recipes import Profiles

MANY: Final = 1_000_000
FAILED: Final = 1
PAUSED: Final = 130  # as any program that Ctrl-C ends
MIN_USD: Final = 1e-9


class Rate(click.ParamType[float]):
    """Photos per second, as ``5`` or ``5/s``."""

    name = "N/s"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Parse the rate; fail as wrong usage."""
        try:
            rate = float(str(value).removesuffix("/s"))
        except ValueError:
            rate = 0.0
        if not 0 < rate < float("inf"):
            self.fail(f"found {value!r}, expected photos per second, e.g. 5/s", param, ctx)
        return rate


@dataclass(frozen=True, kw_only=True, slots=True)
class BackfillOptions:
    """Options of the command line."""

    prefix: str
    only: str | None
    max_usd: float | None
    rate: float | None
    resume: Path | None
    choice: Choice | None = None

    @property
    def reasons(self) -> frozenset[Reason]:
        """The reasons for which originals are sent."""
        return WANTED[self.only] if self.only else BY_ITSELF


@click.command(
    epilog=examples(
        "darkroom backfill --stack prod --plan",
        "darkroom backfill --stack prod --max-usd 20 --rate 50/s",
        "darkroom backfill --stack prod --gallery smith-wedding --profile delivered",
        "darkroom backfill --stack prod --resume backfill-prod.json",
    )
)
@stack_options
@click.option("--prefix", default="", help="Only originals whose key begins with this.")
@click.option("--gallery", help="Only this gallery.")
@click.option("--profile", help="With --gallery: choose this profile for it first; `default`: the plain sizes.")
@click.option("--only", type=click.Choice([*WANTED]), help="Only these; absent: missing and recipe-changed.")
@click.option("--plan", "plan_only", is_flag=True, help="Only print what would be sent, the duration and the cost.")
@click.option("--max-usd", type=Amount(min=0, min_open=True), help="Stop when this amount is spent.")
@click.option("--rate", type=Rate(), help="Send at most this many photos per second.")
@click.option("--resume", type=FilePath(), help="Resume from this checkpoint.")
@click.option("--engine", type=click.Choice(["queue", "s3-batch"]), default="queue", show_default=True)
@click.option("--role-arn", help="s3-batch: role that S3 assumes.")
@click.option("--inventory", help="s3-batch: s3://…/manifest.json of an S3 Inventory instead of a generated list.")
@click.option("--out", type=FilePath(), default=Path("out/backfill"), show_default=True, help="s3-batch.")
def backfill(stack: str, endpoint_url: str | None, *, plan_only: bool, engine: str, **options: Any) -> None:
    """Render originals that have no current renditions.

    They go through the backfill queue, so uploads do not wait for them.
    Skips renditions, videos, archived originals and current photos, so a second run sends nothing. Ctrl-C leaves a
    checkpoint for --resume. Exits with 0 when all were rendered, 1 when some were not, 130 when it was paused.
    """
    opened = open_stack(stack, endpoint_url)
    chosen = BackfillOptions(
        prefix=prefix_of(options["prefix"], options["gallery"]),
        only=options["only"],
        max_usd=options["max_usd"],
        rate=options["rate"],
        resume=options["resume"],
        choice=choice_of(opened, options["profile"], options["gallery"]),
    )
    console = Console(stderr=True, highlight=False)
    since = checkpoint_of(opened, chosen)
    if problem := not_deployed(opened, since.scope.recipe):
        if not plan_only:
            raise UsageError(problem)
        click.echo(f"Note: {problem}", err=True)
    if chosen.choice and not plan_only:
        chosen.choice.write(galleries_of(opened))
    plan = make_plan(opened, chosen, since, console)
    estimate = plan.estimate(opened.settings, load_prices(), rate=chosen.rate)
    print_plan(plan, estimate, chosen.reasons)
    if plan_only:
        return
    if engine == "s3-batch":
        job = JobOptions(role_arn=options["role_arn"], inventory=options["inventory"], out=options["out"])
        write_job(opened, job, [one.key for one in plan.send])
        return
    if len(plan.send) > MANY:
        console.print(f"More than {MANY:,} originals: consider --engine s3-batch, which needs no terminal.")
    sys.exit(run(opened, chosen, since, plan, estimate))


def prefix_of(prefix: str, gallery: str | None) -> str:
    """Combine --prefix and --gallery."""
    if gallery is not None and not gallery.strip("/"):
        raise UsageError("--gallery: found an empty name, expected a gallery, or no --gallery for all photos")
    if gallery and prefix:
        raise UsageError("--prefix and --gallery: found both, expected one of them")
    return f"{gallery.strip('/')}/" if gallery else prefix


def galleries_of(stack: OpenedStack) -> Galleries:
    """Open the galleries' choices."""
    return Galleries(dynamodb=stack.clients.dynamodb(), table=stack.settings.renditions.originals_table)


def checkpoint_of(stack: OpenedStack, chosen: BackfillOptions) -> Checkpoint:
    """Read the checkpoint of --resume, or begin a new one."""
    recipe = Profiles.of(stack.settings.renditions.recipes).hash
    scope = Scope(stack=stack.name, prefix=chosen.prefix, only=chosen.only or "", recipe=recipe)
    return Checkpoint.read(chosen.resume, scope) if chosen.resume else Checkpoint(scope=scope)


def not_deployed(stack: OpenedStack, recipe: str) -> str | None:
    """Describe how the function's recipe differs from *recipe*: it would render with its own. None: it does not."""
    function = stack.settings.renditions.function_name
    deployed = Profiles.of(from_env(RenditionEnv, stack.clients.environment(function)).recipes).hash
    if deployed == recipe:
        return None
    return (
        f"recipe: found {recipe} in the settings of {stack.name}, expected {deployed}, which {function} renders by. "
        "Deploy the settings first, or take back the change."
    )


def make_plan(stack: OpenedStack, chosen: BackfillOptions, since: Checkpoint, console: Console) -> BackfillPlan:
    """Compare every original after the checkpoint with its item."""
    settings, clients = stack.settings.renditions, stack.clients
    originals = BucketListing(s3=clients.s3(), bucket=settings.originals_bucket).all(chosen.prefix, after=since.after)
    dynamodb = clients.dynamodb()
    items = OriginalBatches(reader=TableReader(dynamodb=dynamodb, table=settings.originals_table))
    records = PhotoBatches(reader=TableReader(dynamodb=dynamodb, table=settings.photos_table))
    recipes = ExpectedRecipes(
        profiles=Profiles.of(settings.recipes),
        galleries=galleries_of(stack),
        photos=records,
        chosen={chosen.choice.gallery: chosen.choice.profile} if chosen.choice else {},
    )
    required = records if settings.missing_record == "require" else None
    with console.status("Looking at originals and their items"):
        return plan_backfill(originals, items, recipes=recipes, wanted=chosen.reasons, required=required)


def run(stack: OpenedStack, chosen: BackfillOptions, since: Checkpoint, plan: BackfillPlan, estimate: Estimate) -> int:
    """Send the originals and wait for their outcomes; return the exit code."""
    settings, sqs = stack.settings.renditions, stack.clients.sqs()
    path = chosen.resume or own_path(stack.name)
    if not chosen.resume and path.stem != f"backfill-{stack.name}":
        click.echo(f"Checkpoint: {path}. There are others, of runs that were interrupted or go on.", err=True)
    work = Backfill.resumed(
        since,
        plan.send,
        lane=Queue(sqs=sqs, url=queue_url(sqs, stack.lane("backfill"))),
        originals_bucket=settings.originals_bucket,
        items=OriginalBatches(reader=TableReader(dynamodb=stack.clients.dynamodb(), table=settings.originals_table)),
        limits=BackfillLimits(
            rate=chosen.rate,
            max_usd=chosen.max_usd,
            usd_per_photo=max(estimate.usd_per_photo, MIN_USD),
            usd_of_requests=requests_usd(settings, load_prices()),
        ),
        path=path,
    )
    try:
        end = watched(work, Console(stderr=True, highlight=False))
    except KeyboardInterrupt:
        click.echo(
            f"Paused; go on with the same options and --resume {path}. What was sent is rendered meanwhile.", err=True
        )
        return PAUSED
    print_ending(work, end)
    if end is not End.FINISHED:
        click.echo(f"Go on with the same options and --resume {path}.", err=True)
        return FAILED
    path.unlink(missing_ok=True)
    return FAILED if work.failed or work.unresolved else 0


def watched(work: Backfill, console: Console) -> End:
    """Run with a progress bar on a terminal."""
    columns: Iterable[Any] = (
        TextColumn("Backfill"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[summary]}"),
    )
    total = len(work.waiting) + len(work.flying) + ended(work)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task: TaskID = progress.add_task("backfill", total=total, summary="")

        def show(now: Backfill) -> None:
            summary = f"{len(now.flying)} under way, {now.failed} failed, ${now.spent_usd:.4f}"
            progress.update(task, completed=ended(now), summary=summary)

        work.on_poll = show
        return work.run()


def ended(work: Backfill) -> int:
    """Count the photos that have ended."""
    return work.done + work.failed + work.unresolved
