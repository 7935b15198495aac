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

from local.api.fleet import Fleet
from local.api.function_url import FunctionUrl
from local.api.proxy_request import ResponseCutOff
from local.api.url_metrics import UrlMetrics
from local.api.worker import DeployedFunction
from local.lambdas.code import CodeStore, fetch_from
from local.lambdas.credentials import RoleSessions
from local.lambdas.function import Function
from local.lambdas.function_registry import FunctionRegistry
from local.lambdas.log_writer import LogWriter
from local.lambdas.metrics import MetricWriter
from local.lambdas.sandbox import SandboxContext
from local.lambdas.services import EmulatorClients, freeze_gc
from local.lambdas.watchdog import Watchdog
from local.model import LOOPBACK

# Streams that are open when the stack stops are cut.
GRACE_S: Final = 1


async def serve(options: argparse.Namespace, folder: Path) -> None:
    """Start the processes, answer until told to stop, end them. ApiError, HostError; OSError: the port is taken."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    clients = EmulatorClients(options.aws, options.region)
    metrics = MetricWriter(clients.metrics())
    log_writer = LogWriter(clients.logs, metrics.add)
    watchdog = Watchdog()
    context = SandboxContext(aws=options.aws, tmp=folder / "tmp", log=log_writer.log, watchdog=watchdog)
    fleet = assemble(options, clients, CodeStore(folder / "code", fetch_from(options.aws)), context)
    url_metrics = UrlMetrics(function=options.function, metrics=metrics)
    try:
        with bound(options.port) as listener:
            await first(fleet.start(), stopping)
            if not stopping.is_set():
                freeze_gc()
                await answer(FunctionUrl(fleet=fleet, url_metrics=url_metrics), listener, stopping)
    finally:
        await fleet.stop()
        await asyncio.to_thread(log_writer.close)
        await asyncio.to_thread(metrics.close)
        await asyncio.to_thread(watchdog.close)


def assemble(options: argparse.Namespace, clients: EmulatorClients, code: CodeStore, context: SandboxContext) -> Fleet:
    """Make the fleet of the function that *options* name."""
    registry, roles = FunctionRegistry(clients.functions()), RoleSessions(clients.tokens())

    def find() -> Function:
        return registry.find(options.function, options.qualifier)

    def prepare(function: Function) -> DeployedFunction:
        return DeployedFunction(function=function, credentials=roles.credentials(function), code=code.place(function))

    return Fleet(options.processes, find=find, prepare=prepare, context=context)


@contextmanager
def bound(port: int) -> Generator[socket.socket]:
    """Take *port* without listening yet; OSError when another program has it."""
    # asyncio sends small answers at once (TCP_NODELAY) only over what was opened as TCP by name; else they take 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        yield listener


async def first(work: Coroutine[None, None, None], stopping: asyncio.Event) -> None:
    """Do *work*, or break it off when told to stop; its errors are raised."""
    task, stop = asyncio.create_task(work), asyncio.create_task(stopping.wait())
    await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if task.done():
        task.result()
    else:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def answer(front: FunctionUrl, listener: socket.socket, stopping: asyncio.Event) -> None:
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
    server = ApiServer(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await stopping.wait()
    server.should_exit = True
    await serving


def is_news(record: logging.LogRecord) -> bool:
    """Pass over the traces of answers that were broken off: why has been said."""
    return not (record.exc_info and record.exc_info[0] is ResponseCutOff)


class ApiServer(uvicorn.Server):
    """Says where it answers, and leaves signals to us: uvicorn's would end this process before those it started."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and print the address."""
        await super().startup(sockets)
        for listener in sockets or []:
            sys.stdout.write(f"http://{LOOPBACK}:{listener.getsockname()[1]}\n")
            sys.stdout.flush()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield
