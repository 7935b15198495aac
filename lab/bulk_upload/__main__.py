"""Upload fifty real photos at once into a running embedded stack, wait until all have ended, and print a summary.

    make up                                        # in one terminal
    python -m lab.bulk_upload FOLDER…                  # in another
    python -m lab.bulk_upload FOLDER… --photos 200 --json /tmp/run/run.json

Exit code 1 when a photo neither became active nor failed with a reason.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Final

import click
import httpx

from lab.bulk_upload.choice import NoPhotos, Photo, chosen
from lab.bulk_upload.table import Outcome, table
from lab.bulk_upload.upload import Gallery, peaks_mib
from local.model import RunConfig
from local.run.places import DEFAULT

PATIENCE_S: Final = 600
MOST: Final = 500  # as many as the gallery lists at once

Folder = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("folders", nargs=-1, required=True, type=Folder)
@click.option("--photos", type=click.IntRange(1, MOST), default=50, show_default=True, help="How many to upload.")
@click.option(
    "--json", "run_file", type=click.Path(path_type=Path), default=DEFAULT / "run.json", help="The run's file."
)
@click.option("--patience", default=PATIENCE_S, show_default=True, help="How long to wait for all of them, s.")
def main(*, folders: tuple[Path, ...], photos: int, run_file: Path, patience: int) -> None:
    """Upload real photos from FOLDERS at once; copies when there are too few."""
    try:
        wanted = chosen(folders, photos)
        run = RunConfig.load(run_file)
    except NoPhotos as error:
        raise click.ClickException(str(error)) from error
    except (OSError, ValueError) as error:
        raise click.ClickException(f"expected a running stack's {run_file}, found none; start one: make up") from error
    with httpx.Client(timeout=30, trust_env=False, limits=httpx.Limits(max_connections=None)) as client:
        try:
            outcome = go(Gallery(run=run, name=f"fifty-{time.time_ns()}", http=client), wanted, patience)
        except httpx.HTTPError as error:
            raise click.ClickException(f"expected the stack of {run_file} to answer: {error}") from error
    click.echo(table(outcome), nl=False)
    sys.exit(0 if outcome.all_ended else 1)


def go(gallery: Gallery, wanted: list[Photo], patience: int) -> Outcome:
    """Upload, wait, sum up."""
    since_ms, began = time.time_ns() // 1_000_000, time.monotonic()
    uploaded = gallery.upload_all(wanted)
    gallery.wait(uploaded, within_s=patience)
    took_s = time.monotonic() - began
    ended = [gallery.end_of(one) for one in uploaded]
    return Outcome(photos=ended, total_s=took_s, peaks_mib=peaks_mib(gallery.run, since_ms))


if __name__ == "__main__":
    main()
