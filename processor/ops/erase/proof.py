"""Prove an erasure: what was found, what was removed, what a second look and the CDN still show."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from processor.ops.erase.run import Erasure
from processor.ops.erase.traces import Traces

ADDRESSES: Final = "addresses at the CDN"
MOST_ADDRESSES: Final = 2000
MOST_NAMES: Final = 20
THREADS: Final = 16
ASK_S: Final = 10
# An invalidation takes seconds.
LOOKS: Final = 12
LOOK_AGAIN_S: Final = 5.0
# The CDN's answers for what is not there: S3 does not tell a missing object from a forbidden one.
GONE: Final = frozenset({403, 404, 410})

Ask = Callable[[str], int]
"""Sends a HEAD request to an address; returns the status of the answer. Raises OSError without one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """Counts per kind. *names*: the first of what is left; *failed*: reasons by photo. Times in UTC, ISO-8601."""

    found: Mapping[str, int]
    removed: Mapping[str, int]
    left: Mapping[str, int]
    names: Sequence[str]
    failed: Mapping[str, str]
    began_at: str
    removed_at: str
    looked_at: str

    @property
    def complete(self) -> bool:
        """Return whether nothing is left, and everything could be looked at."""
        return not any(self.left.values()) and not self.failed


def erase(erasure: Erasure, found: Traces, *, ask: Ask) -> Proof:
    """Erase what was *found*, and look again."""
    began_at = utc_now()
    left = erasure.run(found)
    removed_at = utc_now()
    addresses = sampled(found.addresses)
    answered = still_answered(addresses, ask, erasure.sleep)
    return Proof(
        found=found.counts() | {ADDRESSES: len(addresses)},
        removed=dict(erasure.removed),
        left=left.counts() | {ADDRESSES: len(answered)},
        names=[*list(left.names())[:MOST_NAMES], *(f"{ADDRESSES}: {one}" for one in answered[:MOST_NAMES])],
        failed=dict(erasure.failed),
        began_at=began_at,
        removed_at=removed_at,
        looked_at=utc_now(),
    )


def sampled(addresses: Iterable[str]) -> list[str]:
    """Choose at most MOST_ADDRESSES of *addresses*, evenly."""
    ordered = sorted(addresses)
    step = -(-len(ordered) // MOST_ADDRESSES) or 1
    return ordered[::step]


def still_answered(addresses: Sequence[str], ask: Ask, sleep: Callable[[float], None]) -> list[str]:
    """Return the addresses that are not known to be gone, after time for the invalidation."""
    left = list(addresses)
    with ThreadPoolExecutor(THREADS) as threads:
        for look in range(LOOKS):
            statuses = list(threads.map(status_of, left, [ask] * len(left)))
            left = [address for address, status in zip(left, statuses, strict=True) if status not in GONE]
            if not left:
                break
            if look < LOOKS - 1:
                sleep(LOOK_AGAIN_S)
    return left


def status_of(address: str, ask: Ask) -> int:
    """Return the status of an answer, 0 without one: then nothing is proven."""
    try:
        return ask(address)
    except (OSError, http.client.HTTPException):
        return 0


def head(address: str) -> int:
    """Send a HEAD request; follow no redirect, use no proxy."""
    parts: Any = urlsplit(address)
    kind = http.client.HTTPConnection if parts.scheme == "http" else http.client.HTTPSConnection
    connection = kind(parts.netloc, timeout=ASK_S)
    try:
        connection.request("HEAD", f"{parts.path}?{parts.query}" if parts.query else parts.path)
        return connection.getresponse().status
    finally:
        connection.close()


def utc_now() -> str:
    """Return the time in UTC, ISO-8601, in s."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
