"""The credentials of a role."""

from __future__ import annotations

import pytest
from botocore.stub import Stubber

from local.lambdas.clients import Clients
from local.lambdas.credentials import assume
from local.lambdas.errors import RoleRefused
from tests.factories.functions import credentials, function

STS = Clients("http://127.0.0.1:1", "eu-west-1").tokens()


def test_a_role_that_is_not_there_is_named() -> None:
    """Whoever forgot the role reads which one, and what to look at."""
    with Stubber(STS) as stub:
        stub.add_client_error("assume_role", "AccessDenied", "no such role")
        with pytest.raises(RoleRefused) as refusal:
            assume(STS, function())

    assert (
        "photo: expected credentials for arn:aws:iam::000000000000:role/photo, received An error occurred "
        "(AccessDenied) when calling the AssumeRole operation: no such role; is the role deployed, and does it trust "
        "Lambda?"
    ) == str(refusal.value)


@pytest.mark.parametrize(("minutes", "lasts"), [(60, True), (16.5, False), (-1, False)])
def test_credentials_must_outlive_the_work(minutes: float, *, lasts: bool) -> None:
    """A function of 15 minutes does not begin with credentials that end in the middle, two minutes to spare."""
    assert lasts == credentials(minutes=minutes).outlive(15 * 60)
