"""Versions and prices."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from processor.upload.receipt import cost_usd, version_of

HASHES = st.text("0123456789abcdef", min_size=1, max_size=64)


@given(HASHES, HASHES, HASHES, HASHES)
def test_a_version_changes_with_content_or_recipe_and_only_then(one: str, other: str, recipe: str, new: str) -> None:
    """Addresses of unchanged pixels stay cached."""
    assert (one == other) == (version_of(one, recipe) == version_of(other, recipe))
    assert (recipe == new) == (version_of(one, recipe) == version_of(one, new))


def test_a_version_is_short() -> None:
    """It stands in every address."""
    assert 12 == len(version_of("ab", "cd"))


def test_the_price_is_what_lambda_charges_for_arm64() -> None:
    """One second at 1,024 MiB is one GB-second; 1,000 photos of 0.5 s at 3,008 MiB cost two cents."""
    assert 0.000013333 == cost_usd(1000, 1024)
    assert 0.0196 == round(1000 * cost_usd(500, 3008), 4)
