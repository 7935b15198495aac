"""The cost tables of the two guides that Darkroom replaces, with corrected arithmetic: the end of ``docs/cost.md``.

Quantities and durations are the guides' own; only the arithmetic and the prices are corrected. So these figures are the
costs of the systems before Darkroom, not of Darkroom. ``python -m tools.guide_costs`` (``make docs``) writes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from processor.ops.cost.prices import Prices, load_prices
from tools.settings_docs import table

PAGE: Final = Path(__file__).parents[1] / "docs" / "cost.md"
HEADING: Final = "## The tables of both guides"
INTRODUCTION: Final = """
Written by `make docs` from `tools/guide_costs.py` and the price file; a test keeps it current. Quantities and durations
are the guides' own.
"""
GUIDE_MEMORY_GB: Final = 3008 / 1024
# docs/performance.md: the guide's own way takes 5.6 times as long as Darkroom for a 24 MP JPEG.
GUIDE_S: Final = 1.78


@dataclass(frozen=True, kw_only=True, slots=True)
class GuideCost:
    """One line of a guide. *printed*: its figure in USD, None where it prints none; *usd*: the right one."""

    resource: str
    usage: str
    printed: float | None
    usd: float
    wrong: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Guide:
    """The table of one guide, and faults beside its figures."""

    title: str
    lines: Sequence[GuideCost]
    notes: Sequence[str]

    @property
    def printed(self) -> float:
        """The sum of the guide's figures, USD."""
        return sum(line.printed or 0 for line in self.lines)

    @property
    def usd(self) -> float:
        """The sum of the right figures, USD."""
        return sum(line.usd for line in self.lines)


def main() -> None:
    """Replace the end of ``docs/cost.md``."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def page(text: str) -> str:
    """Return *text* with its part from the heading on written anew."""
    return f"{text.partition(HEADING)[0]}{HEADING}\n{INTRODUCTION}{''.join(map(section, guides(load_prices())))}"


def section(guide: Guide) -> str:
    """Write one guide's table and notes as Markdown."""
    columns = ("resource", "usage", "guide", "right", "fault")
    notes = "".join(f"\n{note}\n" for note in guide.notes)
    return f"\n### {guide.title}\n\n{table(columns, cells(guide))}{notes}"


def cells(guide: Guide) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a guide's table, to a tenth of a cent, and the total."""
    for line in guide.lines:
        printed = "-" if line.printed is None else f"${line.printed:.2f}"
        yield line.resource, line.usage, printed, f"${line.usd:.3f}", line.wrong
    yield "total", "", f"${guide.printed:.2f}", f"${guide.usd:.2f}", ""


def guides(prices: Prices) -> tuple[Guide, Guide]:
    """Return the tables of the gallery's guide and of the editor's."""
    return gallery_guide(prices), editor_guide(prices)


def gallery_guide(prices: Prices) -> Guide:
    """Compute the image pipeline's estimate again: 1,000 photos, and 1,000 views of them."""
    gb_s = 1000 * GUIDE_S * GUIDE_MEMORY_GB
    processing = prices["lambda_x86_64"].of(gb_s) + prices["lambda_requests"].of(1000)
    return Guide(
        title="Image processing pipeline: 1,000 photos",
        lines=(
            GuideCost(
                resource="Processing, once",
                usage=f"1,000 × {GUIDE_S} s at 3008 MB (x86) and 1,000 requests",
                printed=0.10,
                usd=processing,
                wrong='"$0.20 per 1 million seconds" is the price of requests: Lambda is priced per GB-second, '
                f"so 3008 MB cost {GUIDE_MEMORY_GB:.2f} times as much per second as 1 GB. "
                "The duration is measured, the guide states none.",
            ),
            GuideCost(
                resource="Uploading renditions, once",
                usage="4,000 PUTs",
                printed=None,
                usd=prices["s3_writes"].of(4000),
                wrong="Left out.",
            ),
            GuideCost(
                resource="Storage, a month", usage="1,000 × 4 × 500 KB", printed=0.05, usd=prices["s3_storage"].of(2)
            ),
            GuideCost(
                resource="Delivery of 1,000 views",
                usage="500 KB and one request each",
                printed=0.04,
                usd=prices["cdn_transfer"].of(0.5) + prices["cdn_requests"].of(1000),
                wrong="Requests were left out.",
            ),
        ),
        notes=(
            "3008 MB is not Lambda's maximum: that is 10,240 MB.",
            "Lambda@Edge costs $0.60 per million requests and $0.00005001 per GB-second; the guide names one.",
        ),
    )


def editor_guide(prices: Prices) -> Guide:
    """Compute the image editor's monthly table again: 1,000 images a day."""
    x86, requests = prices["lambda_x86_64"], prices["lambda_requests"].of(30_000)
    tables = prices["dynamodb_writes"].of(90_000) + prices["dynamodb_reads"].of(90_000)
    objects = prices["s3_writes"].of(30_000) + prices["s3_reads"].of(60_000)
    return Guide(
        title="Image editor: a month of 1,000 images a day",
        lines=(
            GuideCost(
                resource="Image Processor Lambda",
                usage="30,000 invocations × 10 s at 2 GB",
                printed=16.67,
                usd=x86.of(30_000 * 10 * 2) + requests,
                wrong="30,000 × 10 s × 2 GB are 600,000 GB-seconds: $10.00. $16.67 is the price of a million.",
            ),
            GuideCost(
                resource="Main Lambda (orchestration)",
                usage="30,000 invocations × 1 s at 256 MB",
                printed=0.83,
                usd=x86.of(30_000 * 0.25) + requests,
                wrong="7,500 GB-seconds are $0.13; $0.83 is the price of 50,000.",
            ),
            GuideCost(
                resource="DynamoDB",
                usage="90,000 writes + 90,000 reads",
                printed=1.13,
                usd=tables,
                wrong="At its time ($1.25 and $0.25 per million) it was $0.14; since November 2024 half of that.",
            ),
            GuideCost(resource="S3 Storage", usage="100 GB average", printed=2.30, usd=prices["s3_storage"].of(100)),
            GuideCost(resource="S3 Requests", usage="30,000 PUTs + 60,000 GETs", printed=0.17, usd=objects),
            GuideCost(
                resource="Data Transfer", usage="50 GB outbound", printed=4.50, usd=prices["transfer_out"].of(50)
            ),
        ),
        notes=("The first 100 GB a month out of AWS are free, so that last line is usually $0.00.",),
    )


if __name__ == "__main__":
    main()
