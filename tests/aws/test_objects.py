"""Buckets listed page by page."""

from __future__ import annotations

from typing import Any, cast

import pytest

from processor.aws.objects import BucketListing
from tests.factories.darkroom import ORIGINALS, Darkroom

KEYS = ["a", "b/IMG_1.jpg", "b/IMG_10.jpg", "b/IMG_1_x.jpg", "b/Übung 😀+%.jpg", "c"]


@pytest.fixture
def listing(darkroom: Darkroom, monkeypatch: pytest.MonkeyPatch) -> BucketListing:
    """Return a bucket that takes several pages to list."""
    monkeypatch.setattr("processor.aws.objects.PAGE_KEYS", 2)
    for key in KEYS:
        darkroom.upload(key)
    return BucketListing(s3=cast("Any", darkroom.s3), bucket=ORIGINALS)


def test_everything_below_a_prefix_is_listed_once(listing: BucketListing) -> None:
    """Over several pages, in order."""
    assert KEYS[1:5] == [one.key for one in listing.all("b/")]
    assert KEYS == [one.key for one in listing.all("")]


def test_what_is_near_is_listed_without_what_lies_between(
    listing: BucketListing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D3: `../x.jpg` is far from its neighbour in the list of originals, and a bucket may lie between their files."""
    wanted = [KEYS[1], KEYS[4]]
    assert listing.near(wanted).issuperset(wanted)
    assert frozenset() == listing.near([])
    monkeypatch.setattr("processor.aws.objects.PAGE_KEYS", 1)

    assert frozenset(wanted) == listing.near(wanted)
    assert frozenset() == listing.near(["c/none.jpg"])


def test_a_key_is_found_among_others_that_begin_with_it(listing: BucketListing) -> None:
    """Exactly, or not at all."""
    found = listing.find("b/IMG_1.jpg")
    assert found is not None
    assert ("b/IMG_1.jpg", 7) == (found.key, found.size)
    assert None is listing.find("b/IMG_1")
