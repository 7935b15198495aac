"""Compute the bill of a stack, row by row, from its use: photos, views and edits.

Everything follows from the settings, the work of one photo (work.py) and the prices; each further assumption is a
constant here, with its reason. Free tiers are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from processor.ops.cost.prices import Price, Prices
from processor.ops.cost.work import MIB_PER_GB, TYPICAL, Work, requests_of
from processor.ops.reconcile.state import PER_DAY
from processor.settings.services import FunctionSettings
from processor.settings.tree import Settings

DAYS: Final = 30
GB: Final = 1e9
# An original of 24 MP from a camera (bench/inputs.py).
ORIGINAL_BYTES: Final = 9_000_000
# Alarms of components/alarms.py; tests/ops/cost/test_prices.py compares the number with the plan.
ALARMS: Final = 35
ON_DEMAND_ALARMS: Final = 4  # of the function that makes sizes on demand, where it is declared
# Darkroom's own metrics with their dimensions: outcomes, codes, decoders.
CUSTOM_METRICS: Final = 30
LOG_BYTES: Final = 4_000  # a JSON line with the receipt and an EMF line, per photo
RECORD_BYTES: Final = 2_000
INDEXES: Final = 2
ITEM_BYTES: Final = 1_700  # an original's item, and the claim of its stem
# Photos that are replaced or deleted, of those that are new in a month: each is one tag at most.
CHANGED_SHARE: Final = 0.05
FREE_INVALIDATIONS: Final = 1_000
# The edit API: one request that accepts, and a stream that is open while the picture is edited.
API_MS: Final = 50 + TYPICAL.ms
EDIT_WRITES: Final = 7  # session, started, done, two steps of progress, a stream's place taken and given back
RECONCILE_S: Final = 5.0  # a run that finds nothing, 10,000 photos


# Events: one shard per stream, polled as often as Lambda polls; AWS does not say what Pipes pays, so this is the most.
STREAMS: Final = 2
STREAM_READS_PER_S: Final = 4
EVENT_ALARMS: Final = 2  # pipes that fail, of two metrics, and their dead letters; webhooks have one more


class Due(StrEnum):
    """Time of payment."""

    ONCE = "once"
    MONTHLY = "monthly"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """*amount* units of *price* that *resource* uses; *of* is the calculation in words."""

    resource: str
    of: str
    amount: float
    price: Price
    due: Due = Due.MONTHLY

    @property
    def usd(self) -> float:
        """Cost of the row, USD."""
        return self.price.of(self.amount)


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """Use of a stack. *views_per_photo*: over a photo's life; a month has the views of as many photos as are new.

    *unread_streams_per_month*: progress streams whose reader is gone, of sessions that do not end. Lambda does not tell
    the function that a reader is gone, so each is billed for its whole lifetime.
    """

    photos: int
    new_per_month: int
    views_per_photo: float
    edits_per_month: int
    unread_streams_per_month: int = 0
    work: Work = TYPICAL

    @property
    def views_per_month(self) -> float:
        """Requests for renditions in a month."""
        return self.new_per_month * self.views_per_photo


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """The bill of a stack. *rows()* lists it; the other methods are its parts."""

    use: Use
    settings: Settings
    prices: Prices

    def rows(self) -> list[Row]:
        """List all costs."""
        use, lane = self.use, self.settings.renditions.function_name
        return [
            *self.rendering(use.photos, f"{lane}-backfill", Due.ONCE),
            *self.rendering(use.new_per_month, f"{lane}-uploads", Due.MONTHLY),
            *self.storage(),
            *self.reconciling(),
            *self.editing(),
            *self.delivery(),
            *self.watching(),
            *(self.publishing() if self.settings.events.enabled else ()),
        ]

    def row(self, resource: str, of: str, amount: float, price: str, due: Due = Due.MONTHLY) -> Row:
        """Write one row."""
        return Row(resource=resource, of=of, amount=amount, price=self.prices[price], due=due)

    def compute(self, function: FunctionSettings, of: str, ms: float, due: Due = Due.MONTHLY) -> Row:
        """Bill a function's time, *ms* in all."""
        architecture = self.settings.deployment.architecture
        gb_s = ms / 1000 * function.memory_mib / MIB_PER_GB
        where = f"{of} at {function.memory_mib:,} MiB, {architecture}"
        return self.row(function.function_name, where, gb_s, f"lambda_{architecture}", due)

    def rendering(self, count: int, lane: str, due: Due) -> Iterator[Row]:
        """Bill the rendition of *count* photos that arrive through *lane*."""
        renditions, ms = self.settings.renditions, self.use.work.ms
        yield self.compute(renditions, f"{count:,} photos × {ms:,.0f} ms", count * ms, due)
        names = {
            "lambda_requests": (renditions.function_name, "invocations"),
            "sqs_requests": (lane, "requests"),
            "s3_reads": (renditions.originals_bucket, "GET and HEAD, there and of a rendition"),
            "s3_writes": (renditions.renditions_bucket, "PUT"),
            "dynamodb_reads": (renditions.photos_table, "read units, there and of originals"),
            "dynamodb_writes": (renditions.photos_table, "write units, with both indexes, and of originals"),
        }
        for price, each in requests_of(renditions).items():
            resource, what = names[price]
            yield self.row(resource, f"{count:,} photos × {each} {what}", count * each, price, due)

    def storage(self) -> Iterator[Row]:
        """Bill stored objects and records."""
        renditions, count = self.settings.renditions, self.use.photos + self.use.new_per_month
        sizes = {renditions.originals_bucket: ORIGINAL_BYTES, renditions.renditions_bucket: self.use.work.stored}
        for bucket, size in sizes.items():
            yield self.row(bucket, f"{count:,} photos × {size / 1e6:.1f} MB", count * size / GB, "s3_storage")
        held = count * RECORD_BYTES * (1 + INDEXES) / GB
        of = f"{count:,} records × {RECORD_BYTES / 1000:.0f} KB, in the table and {INDEXES} indexes"
        yield self.row(renditions.photos_table, of, held, "dynamodb_storage")
        items = f"{count:,} items × {ITEM_BYTES / 1000:.1f} KB, with claims of stems"
        yield self.row(renditions.originals_table, items, count * ITEM_BYTES / GB, "dynamodb_storage")

    def reconciling(self) -> Iterator[Row]:
        """Bill the reconciler: its walks are paced by how many entries they visit a day."""
        reconciler = self.settings.renditions.reconciler
        runs = DAYS * 24 * 60 / reconciler.every_min
        records = min(runs * self.use.photos, DAYS * PER_DAY["records"])
        originals = min(runs * self.use.photos, DAYS * PER_DAY["originals"])
        shown = min(runs * self.use.photos, DAYS * PER_DAY["shown"])
        items = min(runs * self.use.photos, DAYS * PER_DAY["items"])
        name = reconciler.function_name
        yield self.compute(reconciler, f"{runs:,.0f} runs × {RECONCILE_S:g} s", runs * RECONCILE_S * 1000)
        yield self.row(name, f"{items:,.0f} originals looked at", items, "s3_reads")
        # Two records fit into a read unit of 4 KB, and an eventually consistent scan takes half a unit; each original's
        # item and record are read consistently, and the item of each original that a record shows.
        read = records / 4 + items / 4 + shown * 5 / 4 + 2 * originals
        yield self.row(name, f"{records:,.0f} records and {items:,.0f} items read", read, "dynamodb_reads")

    def editing(self) -> Iterator[Row]:
        """Bill edits, each as slow as rendering a photo."""
        edits, count = self.settings.edits, self.use.edits_per_month
        of = f"{count:,} edits"
        yield self.compute(edits, f"{of} × {self.use.work.ms:,.0f} ms", count * self.use.work.ms)
        yield self.compute(edits.api, f"{of} × {API_MS:,.0f} ms", count * API_MS)
        if unread := self.use.unread_streams_per_month:
            lasted = f"{unread:,} streams that nothing reads × {edits.stream_lifetime_s} s"
            yield self.compute(edits.api, lasted, unread * edits.stream_lifetime_s * 1000)
        kept = count * self.use.work.stored / GB * edits.result_ttl_days / DAYS
        yield self.row(edits.function_name, f"{of}: worker, request, stream", 3 * count, "lambda_requests")
        yield self.row(f"{edits.function_name}-jobs", f"{of} × 3 requests", 3 * count, "sqs_requests")
        yield self.row(edits.results_bucket, f"{of} kept for {edits.result_ttl_days} days", kept, "s3_storage")
        yield self.row(edits.results_bucket, f"{of} × 1 PUT", count, "s3_writes")
        written = 2 * EDIT_WRITES * count
        yield self.row(edits.sessions_table, f"{of} × {2 * EDIT_WRITES} write units", written, "dynamodb_writes")

    def delivery(self) -> Iterator[Row]:
        """Bill views, each of a rendition of mean size."""
        views, size = self.use.views_per_month, self.use.work.stored / len(self.settings.renditions.sizes)
        yield self.row("CDN", f"{views:,.0f} views × {size / 1000:.0f} KB", views * size / GB, "cdn_transfer")
        yield self.row("CDN", f"{views:,.0f} requests", views, "cdn_requests")
        changed = self.use.new_per_month * CHANGED_SHARE
        of = f"{changed:,.0f} photos replaced or deleted × 1 tag, {FREE_INVALIDATIONS:,} free"
        yield self.row("CDN", of, max(0.0, changed - FREE_INVALIDATIONS), "cdn_invalidations")

    def publishing(self) -> Iterator[Row]:
        """Bill events: each outcome once by pipe, bus and webhooks, the reading of both streams, and their alarms."""
        monthly = self.use.new_per_month * (1 + CHANGED_SHARE) + self.use.edits_per_month
        webhooks = len(self.settings.events.webhooks)
        for count, due in ((self.use.photos, Due.ONCE), (monthly, Due.MONTHLY)):
            of = f"{count:,.0f} events"
            yield self.row("events", f"{of} through pipes", count, "events_pipe", due)
            yield self.row("events", f"{of} on the bus", count, "events_custom", due)
            if webhooks:
                yield self.row("events", f"{of} to {webhooks} webhooks", webhooks * count, "events_webhook", due)
        reads = STREAMS * STREAM_READS_PER_S * DAYS * 86_400
        yield self.row("events", f"{STREAMS} streams polled, at most", reads, "dynamodb_stream_reads")
        alarms = EVENT_ALARMS + bool(webhooks)
        yield self.row("events", f"{alarms} alarms over {alarms + 1} metrics", alarms + 1, "alarm")

    def watching(self) -> Iterator[Row]:
        """Bill monitoring."""
        monitoring = "monitoring"
        alarms = ALARMS + (ON_DEMAND_ALARMS if self.settings.renditions.on_demand else 0)
        yield self.row(monitoring, f"{alarms} alarms", alarms, "alarm")
        yield self.row(monitoring, f"{CUSTOM_METRICS} own metrics", CUSTOM_METRICS, "custom_metric")
        yield self.row(monitoring, "1 dashboard", 1, "dashboard")
        yield self.row(monitoring, "1 key, of the alarm topic", 1, "kms_key")
        logged = (self.use.new_per_month + self.use.edits_per_month) * LOG_BYTES / GB
        yield self.row(monitoring, f"{logged:.1f} GB of logs", logged, "logs")


def total(rows: Iterable[Row], due: Due) -> float:
    """Sum up what is paid at *due*, USD."""
    return sum(row.usd for row in rows if row.due is due)
