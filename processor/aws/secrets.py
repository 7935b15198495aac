"""Read secrets from SSM Parameter Store, and read them again while processes run, so that a rotation needs no restart.

A parameter holds one value per line: the first is used, all are accepted (ADR 31).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from processor.aws.faults import aws_call
from processor.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

# Every process accepts a new value within this time, and forgets a removed one.
KEPT_S: Final = 30
# A value that no process knows yet is looked for at most this often, so that invented ones cannot flood SSM.
LOOK_AGAIN_S: Final = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterStore:
    """Reads secure strings, decrypted."""

    ssm: SSMClient

    def read(self, name: str) -> str:
        """Read one; raise StoreUnavailable when it is missing or empty, since an empty secret protects nothing."""
        with aws_call(f"ssm:GetParameter {name}"):
            answer = self.ssm.get_parameter(Name=name, WithDecryption=True)
        value = answer["Parameter"].get("Value", "")
        if not value:
            raise StoreUnavailable(f"{name}: expected a secret, found an empty parameter.")
        return value


@dataclass(kw_only=True)
class RotatingSecret:
    """The values of a parameter. *read* returns its text or raises StoreUnavailable. Safe across threads.

    While SSM is unavailable the known values stay valid; the first reading must succeed.
    """

    read: Callable[[], str] = field(repr=False)
    now: Callable[[], float] = time.monotonic
    _values: tuple[str, ...] = field(init=False, repr=False)
    _read_at: float = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        self._values, self._read_at = values_of(self.read()), self.now()

    def current(self) -> str:
        """Return the value to use."""
        self._refresh(KEPT_S)
        return self._values[0]

    def holds(self, matches: Callable[[str], bool]) -> bool:
        """Return whether a known value *matches*, without a call of SSM; False when it is time to read again."""
        return self.now() - self._read_at < KEPT_S and any(map(matches, self._values))

    def accepts(self, matches: Callable[[str], bool]) -> bool:
        """Return whether a value *matches*; may read the parameter first, which takes a call of SSM."""
        if self.holds(matches):
            return True
        self._refresh(LOOK_AGAIN_S)
        return any(map(matches, self._values))

    def _refresh(self, max_age_s: float) -> None:
        """Read the parameter again unless it was read within *max_age_s*."""
        with self._lock:
            if self.now() - self._read_at < max_age_s:
                return
            with suppress(StoreUnavailable):
                self._values = values_of(self.read())
            # After a failure too: each try may take a minute.
            self._read_at = self.now()


def values_of(text: str) -> tuple[str, ...]:
    """Split a parameter into its values; raise StoreUnavailable without any."""
    values = tuple(line for line in text.splitlines() if line)
    if not values:
        raise StoreUnavailable("expected one secret per line, found empty lines only.")
    return values
