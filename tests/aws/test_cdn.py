"""The CDN's cache."""

from __future__ import annotations

from typing import Any

from processor.aws.cdn import CdnCache
from tests.factories.darkroom import Darkroom


def unexpected() -> Any:
    """Refuse to make a client."""
    raise AssertionError("no client was expected")


def test_without_a_distribution_nothing_is_asked() -> None:
    """A stack may have no CDN yet, and a client costs a cold start 40 ms. Nor without a tag."""
    CdnCache(client=unexpected, distribution_id=None).forget(["photo:1"], reference="r")
    CdnCache(client=unexpected, distribution_id="E1EXAMPLE").forget([], reference="r")


def test_several_tags_are_one_invalidation(darkroom: Darkroom) -> None:
    """CloudFront bills each invalidation."""
    asked: list[dict[str, Any]] = []
    darkroom.cloudfront.faults["create_invalidation"] = lambda arguments, send: asked.append(arguments) or send()

    darkroom.cdn.forget(["photo:1", "photo:2"], reference="r")

    [batch] = [arguments["InvalidationBatch"] for arguments in asked]
    assert {"Quantity": 2, "Items": ["#photo:1", "#photo:2"]} == batch["Paths"]
