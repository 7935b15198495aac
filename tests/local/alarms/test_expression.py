"""Tests of metric math, as far as our alarms use it."""

from __future__ import annotations

import re

import pytest

from components.alarms import failed_photos, throttled_table
from local.alarms.expression import UnknownMath, compute


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("100 * errors / invocations", 5.0),
        ("errors - invocations", -38.0),
        ("-errors", -2.0),
        ("FILL(none, 0) + errors", 2.0),
        ("FILL(errors, 7)", 2.0),
        ("IF(errors > 1, invocations, 0)", 40.0),
        ("IF(errors >= 3, invocations, 0)", 0.0),
        ("IF(none > 1, 1, 0)", None),
        ("100 * errors / none", None),
        ("errors / (errors - 2)", None),
        ("errors == 2", 1.0),
    ],
)
def test_expressions_are_computed_as_cloudwatch_does(expression: str, expected: float | None) -> None:
    """A period without data, and a division by zero, have no value instead of a wrong one."""
    values = {"errors": 2.0, "invocations": 40.0, "none": None}

    assert expected == compute(expression, values)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("errors +", "expected an expression, found 'errors +'"),
        ("unknown * 2", "found unknown"),
        ("SUM(errors)", "expected FILL of two or IF of three, found SUM of 1"),
        ("FILL(errors)", "expected FILL of two or IF of three, found FILL of 1"),
        ("errors ** 2", "expected + - * / or a comparison, found Pow"),
        ("__import__('os')", "found 'os'"),
    ],
)
def test_what_is_not_understood_is_refused(expression: str, said: str) -> None:
    """An alarm that cannot be evaluated must not look like one that is quiet."""
    with pytest.raises(UnknownMath, match=re.escape(said)):
        compute(expression, {"errors": 2.0})


def test_our_own_expressions_are_understood() -> None:
    """Every expression in the program can be evaluated."""
    rate, throttles = failed_photos("local").expression, throttled_table("photos", "photos").expression

    assert 20.0 == compute(rate or "", {"failed": 1.0, "done": 4.0})
    assert 100.0 == compute(rate or "", {"failed": 3.0, "done": None})
    assert compute(rate or "", {"failed": None, "done": None}) is None
    assert 2.0 == compute(throttles or "", {"reads": None, "writes": 2.0})
