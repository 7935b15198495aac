"""Sequencers in normal form."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from processor.events import ObjectChange, normal_sequencer

HEX = st.text("0123456789ABCDEFabcdef", max_size=20)


def padded(one: str, other: str) -> tuple[str, str]:
    """Pad two sequencers to one length, as S3's documentation states."""
    length = max(len(one), len(other))
    return one.upper().ljust(length, "0"), other.upper().ljust(length, "0")


@given(HEX, HEX)
def test_the_order_of_normal_forms_is_the_order_that_s3_documents(one: str, other: str) -> None:
    """Comparing what is stored equals padding on the right with zeros and comparing as text."""
    long_one, long_other = padded(one, other)

    assert (long_one < long_other) == (normal_sequencer(one) < normal_sequencer(other))
    assert (long_one == long_other) == (normal_sequencer(one) == normal_sequencer(other))


@given(HEX)
def test_a_normal_form_stays_as_it_is(sequencer: str) -> None:
    """Normalising what was stored changes nothing."""
    assert normal_sequencer(sequencer) == normal_sequencer(normal_sequencer(sequencer))


def test_changes_are_told_in_two_words() -> None:
    """The log and the saved queries name them."""
    assert ["created", "removed"] == [change.value for change in ObjectChange]


def test_unequal_lengths_compare_by_value_not_by_length() -> None:
    """A shorter sequencer can be the newer one."""
    assert normal_sequencer("0055AED6DCD9") > normal_sequencer("0055AED6DCD80281E5")
