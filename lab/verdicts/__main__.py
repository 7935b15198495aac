"""Render hostile files (bombs, false claims, cuts, noise) and report the verdicts and their cost.

    python -m lab.verdicts               print the table over the generated families
    python -m lab.verdicts --docs        write docs/verdicts.md
    python -m lab.verdicts FOLDER        the figures over the files of a folder as well

The exit code is 1 when a file without its pixels passes for a picture, or takes more than 10 s or 1 GiB.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from lab.verdicts.families import Case, damaged, singles
from lab.verdicts.page import PAGE, page
from lab.verdicts.rate import measured
from lab.verdicts.report import Report
from lab.verdicts.trial import Judge
from processor.imaging.renderer import Renderer


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--docs", is_flag=True, help="Write docs/verdicts.md.")
def main(*, folder: Path | None, docs: bool) -> None:
    """Render hostile files, made by code and from FOLDER, and print or write the verdicts."""
    generated = report([*damaged(), *singles()])
    found = report(cases_of(folder)) if folder else None
    text = page(generated, measured(), found)
    if docs:
        PAGE.write_text(text, encoding="utf-8")
    else:
        click.echo(text)
    sys.exit(0 if all(one.good for one in (generated, found) if one) else 1)


def report(cases: Iterable[Case]) -> Report:
    """Judge *cases* in one child."""
    with Renderer(isolate="always") as renderer:
        judge = Judge(renderer)
        findings = [judge.judge(case) for case in cases]
        return Report(findings=findings, peak_mib=judge.peak_mib)


def cases_of(folder: Path) -> Iterator[Case]:
    """Read the files of *folder*, and of the folders in it."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            name = str(file.relative_to(folder))
            yield Case(family=name.partition("/")[0], kind=file.suffix, name=name, data=file.read_bytes())


if __name__ == "__main__":
    main()
