"""Secrets that change while a process runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from processor.aws.secrets import KEPT_S, LOOK_AGAIN_S, RotatingSecret
from processor.errors import StoreUnavailable


class Parameter:
    """A parameter, how often it was read, and a clock, s. *text* None: SSM is unavailable."""

    def __init__(self, text: str | None) -> None:
        self.text, self.reads, self.now = text, 0, 0.0

    def read(self) -> str:
        """Read it."""
        self.reads += 1
        if self.text is None:
            raise StoreUnavailable("ssm:GetParameter /key: expected success, received ThrottlingException.")
        return self.text

    def secret(self) -> RotatingSecret:
        """Return the secret in it."""
        return RotatingSecret(read=self.read, now=lambda: self.now)


def equals(value: str) -> Callable[[str], bool]:
    """Return a comparison with *value*."""
    return lambda known: known == value


def test_the_first_value_is_used_and_all_are_accepted() -> None:
    """One value per line."""
    secret = Parameter("new\nold\n").secret()

    assert "new" == secret.current()
    assert [True, True, False] == [secret.accepts(equals(value)) for value in ("new", "old", "newold")]


@pytest.mark.parametrize("text", ["\n", "\n\n"])
def test_an_empty_line_is_no_secret(text: str) -> None:
    """It would be what a client sends that knows none."""
    assert not Parameter(f"key{text}").secret().accepts(equals(""))
    with pytest.raises(StoreUnavailable, match="empty lines only"):
        Parameter(text).secret()


def test_a_changed_parameter_is_read_within_the_interval() -> None:
    """And not for each request."""
    parameter = Parameter("old")
    secret = parameter.secret()
    parameter.text = "new"
    parameter.now = KEPT_S - 1

    assert ("old", True, 1) == (secret.current(), secret.accepts(equals("old")), parameter.reads)
    parameter.now = KEPT_S
    assert not secret.holds(equals("old"))
    assert ("new", False) == (secret.current(), secret.accepts(equals("old")))


def test_an_unknown_value_is_looked_for_at_once_but_not_by_every_request() -> None:
    """The CDN may send a secret before this process has heard of it; invented ones do not flood SSM."""
    parameter = Parameter("old")
    secret = parameter.secret()
    parameter.text, parameter.now = "old\nnew", LOOK_AGAIN_S

    assert secret.accepts(equals("new"))
    assert not any(secret.accepts(equals(f"invented {number}")) for number in range(100))
    assert 2 == parameter.reads


@pytest.mark.faults
def test_known_values_stay_valid_while_ssm_is_unavailable() -> None:
    """It is asked again after the interval; only the first reading must succeed."""
    parameter = Parameter("old")
    secret = parameter.secret()
    parameter.text, parameter.now = None, KEPT_S

    assert ("old", 2, True, 2) == (secret.current(), parameter.reads, secret.accepts(equals("old")), parameter.reads)
    parameter.text, parameter.now = "new", 2 * KEPT_S
    assert "new" == secret.current()
    with pytest.raises(StoreUnavailable, match="Throttling"):
        Parameter(None).secret()


def test_no_value_is_shown() -> None:
    """Neither by its own repr nor by that of what holds it."""
    assert "hidden" not in repr(Parameter("hidden").secret())
