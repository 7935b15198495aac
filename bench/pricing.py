"""Compute what 1,000 photos cost on Lambda, by the prices of the cost model.

Peers are billed for their wall time on this machine's cores at the size of memory that has two of them, all alike: so
their costs compare as their wall times do. Darkroom's cost all in is billed for what its function took under the CPU
share of its own size of memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from processor.ops.cost.prices import Prices
from processor.ops.cost.work import NETWORK_MS, requests_usd
from processor.settings.services import RenditionSettings
from processor.settings.tree import DeploymentSettings

PHOTOS: Final = 1000
MIB_PER_GB: Final = 1024
TWO_CORES_MIB: Final = 3008
"""The most memory for which Lambda gives two cores; what the replaced guide took."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tariff:
    """Prices for a stack with default settings."""

    prices: Prices
    settings: RenditionSettings
    architecture: str

    @classmethod
    def of_defaults(cls, prices: Prices) -> Tariff:
        """Take the settings' defaults."""
        return cls(prices=prices, settings=RenditionSettings(), architecture=DeploymentSettings().architecture)

    @property
    def usd_per_gb_s(self) -> float:
        """The price of a GB-second."""
        return self.prices[f"lambda_{self.architecture}"].of(1)

    def compute_usd(self, ms: float, memory_mib: int = TWO_CORES_MIB) -> float:
        """Price the compute of 1,000 photos of *ms* each."""
        return gb_seconds_per_1000(ms, memory_mib) * self.usd_per_gb_s

    def all_in_usd(self, ms: float) -> float:
        """Price 1,000 photos with the network's assumed time and every request around them; storage is no part."""
        compute = self.compute_usd(ms + NETWORK_MS, self.settings.memory_mib)
        return compute + PHOTOS * requests_usd(self.settings, self.prices)


def gb_seconds_per_1000(ms: float, memory_mib: int = TWO_CORES_MIB) -> float:
    """Count the GB-seconds of 1,000 photos of *ms* each."""
    return PHOTOS * ms / 1000 * memory_mib / MIB_PER_GB
