"""Run all workers at once: uploads, edits, kills, outages and sampling."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from lab.drill.operator import Operator
from lab.soak.context import SoakContext, random_for
from lab.soak.edits import Editor
from lab.soak.kills import Killer
from lab.soak.outages import Outages
from lab.soak.sampling import Sampler, Usage
from lab.soak.uploads import Uploader

Loop = Callable[[], None]
Say = Callable[[str], None]

# Each worker does one thing at a time and waits for its end: this bounds the work in flight.
UPLOADERS: Final = 3
EDITORS: Final = 2
# Three outages in a whole soak, one in a short one.
OUTAGE_PART: Final = 0.25
MINUTE_S: Final = 60.0


def run_workers(context: SoakContext, sampler: Sampler, loops: Sequence[Loop], *, minutes: float, say: Say) -> None:
    """Run all workers for so long, with a line a minute; then wait until each has finished its current work."""
    with ThreadPoolExecutor(len(loops)) as threads:
        acting = [threads.submit(one) for one in loops]
        try:
            report_progress(context, sampler, minutes=minutes, say=say)
        finally:
            context.over.set()
    for one in acting:
        one.result()


def report_progress(context: SoakContext, sampler: Sampler, *, minutes: float, say: Say) -> None:
    """Report the progress every minute."""
    end = sampler.began + minutes * MINUTE_S
    minute = 1
    while (now := time.monotonic()) < end:
        time.sleep(min(end, sampler.began + minute * MINUTE_S) - now)
        say(progress(context, sampler, minute=minute))
        minute += 1


def progress(context: SoakContext, sampler: Sampler, *, minute: int) -> str:
    """Format one line: counts, troubles, stored data, memory by process."""
    counts = context.ledger.counts
    usages: Mapping[str, Usage] = sampler.samples[-1].usages if sampler.samples else {}
    done = ", ".join(f"{counts[name]} {name}" for name in ("uploads", "deletions", "sessions", "kills", "outages"))
    held = ", ".join(f"{name} {one.rss_mib:.0f}" for name, one in usages.items())
    stored, troubles = sampler.weigh(), len(context.ledger.troubles)
    return f"minute {minute}: {done}, {troubles} troubles; stored {stored:.0f} MiB; MiB: {held}"


def make_workers(
    context: SoakContext, sampler: Sampler, operator: Operator, *, minutes: float, seed: int
) -> list[Loop]:
    """Return the loop of each worker; each runs until the stop signal."""
    uploaders = [Uploader(context=context, random=random_for(seed, f"u{at}"), name=f"u{at}") for at in range(UPLOADERS)]
    editors = [Editor(context=context, random=random_for(seed, f"e{at}"), name=f"soak-e{at}") for at in range(EDITORS)]
    outages = Outages(
        context=context,
        random=random_for(seed, "outages"),
        operator=operator,
        uploader=Uploader(context=context, random=random_for(seed, "hit"), name="hit"),
        every_s=minutes * MINUTE_S * OUTAGE_PART,
    )
    killer = Killer(context=context, random=random_for(seed, "kills"))
    return [
        *(one.run_until_over for one in (*uploaders, *editors)),
        outages.run_until_over,
        killer.run_until_over,
        sampler.run_until_over,
    ]
