"""What runs, for ``GET /status``."""

from __future__ import annotations

from typing import Any

from local.lambdas.pool import Pool, Seat


def status(pool: Pool) -> dict[str, Any]:
    """Describe the pool and each sandbox in plain data."""
    seats = pool.seats()
    return {
        "most": pool.most,
        "busy": sum(seat.busy for seat in seats),
        "sandboxes": [described(seat) for seat in seats if seat.sandbox is not None],
    }


def described(seat: Seat) -> dict[str, Any]:
    """Describe one sandbox. Memory in MiB: the most that it has held."""
    sandbox = seat.sandbox
    if sandbox is None:
        raise AssertionError("only places with a sandbox are described")
    return {
        "function": seat.function.name,
        "version": seat.function.version,
        "pid": sandbox.pid,
        "busy": seat.busy,
        "invocations": sandbox.invocations,
        "memory_mib": seat.function.memory_mib,
        "used_mib": round(sandbox.used_mib, 1),
        "log_stream": sandbox.stream.name,
    }
