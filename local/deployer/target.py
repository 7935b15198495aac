"""Where everything is created: the emulator, and the run's other servers whose addresses resources stand for."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Final, cast

import boto3
from botocore.config import Config

from local.deployer.secrets import Secrets
from local.emulator.environment import ACCOUNT, REGION
from local.model import Addresses

# The emulator's root user, who may do everything.
ROOT_USER: Final = "test"


class Clients:
    """AWS clients of the emulator's root user, one per service, shared by all threads."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.session = boto3.Session(ROOT_USER, ROOT_USER, region_name=REGION)
        # One answer or one error: what the emulator refuses once it refuses again.
        self.config = Config(
            retries={"total_max_attempts": 1}, max_pool_connections=16, s3={"addressing_style": "path"}
        )
        self.made: dict[str, Any] = {}
        self.lock = threading.Lock()

    def get(self, service: str) -> Any:
        """Give the client of *service*. A session must not make two at the same time."""
        with self.lock:
            if service not in self.made:
                make = cast("Any", self.session).client  # its overloads know names, not text
                self.made[service] = make(service, endpoint_url=self.endpoint, config=self.config)
            return self.made[service]


class Target:
    """One run: its emulator, its servers, its secrets."""

    region: Final = REGION
    account: Final = ACCOUNT

    def __init__(self, addresses: Addresses, folder: Path) -> None:
        self.addresses = addresses
        self.clients = Clients(addresses.aws)
        self.secrets = Secrets(folder / "secrets.json")

    def client(self, service: str) -> Any:
        """Give the client of *service*; adapters say of which type it is."""
        return self.clients.get(service)
