"""Print a rehearsal: the output of each command, and whether each promise held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Final

import click

from lab.drill import backfilling, deleting, releases, repairing
from lab.drill.operator import CommandOutput

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

    def of_backfill(self, rehearsal: backfilling.BackfillRehearsal) -> None:
        """Show a backfill that was interrupted."""
        for title, said in (
            ("--plan", rehearsal.planned),
            ("run, then Ctrl-C", rehearsal.interrupted),
            ("--resume", rehearsal.resumed),
            ("run again", rehearsal.again),
        ):
            show(f"backfill {title}", said)
        codes = (rehearsal.planned.code, rehearsal.interrupted.code, rehearsal.resumed.code, rehearsal.again.code)
        total, taken = len(rehearsal.statuses), rehearsal.uploads_s
        self.keep(f"exit codes 0, {PAUSED}, 0, 0: found {codes}", kept=codes == (0, PAUSED, 0, 0))
        active = sum(status == "active" for status in rehearsal.statuses.values())
        self.keep(f"every photo is active: {active} of {total}", kept=active == total)
        once = sum(count == 1 for count in rehearsal.deliveries.values())
        self.keep(f"every photo came through the lane once: {once} of {total}", kept=once == total)
        self.keep(
            "the second run sends nothing", kept="to send                                0" in rehearsal.again.out
        )
        slowest = max(taken, default=float("inf"))
        times = f"{len(taken)} uploads, median {median(taken or [0]):.2f} s, slowest {slowest:.2f} s"
        self.keep(f"uploads made meanwhile are done within {UPLOAD_S:g} s: {times}", kept=slowest <= UPLOAD_S)

    def of_repairs(self, rehearsal: repairing.RepairRehearsal) -> None:
        """Show what the reconciler did."""
        click.echo(f"first run {dict(rehearsal.first)}, second run {dict(rehearsal.second)}")
        mended = [key for key in repairing.DAMAGED if rehearsal.mended[key].get("small_url")]
        self.keep(f"one run repairs all: {', '.join(mended)}", kept=len(mended) == len(repairing.DAMAGED))
        self.keep("a second run sends and changes nothing", kept=rehearsal.unchanged and not rehearsal.second["sent"])

    def of_releases(self, rehearsal: releases.ReleaseRehearsal) -> None:
        """Show versions and dead letters."""
        first, bad, pinned, upgraded, _ = rehearsal.versions
        click.echo(
            f"`live`: {' → '.join(rehearsal.versions)}; dead letters by format: {list(map(dict, rehearsal.groups))}"
        )
        self.keep(f"pinned, version {first} answers again", kept=first == pinned != bad)
        self.keep(f"unpinned, the newest does: {upgraded}", kept=upgraded not in {first, bad})
        show("dlq redrive --format heic --yes", rehearsal.redriven_group)
        chosen = {key for key, status in rehearsal.after_group.items() if status == "active"}
        self.keep(f"only that group is replayed: {', '.join(sorted(chosen))}", kept=chosen == set(releases.HEIC))
        show("dlq redrive --yes", rehearsal.redriven_all)
        self.keep(
            "all converge and no dead letter is left", kept=rehearsal.groups[-1] == {} and len(rehearsal.decoders) > 0
        )

    def of_moves(self, wrong: Mapping[str, list[str]]) -> None:
        """Print what was not as expected of photos that are moved, replaced, paired and deleted while rendered."""
        for story, found in wrong.items():
            for one in found:
                click.echo(f"    {one}")
            self.keep(f"{story}: the record shows what is left, and nothing else is public", kept=not found)

    def of_deletion(self, rehearsal: deleting.DeletionRehearsal) -> None:
        """Print that nothing is left."""
        click.echo(f"CloudFront was told to forget {', '.join(rehearsal.invalidated)}; orphans {rehearsal.orphans}")
        at_once = (rehearsal.shown, rehearsal.gone) == ({OK}, {FORBIDDEN})
        self.keep(f"the CDN answered {set(rehearsal.shown)}, then {set(rehearsal.gone)}", kept=at_once)
        self.keep("neither renditions nor a claim of their stem are left", kept=rehearsal.left == ())
        self.keep("no orphan is left, and one put by hand is removed", kept=rehearsal.orphans == (0, 0, 1))


def show(title: str, said: CommandOutput) -> None:
    """Print what a command said."""
    click.echo(f"$ {title} (exit code {said.code})")
    for line in (*said.out.splitlines(), *said.err.splitlines()):
        click.echo(f"    {line}")
