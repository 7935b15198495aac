"""What rendering one photo takes, as receipts say: time, bytes, and the requests around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from processor.ops.cost.prices import Prices
from processor.settings.services import RenditionSettings

MIB_PER_GB: Final = 1024
# Reading the original, writing four renditions, two manifests and the record, from Lambda in the same region: an
# assumption, until a stack has receipts of its own.
NETWORK_MS: Final = 150.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """One photo: *ms* in the function, *stored* bytes of renditions."""

    ms: float
    stored: int


# Wall times of docs/performance.md (`python -m bench.memory`, the share of one vCPU that 1,769 MiB come with), and the
# bytes that `darkroom render` makes of the same photos in the four default sizes. By format, as records and
# extensions name it.
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
    """Bring a record's format or a key's extension to the names above."""
    return "dng" if kind in RAW else SAME.get(kind, kind)


@dataclass(kw_only=True, slots=True)
class Experience:
    """The mean of the receipts that were seen, by format; what was measured elsewhere where there are none."""

    sums: dict[str, tuple[int, float, int]] = field(default_factory=dict[str, tuple[int, float, int]])

    def learn(self, kind: str, receipt: Mapping[str, Any]) -> None:
        """Take a record's short receipt into account."""
        count, ms, stored = self.sums.get(known_as(kind), (0, 0.0, 0))
        seen = (count + 1, ms + float(receipt["total_ms"]), stored + int(receipt["output_bytes"]))
        self.sums[known_as(kind)] = seen

    @property
    def receipts(self) -> int:
        """How many receipts were seen."""
        return sum(count for count, _, _ in self.sums.values())

    def expect(self, kind: str) -> Work:
        """Expect of a photo of the format *kind* what others of it took, else what photos of all formats did."""
        name = known_as(kind)
        if name in self.sums:
            return mean(*self.sums[name])
        if name in MEASURED or not self.sums:
            return MEASURED.get(name, TYPICAL)
        counts, times, stored = zip(*self.sums.values(), strict=True)
        return mean(sum(counts), sum(times), sum(stored))


def mean(count: int, ms: float, stored: int) -> Work:
    """Share sums out."""
    return Work(ms=ms / count, stored=stored // count)


def compute_usd(work: Work, settings: RenditionSettings, prices: Prices, *, architecture: str) -> float:
    """Price the function's time for one photo."""
    gb_s = work.ms / 1000 * settings.memory_mib / MIB_PER_GB
    return prices[f"lambda_{architecture}"].of(gb_s)


def requests_usd(settings: RenditionSettings, prices: Prices) -> float:
    """Price the requests around one photo: message, invocation, objects, record."""
    files = sum(len(settings.formats_of(size)) for size in settings.sizes)
    return sum(prices[name].of(count) for name, count in requests_of(files).items())


def requests_of(files: int) -> dict[str, int]:
    """Count what one photo with *files* renditions asks of AWS."""
    return {
        "lambda_requests": 1,
        "sqs_requests": 3,  # sent, received, deleted
        "s3_reads": 4,  # the original, and up to three names that its manifest may have
        "s3_writes": files + 2,  # renditions; the manifest as a claim and complete
        "dynamodb_reads": 1,
        "dynamodb_writes": 2 * 3,  # a record of up to 2 KB, in the table and in both indexes
    }
