"""Get temporary credentials of a function's role from STS, as Lambda does."""

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

# The default maximum of a role.
LIFETIME_S: Final = 3600
SPARE: Final = timedelta(minutes=2)
# A session is shared again when it lasts longer than this, which exceeds every function's timeout.
LENT_S: Final = LIFETIME_S / 2


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Credentials:
    """A role's session. *expires*: aware UTC."""

    access_key: str
    secret_key: str
    token: str
    expires: datetime

    def outlive(self, seconds: float) -> bool:
        """Return whether they last for work of *seconds*, with a margin."""
        return datetime.now(UTC) + timedelta(seconds=seconds) + SPARE < self.expires


class RoleSessions:
    """Sessions of functions' roles; sandboxes share a session until half of its time is over.

    Each session needs a client that writes logs: a third of a MiB, which is freed late. With a session for every
    sandbox, the host's memory would grow.
    """

    def __init__(self, sts: STSClient) -> None:
        self._sts = sts
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], Credentials] = {}

    def credentials(self, function: Function) -> Credentials:
        """Return credentials of the function's role; raise RoleRefused when STS refuses."""
        key = function.name, function.role
        with self._lock:
            known = self._known.get(key)
            if known is None or not known.outlive(LENT_S):
                known = self._known[key] = assume(self._sts, function)
            return known


def assume(sts: STSClient, function: Function) -> Credentials:
    """Assume the function's role; raise RoleRefused when STS refuses."""
    try:
        # Lambda names the session after the function, for policies and trails. STS takes 2 to 64 characters.
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
