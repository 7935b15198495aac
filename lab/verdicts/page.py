"""Write ``docs/verdicts.md`` from the findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from lab.verdicts.damage import DAMAGES
from lab.verdicts.families import BOMBS, STRANGERS, pictures
from lab.verdicts.rate import MOST_BYTES, PHOTOS, SIZES, Rate
from lab.verdicts.report import SUCCESSES, Report

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "verdicts.md"
HEAD: Final = """# Verdicts on hostile files

Written by `make verdicts ARGS=FOLDER`. Every file goes through the whole rendition line, in a decoder
child with limits of time and memory. It ends as a typed verdict that its uploader can read, or as a picture:

- **unharmed**: the damage is outside the pixels; the rendition is that of the undamaged file;
- **damage unseen**: the picture differs, and no decoder can know: the format has no checksum over its pixels, it codes
  parts of one colour as zeros (WebP and BMP that end in zeros), or a JPEG's damaged data still makes as many blocks;
- **rendered**: a good picture with something strange in it that is never unpacked or believed;
- **WRONG SUCCESS**: pixels are missing, and Darkroom could have noticed. There is none; the tool fails when there is.
"""


def page(generated: Report, rates: Mapping[str, Rate], folder: Report | None) -> str:
    """Write the whole page."""
    parts = [HEAD, figures("All generated files", generated), families(generated), noticed(rates)]
    parts.append(single(generated, BOMBS))
    parts.append(single(generated, STRANGERS))
    if folder:
        parts.append(figures("The collection of samples that is not committed", folder))
    return "\n".join(parts)


def figures(title: str, report: Report) -> str:
    """Write what a run cost, and what was said how often."""
    said = "".join(f"| {verdict} | {count} |\n" for verdict, count in sorted(report.verdicts.items()))
    slowest = report.slowest
    kind = f"{slowest.case.family}, {slowest.verdict}"
    return (
        f"## {title}\n\n{len(report.findings)} files; slowest {slowest.seconds:.1f} s ({kind}); "
        f"largest decoder child {report.peak_mib:.0f} MiB; crashes of the caller: 0.\n\n"
        f"| verdict | files |\n|---|---|\n{said}"
    )


def families(report: Report) -> str:
    """Write the table of damages by format."""
    head = f"## Damaged pictures\n\n| format | {' | '.join(DAMAGES)} |\n|---{'|---' * len(DAMAGES)}|\n"
    rows = [f"| {name} | {' | '.join(cell(report.of(name, kind)) for kind in DAMAGES)} |\n" for name in pictures()]
    return head + "".join(rows)


def noticed(rates: Mapping[str, Rate]) -> str:
    """Write which share of visibly damaged JPEGs is refused."""
    rows = [
        f"| {coding} | {rate.refused} | {rate.unseen} | {rate.percent} % | {rate.harmless} | {rate.undamaged} of "
        f"{len(SIZES)} |\n"
        for coding, rate in rates.items()
    ]
    sizes = ", ".join(f"{width} × {height}" for width, height in SIZES)
    return (
        f"## Changed bytes in a JPEG's picture\n\n{PHOTOS} photos of {sizes} px with 1 to {MOST_BYTES} changed bytes "
        "in their coded data. Damage shows when one pixel in a hundred is wrong by 16 levels or more. The rest passes "
        "unnoticed: the changed bytes still make as many blocks as the picture has, with other colours.\n\n"
        "| coding | visible, refused | visible, not noticed | refused | damage does not show | undamaged, refused |\n"
        f"|---|---|---|---|---|---|\n{''.join(rows)}"
    )


def single(report: Report, family: str) -> str:
    """Write the verdicts on files that stand for themselves."""
    rows = [f"| {one.case.kind} | {one.verdict} |\n" for one in report.findings if one.case.family == family]
    return f"## {family.capitalize()}\n\n| file | verdict |\n|---|---|\n{''.join(rows)}"


def cell(said: Counter[str]) -> str:
    """Write what was said, refusals first."""
    ordered = sorted(said.items(), key=lambda one: (one[0] in SUCCESSES, -one[1], one[0]))
    return ", ".join(f"{verdict} {count}" for verdict, count in ordered)
