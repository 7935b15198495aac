"""Attribute values of DynamoDB."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processor.aws.attributes import from_attribute, to_attribute

NUMBERS = st.integers(-(10**30), 10**30) | st.decimals(allow_nan=False, allow_infinity=False, places=6)
VALUES = st.recursive(
    st.text() | st.booleans() | st.none() | NUMBERS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
) | st.one_of(st.binary(), *(st.frozensets(one, min_size=1) for one in (st.text(), st.binary(), NUMBERS)))


@given(VALUES)
def test_every_value_comes_back_as_it_was(value: object) -> None:
    """Numbers come back as Decimal, which equals what they were."""
    assert value == from_attribute(to_attribute(value))


def test_a_float_becomes_the_number_that_it_prints_as() -> None:
    """Not the binary fraction behind it; DynamoDB takes no floats at all."""
    assert {"N": "0.1"} == to_attribute(0.1)
    assert Decimal("0.1") == from_attribute(to_attribute(0.1))


def test_a_truth_is_no_number() -> None:
    """Python calls True an int."""
    assert {"BOOL": True} == to_attribute(True)  # noqa: FBT003 - the value is the point


def test_a_set_has_members_of_one_kind() -> None:
    """DynamoDB has no empty sets either."""
    with pytest.raises(TypeError, match="expected texts, numbers or binaries in a set for DynamoDB, received none"):
        to_attribute(frozenset())


def test_what_has_no_attribute_is_refused() -> None:
    """A defect is described in one sentence."""
    with pytest.raises(TypeError, match="expected text, a number, a mapping or a list for DynamoDB, received object"):
        to_attribute(object())
