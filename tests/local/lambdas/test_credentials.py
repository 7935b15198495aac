"""Tests of a role's credentials."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from botocore.stub import Stubber

from local.lambdas.credentials import RoleSessions, assume
from local.lambdas.errors import RoleRefused
from local.lambdas.services import EmulatorClients
from tests.factories.functions import credentials, function


@cache
def sts() -> Any:
    """Return a client of STS."""
    return EmulatorClients("http://127.0.0.1:1", "eu-west-1").tokens()


def test_a_role_that_is_not_there_is_named() -> None:
    """The error names the missing role, and what to check."""
    with Stubber(sts()) as stub:
        stub.add_client_error("assume_role", "AccessDenied", "no such role")
        with pytest.raises(RoleRefused) as refusal:
            assume(sts(), function())

    assert (
        "photo: expected credentials for arn:aws:iam::000000000000:role/photo, received An error occurred "
        "(AccessDenied) when calling the AssumeRole operation: no such role; is the role deployed, and does it trust "
        "Lambda?"
    ) == str(refusal.value)


@pytest.mark.parametrize(("minutes", "lasts"), [(60, True), (16.5, False), (-1, False)])
def test_credentials_must_outlive_the_work(minutes: float, *, lasts: bool) -> None:
    """A function of 15 minutes does not begin with credentials that end in the middle, two minutes to spare."""
    assert lasts == credentials(minutes=minutes).outlive(15 * 60)


@pytest.mark.parametrize(("minutes", "keys"), [(33, "112"), (31, "123")])
def test_a_role_s_session_is_given_until_half_of_it_is_gone(minutes: float, keys: str) -> None:
    """Sandboxes share a session, because each session needs a client for logs. Other roles have other sessions."""
    roles = RoleSessions(sts())
    wanted = (function(), function(), function(role="arn:aws:iam::000000000000:role/newer"))
    with Stubber(sts()) as stub:
        for number in sorted(set(keys)):
            stub.add_response("assume_role", {"Credentials": session(number, minutes)})
        given = [roles.credentials(one).access_key for one in wanted]
        stub.assert_no_pending_responses()

    assert [f"ASIA{number:>016}" for number in keys] == given


def session(number: str, minutes: float) -> dict[str, object]:
    """Return what STS answers: credentials that last for *minutes*."""
    given = credentials(minutes=minutes)
    return {
        "AccessKeyId": f"ASIA{number:>016}",
        "SecretAccessKey": given.secret_key,
        "SessionToken": given.token,
        "Expiration": given.expires,
    }
