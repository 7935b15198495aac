"""Put the edit API's server together and run it until a signal comes."""

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
from local.lambdas.function import Function
from local.lambdas.services import HostServices, freeze_gc
from local.loopback_only import KEEP_ALIVE_S, LoopbackOnly
from local.model import LOOPBACK

# Streams that are open when the stack stops are cut after this time.
GRACE_S: Final = 1


async def serve(options: argparse.Namespace, folder: Path) -> None:
    """Start the processes, answer until SIGTERM or SIGINT, end them.

    Raises ApiError or HostError when the function cannot run, OSError when the port is taken.
    """
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    services = HostServices(options.aws, options.region, folder)
    fleet = assemble(options, services)
    url_metrics = UrlMetrics(function=options.function, metrics=services.metrics)
    try:
        with bound(options.port) as listener:
            await run_or_stop(fleet.start(), stopping)
            if not stopping.is_set():
                freeze_gc()
                await answer(FunctionUrl(fleet=fleet, url_metrics=url_metrics), listener, stopping)
    finally:
        await fleet.stop()
        await asyncio.to_thread(services.close)


def assemble(options: argparse.Namespace, services: HostServices) -> Fleet:
    """Make the fleet of the function that *options* name."""

    def find() -> Function:
        return services.registry.find(options.function, options.qualifier)

    def prepare(function: Function) -> DeployedFunction:
        return DeployedFunction(
            function=function, credentials=services.roles.credentials(function), code=services.code.place(function)
        )

    return Fleet(options.processes, find=find, prepare=prepare, context=services.context)


@contextmanager
def bound(port: int) -> Generator[socket.socket]:
    """Take *port* without listening yet; OSError when another program has it."""
    # asyncio sets TCP_NODELAY only on a socket whose protocol is named; without it, small answers wait 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        yield listener


async def run_or_stop(work: Coroutine[None, None, None], stopping: asyncio.Event) -> None:
    """Run *work*; cancel it when *stopping* is set first. Raises what *work* raises."""
    task, stop = asyncio.create_task(work), asyncio.create_task(stopping.wait())
    await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if task.done():
        task.result()
    else:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def answer(front: FunctionUrl, listener: socket.socket, stopping: asyncio.Event) -> None:
    """Answer requests until *stopping* is set."""
    logging.getLogger("uvicorn.error").addFilter(is_news)
    config = uvicorn.Config(
        LoopbackOnly(front),
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        # Pass the application's headers and the client's address through unchanged.
        date_header=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = ApiServer(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await stopping.wait()
    server.should_exit = True
    await serving


def is_news(record: logging.LogRecord) -> bool:
    """Filter out tracebacks of cut answers: their reason is logged already."""
    return not (record.exc_info and record.exc_info[0] is ResponseCutOff)


class ApiServer(uvicorn.Server):
    """A server that prints its address and handles no signals: uvicorn would end this process before its children."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and print the address."""
        await super().startup(sockets)
        for listener in sockets or []:
            sys.stdout.write(f"http://{LOOPBACK}:{listener.getsockname()[1]}\n")
            sys.stdout.flush()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield
