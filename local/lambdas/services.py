"""Build what every host of functions needs: clients, writers, credentials, code, a watchdog."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config
from botocore.session import Session

from local.lambdas.credentials import Credentials

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_sts import STSClient

# The emulator's root.
ADMINISTRATOR: Final[Mapping[str, Any]] = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
CONFIG: Final = Config(
    connect_timeout=3,
    read_timeout=30,
    max_pool_connections=32,
    retries={"mode": "standard", "total_max_attempts": 3},
)


class EmulatorClients:
    """Makes clients of the emulator at *aws* (an origin) for *region*."""

    def __init__(self, aws: str, region: str) -> None:
        self.aws, self.region = aws, region
        self._session = Session()
        # Nothing of this machine's AWS configuration: no profile, no region, no proxy of its services.
        self._session.set_config_variable("config_file", "/dev/null")
        self._session.set_config_variable("credentials_file", "/dev/null")
        make: Callable[..., object] = self._session.create_client
        self._make = make

    def functions(self) -> LambdaClient:
        """Make a client of Lambda."""
        return self._client("lambda")  # pyright: ignore[reportReturnType]

    def logs(self, role: Credentials) -> CloudWatchLogsClient:
        """Make a client of CloudWatch Logs for a function's role."""
        given = {
            "aws_access_key_id": role.access_key,
            "aws_secret_access_key": role.secret_key,
            "aws_session_token": role.token,
        }
        return self._client("logs", given)  # pyright: ignore[reportReturnType]

    def metrics(self) -> CloudWatchClient:
        """Make a client of CloudWatch."""
        return self._client("cloudwatch")  # pyright: ignore[reportReturnType]

    def tokens(self) -> STSClient:
        """Make a client of STS."""
        return self._client("sts")  # pyright: ignore[reportReturnType]

    def _client(self, service: str, identity: Mapping[str, Any] = ADMINISTRATOR) -> object:
        return self._make(service, region_name=self.region, endpoint_url=self.aws, config=CONFIG, **identity)


def freeze_gc() -> None:
    """Take all that was loaded so far out of the garbage collector's sight; call it once, when a server begins.

    CPython looks for old garbage only when what is new exceeds a quarter of what it saw the last time: beside thousands
    of modules' objects, processes and clients that came and went would stay for an hour.
    """
    gc.collect()
    gc.freeze()
    gc.collect()  # so that what it saw the last time is nothing
