"""The CDN's cache."""

from __future__ import annotations

from typing import Any

from processor.aws.cdn import CdnCache


def unexpected() -> Any:
    """Refuse to make a client."""
    raise AssertionError("no client was expected")


def test_without_a_distribution_nothing_is_asked() -> None:
    """A stack may have no CDN yet, and a client costs a cold start 40 ms."""
    CdnCache(client=unexpected, distribution_id=None).forget("photo:1", reference="r")
