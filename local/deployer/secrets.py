"""The random values of a run: no AWS service remembers them, and a second deployment must find the same."""

from __future__ import annotations

import json
import os
import secrets
import threading
from pathlib import Path
from typing import Final

OWNER_ONLY: Final = 0o600


class Secrets:
    """Secrets by the name of their resource, in a file that only its owner reads."""

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
