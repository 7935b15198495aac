"""Build what every host of functions needs: clients, writers, credentials, code, a watchdog."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config
from botocore.session import Session

from local.lambdas.code import CodeStore, fetch_from
from local.lambdas.credentials import Credentials, RoleSessions
from local.lambdas.function_registry import FunctionRegistry
from local.lambdas.log_writer import LogWriter
from local.lambdas.metrics import MetricWriter
from local.lambdas.sandbox import SandboxContext
from local.lambdas.watchdog import Watchdog

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_sts import STSClient

# The emulator's root user.
ADMINISTRATOR: Final[Mapping[str, Any]] = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
CONFIG: Final = Config(
    connect_timeout=3,
    read_timeout=30,
    max_pool_connections=32,
    retries={"mode": "standard", "total_max_attempts": 3},
)


class EmulatorClients:
    """Clients of the emulator at *aws* (an origin) in *region*, with root's credentials, except for logs."""

    def __init__(self, aws: str, region: str) -> None:
        self.aws, self.region = aws, region
        self._session = Session()
        # Ignore this machine's AWS configuration: profiles, regions, proxies.
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


class HostServices:
    """Services that all functions of a host share. *folder*: for unpacked code and the /tmp of sandboxes."""

    def __init__(self, aws: str, region: str, folder: Path) -> None:
        clients = EmulatorClients(aws, region)
        self.registry = FunctionRegistry(clients.functions())
        self.roles = RoleSessions(clients.tokens())
        self.code = CodeStore(folder / "code", fetch_from(aws))
        self.metrics = MetricWriter(clients.metrics())
        self._log_writer = LogWriter(clients.logs, self.metrics.add)
        self._watchdog = Watchdog()
        self.context = SandboxContext(aws=aws, tmp=folder / "tmp", log=self._log_writer.log, watchdog=self._watchdog)

    def close(self) -> None:
        """Write the last log lines and metrics, then kill all processes that still run."""
        self._log_writer.close()
        self.metrics.close()
        self._watchdog.close()


def freeze_gc() -> None:
    """Hide all objects that exist now from the garbage collector; call it once, when a server has started.

    CPython collects its oldest generation only when the new objects exceed a quarter of the objects that it kept last
    time. With the many objects of loaded modules, garbage of ended processes and clients would stay for an hour. The
    last collection sets the number of kept objects to nearly zero.
    """
    gc.collect()
    gc.freeze()
    gc.collect()
