"""Print a rehearsal: the output of each command, and whether each promise held."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Final

import click

from lab.drill import backfilling, deleting, releases, repairing
from lab.drill.operator import Said

UPLOAD_S: Final = 3.0
PAUSED: Final = 130
FORBIDDEN: Final = 403
OK: Final = 200


@dataclass(kw_only=True, slots=True)
class Promises:
    """Prints as it goes. *broken*: sentences that did not hold."""

    broken: list[str] = field(default_factory=list[str])

    def keep(self, sentence: str, *, kept: bool) -> None:
        """Print whether *sentence* holds."""
        click.echo(f"{'kept  ' if kept else 'BROKEN'}  {sentence}")
        if not kept:
            self.broken.append(sentence)

    def conclude(self) -> int:
        """Print the outcome; return the exit code."""
        click.echo(f"{len(self.broken)} promises broken" if self.broken else "every promise kept")
        return 1 if self.broken else 0

    def of_backfill(self, story: backfilling.Story) -> None:
        """Show a backfill that was interrupted."""
        for title, said in (
            ("--plan", story.planned),
            ("run, then Ctrl-C", story.interrupted),
            ("--resume", story.resumed),
            ("run again", story.again),
        ):
            show(f"backfill {title}", said)
        codes = (story.planned.code, story.interrupted.code, story.resumed.code, story.again.code)
        total, taken = len(story.statuses), story.uploads_s
        self.keep(f"exit codes 0, {PAUSED}, 0, 0: found {codes}", kept=codes == (0, PAUSED, 0, 0))
        active = sum(status == "active" for status in story.statuses.values())
        self.keep(f"every photo is active: {active} of {total}", kept=active == total)
        once = sum(count == 1 for count in story.deliveries.values())
        self.keep(f"every photo came through the lane once: {once} of {total}", kept=once == total)
        self.keep("the second run sends nothing", kept="to send                                0" in story.again.out)
        slowest = max(taken, default=float("inf"))
        times = f"{len(taken)} uploads, median {median(taken or [0]):.2f} s, slowest {slowest:.2f} s"
        self.keep(f"uploads made meanwhile are done within {UPLOAD_S:g} s: {times}", kept=slowest <= UPLOAD_S)

    def of_repairs(self, story: repairing.Story) -> None:
        """Show what the reconciler did."""
        click.echo(f"first run {dict(story.first)}, second run {dict(story.second)}")
        mended = [key for key in repairing.DAMAGED if story.mended[key].get("small_url")]
        self.keep(f"one run repairs all: {', '.join(mended)}", kept=len(mended) == len(repairing.DAMAGED))
        self.keep("a second run sends and changes nothing", kept=story.unchanged and not story.second["sent"])

    def of_releases(self, story: releases.Story) -> None:
        """Show versions and dead letters."""
        first, bad, pinned, upgraded, _ = story.versions
        click.echo(f"`live`: {' → '.join(story.versions)}; dead letters by format: {list(map(dict, story.groups))}")
        self.keep(f"pinned, version {first} answers again", kept=first == pinned != bad)
        self.keep(f"unpinned, the newest does: {upgraded}", kept=upgraded not in {first, bad})
        show("dlq redrive --format heic --yes", story.redriven_group)
        chosen = {key for key, status in story.after_group.items() if status == "active"}
        self.keep(f"only that group is replayed: {', '.join(sorted(chosen))}", kept=chosen == set(releases.HEIC))
        show("dlq redrive --yes", story.redriven_all)
        self.keep("all converge and no dead letter is left", kept=story.groups[-1] == {} and len(story.decoders) > 0)

    def of_deletion(self, story: deleting.Story) -> None:
        """Print that nothing is left."""
        click.echo(f"CloudFront was told to forget {', '.join(story.invalidated)}; orphans {story.orphans}")
        at_once = (story.shown, story.gone) == ({OK}, {FORBIDDEN})
        self.keep(f"the CDN answered {set(story.shown)}, then {set(story.gone)}", kept=at_once)
        self.keep("neither renditions nor manifest are left", kept=story.left == ())
        before, after, beside = story.orphans
        self.keep("no orphan is left, and one put by hand is counted", kept=(before, before + 1) == (after, beside))


def show(title: str, said: Said) -> None:
    """Print what a command said."""
    click.echo(f"$ {title} (exit code {said.code})")
    for line in (*said.out.splitlines(), *said.err.splitlines()):
        click.echo(f"    {line}")
