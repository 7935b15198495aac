"""Read AWS's prices from ``prices.toml``, each with its region, source and date."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("prices.toml")


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """*usd* for *units* units; *per* names the unit."""

    usd: float
    per: str
    units: int
    region: str
    source: str
    date: date

    def of(self, amount: float) -> float:
        """Price *amount* units, USD."""
        return self.usd * amount / self.units


Prices = Mapping[str, Price]


def load_prices(path: Path = FILE) -> Prices:
    """Read all prices by name."""
    return {name: Price(**fields) for name, fields in tomllib.loads(path.read_text(encoding="utf-8")).items()}
