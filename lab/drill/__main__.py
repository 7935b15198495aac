"""Rehearse the procedures of `docs/operations.md` on an embedded stack of its own, and print what happens.

    python -m lab.drill                       300 generated photos, some minutes
    python -m lab.drill --samples FOLDER      some of them are the real photos in FOLDER

Exit code 1 when a promise is not kept.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from lab import moves
from lab.drill import backfilling, deleting, releases, repairing
from lab.drill.operator import Operator
from lab.drill.originals import generated, real
from lab.drill.report import Promises
from testkit.embedded_stack import started

RATE: Final = "10/s"
# Photos of each story of lab.moves.
MOVED: Final = 20


@click.command()
@click.option("--photos", default=300, show_default=True, help="How many to backfill.")
@click.option(
    "--samples",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of real photos, good ones; can be said several times.",
)
def main(*, photos: int, samples: tuple[Path, ...]) -> None:
    """Rehearse a backfill, repairs, releases with dead letters, moves and deletions."""
    promises = Promises()
    with tempfile.TemporaryDirectory(prefix="drill-") as folder, started(Path(folder), "--no-edits") as stack:
        operator = Operator.of(stack)
        known = list(real(samples))[:photos]
        originals = [*known, *generated(photos - len(known))]
        click.echo(f"== Backfill of {len(originals)} photos, {len(known)} of them real")
        keys = backfilling.put_unannounced(operator, originals)
        promises.of_backfill(backfilling.rehearse(operator, keys, rate=RATE))
        for title, tell in STORIES.items():
            click.echo(f"== {title}")
            tell(operator, promises)
    sys.exit(promises.conclude())


STORIES: Final[dict[str, Callable[[Operator, Promises], None]]] = {
    "Repairs": lambda operator, promises: promises.of_repairs(repairing.rehearse(operator)),
    "Releases and dead letters": lambda operator, promises: promises.of_releases(releases.rehearse(operator)),
    "Moves, replacements, pairs": lambda operator, promises: promises.of_moves(
        {story: moves.rehearse(operator.stack, story, MOVED) for story in moves.STORIES}
    ),
    "Deletion": lambda operator, promises: promises.of_deletion(deleting.rehearse(operator)),
}

if __name__ == "__main__":
    main()
