"""Prices, and what is priced with them."""

from __future__ import annotations

import pytest

from components.testing.plan import StackPlan
from processor.ops.cost.bill import ALARMS, ON_DEMAND_ALARMS, Bill, Use
from processor.ops.cost.prices import load_prices
from processor.ops.cost.work import MEASURED, TYPICAL, Experience, Work
from processor.settings.tree import Settings
from processor.upload.receipt import USD_PER_GB_SECOND
from tests.factories.plans import plans
from tests.factories.stacks import plan_with

__all__ = ["plans"]


def test_every_price_has_a_region_a_source_and_a_date() -> None:
    """A price without a date is a rumour."""
    for name, price in load_prices().items():
        assert price.usd > 0, name
        assert price.source.startswith("https://aws.amazon.com/"), name
        assert price.region, name
        assert price.date.year >= 2025, name


def test_receipts_and_the_price_file_agree() -> None:
    """Receipts and `darkroom cost` use one price."""
    assert pytest.approx(USD_PER_GB_SECOND) == load_prices()["lambda_arm64"].of(1)


def test_the_bill_counts_the_alarms_that_there_are(plans: dict[str, StackPlan]) -> None:
    """The package does not know the program; this does."""
    alarm = "aws:cloudwatch/metricAlarm:MetricAlarm"
    on_demand = plan_with("prod", {"renditions": {"on_demand": True}})

    assert [ALARMS, ALARMS + ON_DEMAND_ALARMS] == [len(one.of_type(alarm)) for one in (plans["prod"], on_demand)]


def test_sizes_on_demand_cost_four_alarms_and_nothing_while_they_are_off() -> None:
    """$0.40 a month; requests that make a size are not foreseen."""
    use = Use(photos=1000, new_per_month=0, views_per_photo=0, edits_per_month=0)
    off, on = (
        sum(row.usd for row in Bill(use=use, settings=Settings.from_mapping(tree), prices=load_prices()).rows())
        for tree in ({}, {"renditions": {"on_demand": True}})
    )

    assert pytest.approx(0.40) == on - off


def test_experience_is_preferred_to_measurements() -> None:
    """By format if there is any; for an unknown format the mean of all others is expected."""
    experience = Experience()
    assert (MEASURED["heic"], MEASURED["dng"], TYPICAL) == tuple(map(experience.expect, ("heif", "nef", "xyz")))

    for ms in (100, 300):
        experience.learn("jpg", {"total_ms": ms, "output_bytes": 1000})
    experience.learn("tiff", {"total_ms": 500, "output_bytes": 4000})

    assert Work(ms=200, stored=1000) == experience.expect("jpeg")
    assert MEASURED["heic"] == experience.expect("heic")
    assert Work(ms=300, stored=2000) == experience.expect("xyz")
    assert 3 == experience.receipts
