"""The temporary credentials of a function's role, which STS gives as it gives them to Lambda."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from local.lambdas.errors import RoleRefused
from local.lambdas.function import Function

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient

# The most that a role allows, unless it says otherwise.
LIFETIME_S: Final = 3600
SPARE: Final = timedelta(minutes=2)
# What a session must last to be given once more: longer than any function may take.
LENT_S: Final = LIFETIME_S / 2


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Credentials:
    """A role's session. *expires*: aware UTC."""

    access_key: str
    secret_key: str
    token: str
    expires: datetime

    def outlive(self, seconds: float) -> bool:
        """Tell whether work of this length can still begin with them."""
        return datetime.now(UTC) + timedelta(seconds=seconds) + SPARE < self.expires


class RoleSessions:
    """The sessions of functions' roles, each given to sandbox after sandbox while half of it is left.

    Clients that write logs are made for credentials, and each is a third of a MiB that is freed late: with credentials
    of their own, sandboxes that come and go would let the host grow.
    """

    def __init__(self, sts: STSClient) -> None:
        self._sts = sts
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], Credentials] = {}

    def credentials(self, function: Function) -> Credentials:
        """Give credentials of the function's role; RoleRefused when STS does not let."""
        key = function.name, function.role
        with self._lock:
            known = self._known.get(key)
            if known is None or not known.outlive(LENT_S):
                known = self._known[key] = assume(self._sts, function)
            return known


def assume(sts: STSClient, function: Function) -> Credentials:
    """Assume the function's role; RoleRefused when STS does not let."""
    try:
        # Lambda names the session after the function, which policies and trails can then tell. STS takes 2 to 64.
        session = function.name[:64].ljust(2, "_")
        answer = sts.assume_role(RoleArn=function.role, RoleSessionName=session, DurationSeconds=LIFETIME_S)
    except (ClientError, BotoCoreError) as error:
        raise RoleRefused(
            f"{function.name}: expected credentials for {function.role}, received {error}; "
            "is the role deployed, and does it trust Lambda?"
        ) from error
    given = answer["Credentials"]
    return Credentials(
        access_key=given["AccessKeyId"],
        secret_key=given["SecretAccessKey"],
        token=given["SessionToken"],
        expires=given["Expiration"],
    )
