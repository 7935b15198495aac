"""Run all workers at once: uploads, edits, kills, outages and sampling."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from lab.drill.operator import Operator
from lab.soak.context import World, dice
from lab.soak.edits import Editor
from lab.soak.kills import Killer
from lab.soak.outages import Outages
from lab.soak.sampling import Sampler, Usage
from lab.soak.uploads import Uploader

Act = Callable[[], None]
Say = Callable[[str], None]

# Each worker does one thing at a time and waits for its end: this bounds the work in flight.
UPLOADERS: Final = 3
EDITORS: Final = 2
# Three outages in a whole soak, one in a short one.
OUTAGE_PART: Final = 0.25
MINUTE_S: Final = 60.0


def act(world: World, sampler: Sampler, acts: Sequence[Act], *, minutes: float, say: Say) -> None:
    """Run all workers for so long, with a line a minute; then wait until each has finished its current work."""
    with ThreadPoolExecutor(len(acts)) as threads:
        acting = [threads.submit(one) for one in acts]
        try:
            tell(world, sampler, minutes=minutes, say=say)
        finally:
            world.over.set()
    for one in acting:
        one.result()


def tell(world: World, sampler: Sampler, *, minutes: float, say: Say) -> None:
    """Report the progress every minute."""
    end = sampler.began + minutes * MINUTE_S
    minute = 1
    while (now := time.monotonic()) < end:
        time.sleep(min(end, sampler.began + minute * MINUTE_S) - now)
        say(progress(world, sampler, minute=minute))
        minute += 1


def progress(world: World, sampler: Sampler, *, minute: int) -> str:
    """Write one line."""
    counts = world.ledger.counts
    usages: Mapping[str, Usage] = sampler.samples[-1].usages if sampler.samples else {}
    done = ", ".join(f"{counts[name]} {name}" for name in ("uploads", "deletions", "sessions", "kills", "outages"))
    held = ", ".join(f"{name} {one.rss_mib:.0f}" for name, one in usages.items())
    return (
        f"minute {minute}: {done}, {len(world.ledger.troubles)} troubles; stored {sampler.weigh():.0f} MiB; MiB: {held}"
    )


def actors(world: World, sampler: Sampler, operator: Operator, *, minutes: float, seed: int) -> list[Act]:
    """Return the loop of each worker; each runs until the stop signal."""
    uploaders = [Uploader(world=world, random=dice(seed, f"u{at}"), name=f"u{at}") for at in range(UPLOADERS)]
    editors = [Editor(world=world, random=dice(seed, f"e{at}"), name=f"soak-e{at}") for at in range(EDITORS)]
    outages = Outages(
        world=world,
        random=dice(seed, "outages"),
        operator=operator,
        uploader=Uploader(world=world, random=dice(seed, "hit"), name="hit"),
        every_s=minutes * MINUTE_S * OUTAGE_PART,
    )
    killer = Killer(world=world, random=dice(seed, "kills"))
    return [*(one.go_on for one in (*uploaders, *editors)), outages.go_on, killer.go_on, sampler.go_on]
