"""Give adapters their target: the emulator's clients, the run's addresses, its random values."""

from __future__ import annotations

import json
import os
import secrets
import threading
from pathlib import Path
from typing import Any, Final, cast

import boto3
from botocore.config import Config

from local.emulator.environment import ACCOUNT, REGION
from local.model import Addresses

OWNER_ONLY: Final = 0o600


class SecretFile:
    """Random values by resource name, in a file that only its owner can read.

    No AWS service keeps them, and a second deployment must find the same.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.Lock()

    def of(self, name: str, *, length: int, alphabet: str) -> str:
        """Return the secret *name*; create *length* characters of *alphabet* when it is new or has another form."""
        with self.lock:
            known: dict[str, str] = json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() else {}
            secret = known.get(name, "")
            if len(secret) != length or not set(secret) <= set(alphabet):
                secret = "".join(secrets.choice(alphabet) for _ in range(length))
                self.save({**known, name: secret})
            return secret

    def save(self, known: dict[str, str]) -> None:
        """Write the file atomically."""
        partial = self.path.with_suffix(".partial")
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "w") as file:
            json.dump(known, file)
        partial.replace(self.path)


# The emulator's root user, who may do everything.
ROOT_USER: Final = "test"


class DeployClients:
    """AWS clients of the emulator's root user, one per service, shared by all threads."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.session = boto3.Session(ROOT_USER, ROOT_USER, region_name=REGION)
        # No retries: the emulator would refuse the same call again.
        self.config = Config(
            retries={"total_max_attempts": 1}, max_pool_connections=16, s3={"addressing_style": "path"}
        )
        self.made: dict[str, Any] = {}
        self.lock = threading.Lock()

    def get(self, service: str) -> Any:
        """Return the client of *service*. A session must not create two at the same time."""
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
        self.clients = DeployClients(addresses.aws)
        self.secrets = SecretFile(folder / "secrets.json")

    def client(self, service: str) -> Any:
        """Return the client of *service*; adapters annotate its type."""
        return self.clients.get(service)
