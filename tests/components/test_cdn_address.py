"""The promised address: every output of it is resolved or fails."""

from __future__ import annotations

import pulumi
import pytest

from components.cdn_address import CdnAddress, promised_address
from components.testing.recorder import record_program

KNOWN = {"host": "cdn.example.com", "distribution_id": "E2EXAMPLE1", "distribution_arn": "arn:aws:cloudfront::1:d/E2"}


def address() -> CdnAddress:
    """Return an address that is known."""
    return CdnAddress(**{name: pulumi.Output.from_input(value) for name, value in KNOWN.items()})


def export(promised: CdnAddress) -> None:
    """Export all parts of an address."""
    for name in KNOWN:
        pulumi.export(name, getattr(promised, name))


def test_a_resolved_promise_is_the_address() -> None:
    """Components that received the promise get the address."""

    def program() -> None:
        with promised_address() as promise:
            export(promise.address)
            promise.resolve(address())

    assert KNOWN == record_program(program).outputs


def test_a_failure_before_the_promise_is_resolved_ends_the_program() -> None:
    """Without an answer Pulumi would wait forever, and the failure would never be seen."""

    def program() -> None:
        with promised_address() as promise:
            export(promise.address)
            raise LookupError("no such bucket")

    with pytest.raises(LookupError, match=r"^no such bucket$"):
        record_program(program)


def test_a_failure_after_the_promise_was_resolved_is_the_programs_own() -> None:
    """Nothing is answered twice."""

    def program() -> None:
        with promised_address() as promise:
            promise.resolve(address())
            raise LookupError("no such table")

    with pytest.raises(LookupError, match=r"^no such table$"):
        record_program(program)


def test_a_forgotten_promise_is_an_error() -> None:
    """A block that ends without the address is a mistake in the program."""

    def program() -> None:
        with promised_address() as promise:
            export(promise.address)

    with pytest.raises(
        RuntimeError, match=r"^expected a call of AddressPromise\.resolve inside the block, found none$"
    ):
        record_program(program)
