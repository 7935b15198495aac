"""Tell thousands of random stories of photos, or show that each condition of the pipeline is needed.

    python -m lab.photo_stories --runs 10000
    python -m lab.photo_stories --runs 1000 --mutant all

The first prints the number of stories, and fails with the shortest one that ends wrong. The second changes one
condition at a time, and prints how many stories it took to notice.
"""

from __future__ import annotations

import sys
import time

import click

from lab.photo_stories.mutants import MUTANTS
from lab.photo_stories.telling import stories_until_found, tell


@click.command()
@click.option("--runs", default=10_000, show_default=True, help="Stories to tell.")
@click.option("--seed", default=0, show_default=True, help="Another seed tells other stories.")
@click.option("--mutant", "names", multiple=True, type=click.Choice([*MUTANTS, "all"]), help="Change this condition.")
def main(*, runs: int, seed: int, names: tuple[str, ...]) -> None:
    """Tell stories."""
    if not names:
        began = time.process_time()
        tell(runs, seed=seed, shortest=True)
        click.echo(f"{runs:,} stories, 0 violations, {time.process_time() - began:.0f} s of CPU time")
        return
    missed = 0
    for name in MUTANTS if "all" in names else names:
        with MUTANTS[name].applied():
            found, said = stories_until_found(runs, seed=seed)
        missed += found is None
        click.echo(f"{name}: {'MISSED' if found is None else f'after {found:,} stories: {said}'}")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
