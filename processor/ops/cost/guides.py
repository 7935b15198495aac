"""The cost tables of the two guides that Darkroom replaces: as printed, computed again, and what was wrong.

Quantities and durations are the guides' own, only the arithmetic and the prices are put right; so these figures say
what the old systems would have cost, not what Darkroom costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from processor.ops.cost.prices import Prices

GUIDE_MEMORY_GB: Final = 3008 / 1024
# docs/performance.md: the guide's own way takes 5.6 times as long as Darkroom for a 24 MP JPEG.
GUIDE_S: Final = 1.78


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of a guide. *printed*: its figure in USD, None where it gives none; *usd*: the right one."""

    resource: str
    usage: str
    printed: float | None
    usd: float
    wrong: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Guide:
    """A guide's table, and what is wrong beside its figures."""

    title: str
    lines: Sequence[Line]
    notes: Sequence[str]

    @property
    def printed(self) -> float:
        """The sum of what the guide prints."""
        return sum(line.printed or 0 for line in self.lines)

    @property
    def usd(self) -> float:
        """The sum of what is right."""
        return sum(line.usd for line in self.lines)


def guides(prices: Prices) -> tuple[Guide, Guide]:
    """Give both tables."""
    return gallery_guide(prices), editor_guide(prices)


def gallery_guide(prices: Prices) -> Guide:
    """Compute the image pipeline's estimate again: 1,000 photos, and 1,000 views of them."""
    gb_s = 1000 * GUIDE_S * GUIDE_MEMORY_GB
    processing = prices["lambda_x86_64"].of(gb_s) + prices["lambda_requests"].of(1000)
    return Guide(
        title="Image processing pipeline, 1,000 photos",
        lines=(
            Line(
                resource="Processing, once",
                usage=f"1,000 × {GUIDE_S} s at 3008 MB (x86) and 1,000 requests",
                printed=0.10,
                usd=processing,
                wrong='"$0.20 per 1 million seconds" is the price of requests: Lambda is priced per GB-second, '
                f"so 3008 MB cost {GUIDE_MEMORY_GB:.2f} times as much per second as 1 GB. "
                "The duration is measured, the guide gives none.",
            ),
            Line(
                resource="Uploading renditions, once",
                usage="4,000 PUTs",
                printed=None,
                usd=prices["s3_writes"].of(4000),
                wrong="Left out.",
            ),
            Line(resource="Storage, a month", usage="1,000 × 4 × 500 KB", printed=0.05, usd=prices["s3_storage"].of(2)),
            Line(
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
        title="Image editor, 1,000 images a day, a month",
        lines=(
            Line(
                resource="Image Processor Lambda",
                usage="30,000 invocations × 10 s at 2 GB",
                printed=16.67,
                usd=x86.of(30_000 * 10 * 2) + requests,
                wrong="30,000 × 10 s × 2 GB are 600,000 GB-seconds: $10.00. $16.67 is the price of a million.",
            ),
            Line(
                resource="Main Lambda (orchestration)",
                usage="30,000 invocations × 1 s at 256 MB",
                printed=0.83,
                usd=x86.of(30_000 * 0.25) + requests,
                wrong="7,500 GB-seconds are $0.13; $0.83 is the price of 50,000.",
            ),
            Line(
                resource="DynamoDB",
                usage="90,000 writes + 90,000 reads",
                printed=1.13,
                usd=tables,
                wrong="At its time ($1.25 and $0.25 per million) it was $0.14; since November 2024 half of that.",
            ),
            Line(resource="S3 Storage", usage="100 GB average", printed=2.30, usd=prices["s3_storage"].of(100)),
            Line(resource="S3 Requests", usage="30,000 PUTs + 60,000 GETs", printed=0.17, usd=objects),
            Line(resource="Data Transfer", usage="50 GB outbound", printed=4.50, usd=prices["transfer_out"].of(50)),
        ),
        notes=("The first 100 GB a month out of AWS are free, so that last line is usually $0.00.",),
    )
