"""Plan a backfill: the originals to send, the reasons, the duration and the cost. Sends nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import islice

from processor.aws.objects import Listed
from processor.aws.photo_scans import ITEMS_PER_READ, OriginalBatches, PhotoBatches
from processor.keys import ObjectKey
from processor.ops.backfill.reasons import SENDABLE, Reason, error_at, reason_of
from processor.ops.backfill.recipes import ExpectedRecipes
from processor.ops.cost.prices import Prices
from processor.ops.cost.work import Experience, compute_usd, known_as, requests_usd
from processor.original import OriginalItem
from processor.settings.tree import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """One original to send. *recipe*: hash of what it is to be rendered by; *failed_at*: time of its item's verdict."""

    key: str
    recipe: str
    failed_at: str | None = None


@dataclass(kw_only=True, slots=True)
class BackfillPlan:
    """Originals to send, and *counts* of all objects by reason."""

    counts: Counter[str] = field(default_factory=Counter[str])
    send: list[Planned] = field(default_factory=list[Planned])
    formats: Counter[str] = field(default_factory=Counter[str])
    experience: Experience = field(default_factory=Experience)

    def estimate(self, settings: Settings, prices: Prices, *, rate: float | None) -> Estimate:
        """Estimate duration and cost from the receipts of the items. *rate*: photos per second, None: no limit."""
        renditions, architecture = settings.renditions, settings.deployment.architecture
        work = {kind: self.experience.expect(kind) for kind in self.formats}
        busy_s = sum(count * work[kind].ms / 1000 for kind, count in self.formats.items())
        compute = sum(
            count * compute_usd(work[kind], renditions, prices, architecture=architecture)
            for kind, count in self.formats.items()
        )
        lane_s = busy_s / renditions.backfill_concurrency
        return Estimate(
            photos=len(self.send),
            seconds=max(lane_s, len(self.send) / rate) if rate else lane_s,
            compute_usd=compute,
            requests_usd=len(self.send) * requests_usd(renditions, prices),
            receipts=self.experience.receipts,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """Duration and cost of a backfill. *receipts*: the number it is based on; 0: on measurements in the program."""

    photos: int
    seconds: float
    compute_usd: float
    requests_usd: float
    receipts: int

    @property
    def usd(self) -> float:
        """Total cost."""
        return self.compute_usd + self.requests_usd

    @property
    def usd_per_photo(self) -> float:
        """Mean cost, 0 when there is nothing to send."""
        return self.usd / self.photos if self.photos else 0.0


def plan_backfill(
    originals: Iterable[Listed],
    items: OriginalBatches,
    *,
    recipes: ExpectedRecipes,
    wanted: AbstractSet[Reason],
    required: PhotoBatches | None = None,
) -> BackfillPlan:
    """Compare every original with its item. *required*: the records without which a photo is not rendered."""
    plan = BackfillPlan()
    for listed, item, reason, recipe in reasons(originals, items, recipes=recipes, required=required):
        plan.counts[str(reason)] += 1
        if item is not None and item.photo and item.receipt:
            plan.experience.learn(item.photo.format, item.receipt)
        if reason in wanted:
            plan.send.append(Planned(key=listed.key, recipe=recipe, failed_at=error_at(item)))
            plan.formats[known_as(ObjectKey(listed.key).extension)] += 1
    return plan


def reasons(
    originals: Iterable[Listed], items: OriginalBatches, *, recipes: ExpectedRecipes, required: PhotoBatches | None
) -> Iterator[tuple[Listed, OriginalItem | None, Reason | str, str]]:
    """Pair originals with their items, reasons and recipes, a hundred at a time."""
    waiting = iter(originals)
    while batch := list(islice(waiting, ITEMS_PER_READ)):
        photos = [one.key for one in batch if not ObjectKey(one.key).skip(one.size)]
        # Recipes first: what changes meanwhile is then in the item that is read, or in the worker's second look.
        recipe = dict.fromkeys((one.key for one in batch), "") | recipes.of(photos)
        found = items.read(photos)
        reason = {one.key: reason_of(one, found.get(one.key), recipe[one.key]) for one in batch}
        for key in without_record([key for key, why in reason.items() if why in SENDABLE], required):
            reason[key] = Reason.NO_RECORD
        yield from ((one, found.get(one.key), reason[one.key], recipe[one.key]) for one in batch)


def without_record(keys: Iterable[str], required: PhotoBatches | None) -> list[str]:
    """Return those of *keys* whose photos have no record although one is *required*."""
    names = [ObjectKey(key) for key in keys] if required else []
    there = required.read(names) if required else {}
    return [name.key for name in names if name.photo_id not in there]
