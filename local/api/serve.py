"""Put the front together and serve it until a signal comes."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import uvicorn

from local.api.app import Front
from local.api.exchange import BrokenOff
from local.api.fleet import Fleet
from local.api.measures import Measures
from local.api.worker import Deployed
from local.lambdas.catalogue import Catalogue
from local.lambdas.clients import Clients
from local.lambdas.code import CodeStore, fetch_from
from local.lambdas.credentials import RoleSessions
from local.lambdas.function import Function
from local.lambdas.garbage import settle
from local.lambdas.guard import Guard
from local.lambdas.journal import Journal
from local.lambdas.metrics import Metrics
from local.lambdas.sandbox import World
from local.model import LOOPBACK

# Streams that are open when the stack stops are cut.
GRACE_S: Final = 1


async def serve(options: argparse.Namespace, folder: Path) -> None:
    """Start the processes, answer until told to stop, end them. ApiError, HostError; OSError: the port is taken."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    clients = Clients(options.aws, options.region)
    metrics = Metrics(clients.metrics())
    journal = Journal(clients.logs, metrics.add)
    guard = Guard()
    world = World(aws=options.aws, tmp=folder / "tmp", say=journal.say, guard=guard)
    fleet = assemble(options, clients, CodeStore(folder / "code", fetch_from(options.aws)), world)
    measures = Measures(function=options.function, metrics=metrics)
    try:
        with bound(options.port) as door:
            await first(fleet.start(), told)
            if not told.is_set():
                settle()
                await answer(Front(fleet=fleet, measures=measures), door, told)
    finally:
        await fleet.stop()
        await asyncio.to_thread(journal.close)
        await asyncio.to_thread(metrics.close)
        await asyncio.to_thread(guard.close)


def assemble(options: argparse.Namespace, clients: Clients, code: CodeStore, world: World) -> Fleet:
    """Make the fleet of the function that *options* name."""
    catalogue, roles = Catalogue(clients.functions()), RoleSessions(clients.tokens())

    def find() -> Function:
        return catalogue.find(options.function, options.qualifier)

    def prepare(function: Function) -> Deployed:
        return Deployed(function=function, credentials=roles.credentials(function), code=code.place(function))

    return Fleet(options.processes, find=find, prepare=prepare, world=world)


@contextmanager
def bound(port: int) -> Generator[socket.socket]:
    """Take *port* without listening yet; OSError when another program has it."""
    # asyncio sends small answers at once (TCP_NODELAY) only over what was opened as TCP by name; else they take 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((LOOPBACK, port))
        yield door


async def first(work: Coroutine[None, None, None], told: asyncio.Event) -> None:
    """Do *work*, or break it off when told to stop; its errors are raised."""
    task, stop = asyncio.create_task(work), asyncio.create_task(told.wait())
    await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if task.done():
        task.result()
    else:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def answer(front: Front, door: socket.socket, told: asyncio.Event) -> None:
    """Answer requests until told to stop."""
    logging.getLogger("uvicorn.error").addFilter(is_news)
    config = uvicorn.Config(
        front,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        # The application's answer as it is, and its client as it is.
        date_header=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = Server(config)
    serving = asyncio.create_task(server.serve(sockets=[door]))
    await told.wait()
    server.should_exit = True
    await serving


def is_news(record: logging.LogRecord) -> bool:
    """Pass over the traces of answers that were broken off: why has been said."""
    return not (record.exc_info and record.exc_info[0] is BrokenOff)


class Server(uvicorn.Server):
    """Says where it answers, and leaves signals to us: uvicorn's would end this process before those it started."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and print the address."""
        await super().startup(sockets)
        for door in sockets or []:
            sys.stdout.write(f"http://{LOOPBACK}:{door.getsockname()[1]}\n")
            sys.stdout.flush()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield
