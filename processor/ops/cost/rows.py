"""A bill as rows: which resource, how much of what, what that costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from processor.ops.cost.prices import Price


class Due(StrEnum):
    """When a row is paid."""

    ONCE = "once"
    MONTHLY = "monthly"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """*amount* units of *price* that *resource* uses; *of* says how that comes about."""

    resource: str
    of: str
    amount: float
    price: Price
    due: Due = Due.MONTHLY

    @property
    def usd(self) -> float:
        """What it costs."""
        return self.price.of(self.amount)


def total(rows: Iterable[Row], due: Due) -> float:
    """Sum up what is paid at *due*, USD."""
    return sum(row.usd for row in rows if row.due is due)
