"""CloudFront calls a function URL only where the function's policy allows it; failover: e2e/test_sizes_on_demand.py."""

from __future__ import annotations

from typing import Any

import pytest

from local.emulator.cloudfront_gaps import allows

OURS, OTHER = (f"arn:aws:cloudfront::123456789012:distribution/E{name}" for name in ("OURS", "OTHER"))
ACTIONS = ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")


def statement(action: str, *, principal: Any = None, source: str = OURS) -> dict[str, Any]:
    """Give a statement of a function's policy, as Lambda writes it."""
    return {
        "Effect": "Allow",
        "Principal": principal or {"Service": "cloudfront.amazonaws.com"},
        "Action": action,
        "Condition": {"ArnLike": {"AWS:SourceArn": source}},
    }


def test_both_permissions_are_needed() -> None:
    """Since October 2025, https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html."""
    both = [statement(action) for action in ACTIONS]

    assert [True, False, False, False] == [allows(some, OURS) for some in (both, both[:1], both[1:], [])]


@pytest.mark.parametrize("other", [{"source": OTHER}, {"principal": {"Service": "s3.amazonaws.com"}}])
def test_another_distribution_or_service_has_none(other: dict[str, Any]) -> None:
    """A permission is for one distribution."""
    assert not allows([statement(action, **other) for action in ACTIONS], OURS)
