"""Price what this stack has done, with the model of ``darkroom cost``; storage, delivery and monitoring not counted."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from processor.ops.cost.bill import Bill, Use
from processor.ops.cost.prices import load_prices
from processor.ops.cost.work import requests_usd
from processor.settings.stack_file import load_settings

# The stack `local` derives from it, and differs in nothing that has a price.
STACK: Final = Path(__file__).parents[3] / "Pulumi.dev.yaml"


def photos_usd(*, compute_usd: float, rendered: float) -> float:
    """Return the cost of *rendered* photos, USD: *compute_usd* from their receipts, and their requests."""
    return compute_usd + rendered * photo_requests_usd()


@cache
def photo_requests_usd() -> float:
    """Return the cost of the requests around one photo, USD."""
    return requests_usd(load_settings(STACK).renditions, load_prices())


def edits_usd(done: float) -> float:
    """Return the cost of *done* edits, USD."""
    return done * edit_usd()


@cache
def edit_usd() -> float:
    """Return the cost of one edit, USD."""
    use = Use(photos=0, new_per_month=0, views_per_photo=0, edits_per_month=1)
    return sum(row.usd for row in Bill(use=use, settings=load_settings(STACK), prices=load_prices()).editing())
