"""Render hostile files (bombs, false claims, cuts, noise) and report the verdicts and their cost.

    python -m lab.verdicts               print the table over the generated families
    python -m lab.verdicts --docs        write docs/verdicts.md
    python -m lab.verdicts FOLDER        the figures over the files of a folder as well

The exit code is 1 when a file without its pixels passes for a picture, or takes more than 10 s or 1 GiB.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

from lab.verdicts.families import Case, damaged, singles
from lab.verdicts.page import PAGE, page
from lab.verdicts.report import Report
from lab.verdicts.trial import Judge
from processor.imaging.renderer import Renderer


def main() -> int:
    """Judge all files, and print or write what was found."""
    parser = argparse.ArgumentParser(prog="python -m lab.verdicts", description="Verdicts on hostile files.")
    parser.add_argument("folder", nargs="?", type=Path, help="a folder of hostile files")
    parser.add_argument("--docs", action="store_true", help="write docs/verdicts.md")
    given = parser.parse_args()
    generated = report([*damaged(), *singles()])
    folder = report(cases_of(given.folder)) if given.folder else None
    text = page(generated, folder)
    if given.docs:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text)  # noqa: T201
    return 0 if all(one.good for one in (generated, folder) if one) else 1


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
    raise SystemExit(main())
