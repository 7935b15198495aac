"""Promise the CDN's address to the functions before the CDN is declared.

The rendition function must know the distribution (its host is in every record, its id in every invalidation), and the
distribution must know the buckets and the edit API that stand beside that function. As resources they form no circle:
buckets, distribution, function. As components they would; the promise lets each stay whole. See
``docs/decisions/0016-the-cdn-address-is-promised.md``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pulumi


@dataclass(frozen=True, kw_only=True, slots=True)
class CdnAddress:
    """Outputs that name the CDN. *host*: the configured domain, else the distribution's own name."""

    host: pulumi.Output[str]
    distribution_id: pulumi.Output[str]
    distribution_arn: pulumi.Output[str]


Parts = pulumi.Output[dict[str, str]]


class AddressPromise:
    """An address that is known later."""

    def __init__(self) -> None:
        self.resolved = False
        deferred: tuple[Parts, Callable[[Parts], None]] = pulumi.deferred_output()
        known, self._resolve = deferred
        self.address = CdnAddress(
            host=known.apply(lambda parts: parts["host"]),
            distribution_id=known.apply(lambda parts: parts["id"]),
            distribution_arn=known.apply(lambda parts: parts["arn"]),
        )

    def resolve(self, address: CdnAddress) -> None:
        """Resolve every output of the promised address with its value in *address*."""
        self.resolved = True
        self._resolve(pulumi.Output.all(host=address.host, id=address.distribution_id, arn=address.distribution_arn))

    def check(self) -> None:
        """Raise RuntimeError unless the promise was resolved."""
        if not self.resolved:
            raise RuntimeError("expected a call of AddressPromise.resolve inside the block, found none")

    def reject(self, error: Exception) -> None:
        """Fail every output of the promised address with *error*: Pulumi would wait for them forever."""
        failed: asyncio.Future[Any] = asyncio.get_event_loop().create_future()
        failed.set_exception(error)
        self.resolved = True
        self._resolve(pulumi.Output.from_input(failed))


@contextmanager
def promised_address() -> Generator[AddressPromise]:
    """Promise the CDN's address to the components of the block; the block itself must resolve the promise."""
    promise = AddressPromise()
    try:
        yield promise
        promise.check()
    except Exception as error:
        if not promise.resolved:
            promise.reject(error)
        raise
