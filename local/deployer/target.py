"""The random values of a run: no AWS service remembers them, and a second deployment must find the same."""

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
    """SecretFile by the name of their resource, in a file that only its owner reads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.Lock()

    def of(self, name: str, *, length: int, alphabet: str) -> str:
        """Give the secret *name*; make it, of *length* characters of *alphabet*, when it is new or of another form."""
        with self.lock:
            known: dict[str, str] = json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() else {}
            secret = known.get(name, "")
            if len(secret) != length or not set(secret) <= set(alphabet):
                secret = "".join(secrets.choice(alphabet) for _ in range(length))
                self.save({**known, name: secret})
            return secret

    def save(self, known: dict[str, str]) -> None:
        """Write the file, whole or not at all."""
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
        self.clients = DeployClients(addresses.aws)
        self.secrets = SecretFile(folder / "secrets.json")

    def client(self, service: str) -> Any:
        """Give the client of *service*; adapters say of which type it is."""
        return self.clients.get(service)
