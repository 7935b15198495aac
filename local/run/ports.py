"""The ports of a run: chosen before anything starts, because every process is told everybody's address."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from local.model import LOOPBACK, Addresses, RunError

DEFAULT_PORTS: Final[Mapping[str, int]] = {"aws": 4566, "lambdas": 4570, "api": 4580, "cdn": 4520, "page": 4510}
LISTENING: Final = "0A"


def choose(base: int | None = None) -> Addresses:
    """Take the default ports; with *base*, five from there on; with 0, any free ones. RunError for a taken one."""
    wanted = DEFAULT_PORTS if base is None else {name: base and base + at for at, name in enumerate(DEFAULT_PORTS)}
    held = [hold(name, port) for name, port in wanted.items()]
    # All are held until the last is found, or the same free port would be found twice.
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return Addresses(**{name: f"http://{LOOPBACK}:{port}" for name, port in zip(wanted, ports, strict=True)})


def again(addresses: Addresses, base: int | None) -> Addresses:
    """Take the ports of a state that is kept: addresses are part of its records and queues. RunError otherwise."""
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
    """Bind *port* for a moment; RunError says who has it when somebody does."""
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
    """Name the process that listens on *port*, as well as this system lets us know."""
    sockets = {f"socket:[{inode}]" for inode in inodes_of(port)}
    for folder in Path("/proc").glob("[0-9]*"):
        if sockets & set(opened_by(folder)):
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            return f"process {folder.name} ({command[:80]})"
    return f"another program (lsof -i :{port} may know which)"


def inodes_of(port: int) -> Iterator[str]:
    """Give the inodes of the sockets that listen on *port* (Linux; nothing elsewhere)."""
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in table.read_text().splitlines()[1:] if table.exists() else []:
            _, local, _, state, *rest = line.split()
            if state == LISTENING and int(local.rpartition(":")[2], 16) == port:
                yield rest[5]


def opened_by(folder: Path) -> Iterator[str]:
    """Give what the process behind a folder of /proc has open; nothing when it is not ours to see, or gone."""
    try:
        for entry in (folder / "fd").iterdir():
            yield str(entry.readlink())
    except OSError:
        return
