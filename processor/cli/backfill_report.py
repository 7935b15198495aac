"""Print the plan and the outcome of a backfill."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

import click

from processor.ops.backfill.plan import BackfillPlan, Estimate
from processor.ops.backfill.reasons import Reason
from processor.ops.backfill.run import Backfill, End

ROWS: Final = "{:<28}{:>12,}  {}"


def print_plan(plan: BackfillPlan, estimate: Estimate, wanted: Collection[Reason]) -> None:
    """Print objects by reason, then time and cost."""
    for reason, count in plan.counts.most_common():
        click.echo(ROWS.format(reason, count, "send" if reason in wanted else "leave"))
    click.echo(ROWS.format("to send", estimate.photos, ""))
    basis = f"{estimate.receipts:,} receipts" if estimate.receipts else "docs/performance.md: there are no receipts yet"
    click.echo(f"Time: about {duration(estimate.seconds)} at the backfill lane's concurrency.")
    parts = f"compute ${estimate.compute_usd:.4f}, requests ${estimate.requests_usd:.4f}"
    click.echo(f"Cost: about ${estimate.usd:.4f} ({parts}); from {basis}.")


def print_ending(work: Backfill, end: End) -> None:
    """Print the outcome."""
    look = "(dlq list --queue backfill)"
    unresolved = f", {work.unresolved} neither {look}" if work.unresolved else ""
    left = f", {len(work.waiting)} not sent" if work.waiting else ""
    click.echo(
        f"{end.value}: {work.done} rendered, {work.failed} failed{unresolved}{left}; ${work.spent_usd:.4f} spent."
    )


def duration(seconds: float) -> str:
    """Format a duration as h:mm:ss."""
    return str(timedelta(seconds=round(seconds)))
