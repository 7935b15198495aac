"""What the compute of 1,000 photos would cost on Lambda: wall time, at the memory and processor of the settings.

Every peer is billed alike, so the costs compare as the wall times do; CPU that runs beside it is not billed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from processor.ops.cost.prices import Prices
from processor.ops.cost.work import MIB_PER_GB, NETWORK_MS, Work, compute_usd, requests_usd
from processor.settings import RenditionSettings
from processor.settings_deployment import Deployment

PHOTOS: Final = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Tariff:
    """The settings whose memory and processor are billed, and the prices."""

    settings: RenditionSettings
    architecture: str
    prices: Prices

    @classmethod
    def of_defaults(cls, prices: Prices) -> Tariff:
        """Bill what a stack has that sets nothing."""
        return cls(settings=RenditionSettings(), architecture=Deployment().architecture, prices=prices)

    def gb_seconds(self, wall_ms: float) -> float:
        """Count the GB-seconds of 1,000 photos."""
        return PHOTOS * wall_ms / 1000 * self.settings.memory_mib / MIB_PER_GB

    def compute_usd(self, wall_ms: float) -> float:
        """Price the compute of 1,000 photos."""
        work = Work(ms=wall_ms, stored=0)
        return PHOTOS * compute_usd(work, self.settings, self.prices, architecture=self.architecture)

    def all_in_usd(self, wall_ms: float) -> float:
        """Price 1,000 photos with the network's time and every request around them; storage is no part of it."""
        return self.compute_usd(wall_ms + NETWORK_MS) + PHOTOS * requests_usd(self.settings, self.prices)

    def words(self) -> str:
        """Say what is billed."""
        return f"{self.settings.memory_mib:,} MiB, {self.architecture}"
