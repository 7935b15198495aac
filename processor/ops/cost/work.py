"""Estimate the work of rendering one photo from receipts: time, bytes and requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from processor.ops.cost.prices import Prices
from processor.settings.services import RenditionSettings, RenditionWork

MIB_PER_GB: Final = 1024
# Reading the original, writing four renditions, lease, stem, item and record, from Lambda in the same region: an
# assumption, until a stack has receipts of its own.
NETWORK_MS: Final = 150.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """One photo: *ms* in the function, *stored* bytes of renditions."""

    ms: float
    stored: int


# By format, as in records and extensions: wall times of docs/performance.md (`python -m bench.memory`, one vCPU), and
# the bytes of the renditions of the same photos in the four default sizes (`darkroom render`).
MEASURED: Final[Mapping[str, Work]] = {
    "jpeg": Work(ms=455 + NETWORK_MS, stored=2_095_445),
    "heic": Work(ms=914 + NETWORK_MS, stored=2_177_188),
    "dng": Work(ms=2627 + NETWORK_MS, stored=2_482_074),
    "png": Work(ms=480 + NETWORK_MS, stored=1_529_325),
}
TYPICAL: Final = MEASURED["jpeg"]
SAME: Final = {"jpg": "jpeg", "heif": "heic"}
RAW: Final = frozenset({"3fr", "arw", "cr2", "cr3", "kdc", "nef", "orf", "pef", "raf", "rw2", "srw"})


def known_as(kind: str) -> str:
    """Map a record's format or a key's extension to a name of MEASURED."""
    return "dng" if kind in RAW else SAME.get(kind, kind)


@dataclass(kw_only=True, slots=True)
class Experience:
    """Means of the receipts of each format; the measured values of a format without receipts."""

    sums: dict[str, tuple[int, float, int]] = field(default_factory=dict[str, tuple[int, float, int]])

    def learn(self, kind: str, receipt: Mapping[str, Any]) -> None:
        """Add a record's short receipt to the means."""
        count, ms, stored = self.sums.get(known_as(kind), (0, 0.0, 0))
        seen = (count + 1, ms + float(receipt["total_ms"]), stored + int(receipt["output_bytes"]))
        self.sums[known_as(kind)] = seen

    @property
    def receipts(self) -> int:
        """Number of receipts added."""
        return sum(count for count, _, _ in self.sums.values())

    def expect(self, kind: str) -> Work:
        """Return the work to expect of the format *kind*: its mean, else the measured work, else the mean of all."""
        name = known_as(kind)
        if name in self.sums:
            return mean(*self.sums[name])
        if name in MEASURED or not self.sums:
            return MEASURED.get(name, TYPICAL)
        counts, times, stored = zip(*self.sums.values(), strict=True)
        return mean(sum(counts), sum(times), sum(stored))


def mean(count: int, ms: float, stored: int) -> Work:
    """Divide sums by *count*."""
    return Work(ms=ms / count, stored=stored // count)


def compute_usd(work: Work, settings: RenditionSettings, prices: Prices, *, architecture: str) -> float:
    """Price the function's time for one photo."""
    gb_s = work.ms / 1000 * settings.memory_mib / MIB_PER_GB
    return prices[f"lambda_{architecture}"].of(gb_s)


def requests_usd(settings: RenditionSettings, prices: Prices) -> float:
    """Price the requests around one photo: message, invocation, objects, record."""
    return sum(prices[name].of(count) for name, count in requests_of(settings).items())


def requests_of(settings: RenditionWork) -> dict[str, int]:
    """Count the requests to AWS of one photo with the plain sizes."""
    files = sum(len(settings.formats_of(size)) for size in settings.sizes)
    # Before and after rendering: the gallery's profile, and the record for the photo's focus.
    choices = sum(map(bool, (settings.profiles, any(recipe.crops for recipe in settings.recipes.values()))))
    return {
        "lambda_requests": 1,
        "sqs_requests": 4,  # sent, received, kept hidden, deleted
        "s3_reads": 4,  # the original, a look before and after, a look at its stem
        "s3_writes": files,
        "dynamodb_reads": 3 + 2 * choices,  # its item, all items of the photo, the record
        # The record of up to 2 KB, in the table and in both indexes; the item of up to 2 KB; lease, stem, release.
        "dynamodb_writes": 2 * 3 + 2 + 3,
    }
