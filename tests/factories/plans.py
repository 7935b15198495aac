"""Fixtures: the real program, recorded once per stack and process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest

from components.testing.plan import StackPlan
from components.testing.recorder import STACKS, record
from components.testing.variants import VARIANTS, record_variant

recorded = cache(record)
switched_on = cache(record_variant)


@pytest.fixture(scope="session")
def plans() -> Mapping[str, StackPlan]:
    """Return the plans of all stacks by name."""
    return {stack: recorded(stack) for stack in STACKS}


@pytest.fixture(scope="session")
def variants() -> Mapping[str, StackPlan]:
    """Return the plans of `dev` with one switch on, by the switch."""
    return {name: switched_on(name) for name in VARIANTS}


@pytest.fixture(params=STACKS)
def plan(request: pytest.FixtureRequest, plans: Mapping[str, StackPlan]) -> StackPlan:
    """Return each plan in turn."""
    return plans[request.param]
