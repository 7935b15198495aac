"""Choose the ports of a run before anything starts: every process gets the addresses of all."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Final
from urllib.parse import urlsplit

import psutil

from local.model import LOOPBACK, Addresses, RunError
from local.run.orphans import command_of

DEFAULT_PORTS: Final[Mapping[str, int]] = {"aws": 4566, "lambdas": 4570, "api": 4580, "cdn": 4520, "page": 4510}


def choose(base: int | None = None) -> Addresses:
    """Take the default ports; with *base*, five from there on; with 0, free ones. Raises RunError for a taken one."""
    wanted = DEFAULT_PORTS if base is None else {name: base and base + at for at, name in enumerate(DEFAULT_PORTS)}
    held = [hold(name, port) for name, port in wanted.items()]
    # Hold all until the last is found, or the same free port would be found twice.
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return Addresses(**{name: f"http://{LOOPBACK}:{port}" for name, port in zip(wanted, ports, strict=True)})


def again(addresses: Addresses, base: int | None) -> Addresses:
    """Take the ports of a state that is kept: its records and queues hold the addresses. Raises RunError otherwise."""
    ports: dict[str, int] = {name: urlsplit(str(origin)).port or 0 for name, origin in asdict(addresses).items()}
    if base and base != min(ports.values()):
        listed = ", ".join(f"{name} {port}" for name, port in ports.items())
        raise RunError(
            f"this state was deployed with other ports ({listed}): leave --port-base out, or choose another folder"
        )
    for name, port in ports.items():
        hold(name, port).close()
    return addresses


def hold(name: str, port: int) -> socket.socket:
    """Bind *port* for a moment; raise RunError, which names the process that holds it."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        one.bind((LOOPBACK, port))
        one.listen()
    except OSError as error:
        one.close()
        raise RunError(
            f"port {port} ({name}) is taken by {holder_of(port)}: stop that, or choose others with --port-base "
            f"({error.strerror})"
        ) from None
    return one


def holder_of(port: int) -> str:
    """Name the process that listens on *port*, as far as this system shows processes of other users."""
    with suppress(psutil.Error):  # macOS shows only root the connections of other processes
        for one in psutil.net_connections("tcp"):
            if one.status == psutil.CONN_LISTEN and one.laddr and one.laddr.port == port and one.pid:
                return f"process {one.pid} ({command_of(one.pid)[:80]})"
    return f"another program (lsof -i :{port} may know which)"
