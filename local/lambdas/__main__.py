"""Run the Lambda host: python -m local.lambdas --port P --aws URL.

It keeps what it unpacks below --data and logs to stderr; SIGTERM ends every sandbox and writes what is left to log.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import Final

from local.emulator.environment import REGION
from local.lambdas.code import CodeStore, fetch_from
from local.lambdas.credentials import RoleSessions
from local.lambdas.function import Function
from local.lambdas.function_registry import FunctionRegistry
from local.lambdas.host import Host
from local.lambdas.http_api import InvokeServer, pool_status
from local.lambdas.log_writer import LogWriter
from local.lambdas.metrics import MetricWriter
from local.lambdas.pool import Pool
from local.lambdas.sandbox import Sandbox, SandboxContext
from local.lambdas.services import EmulatorClients, freeze_gc
from local.lambdas.watchdog import Watchdog
from local.model import LOOPBACK

MOST: Final = 8
REAP_S: Final = 5.0


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; 1 if the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m local.lambdas", description="Run Lambda functions.")
    parser.add_argument("--port", type=int, required=True, help="port of loopback; 0: any free one")
    parser.add_argument("--aws", required=True, help="origin of the emulator")
    parser.add_argument("--region", default=REGION, help=f"region of the stack (default: {REGION})")
    parser.add_argument("--data", type=Path, help="folder for code and /tmp of functions (default: a temporary one)")
    parser.add_argument("--most", type=int, default=MOST, help=f"sandboxes at a time (default: {MOST})")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s lambdas %(levelname)s %(message)s")
    with tempfile.TemporaryDirectory(prefix="darkroom-lambdas-", dir=options.data) as folder:
        try:
            serve(options, Path(folder))
        except OSError as error:
            sys.stderr.write(
                f"lambdas: cannot listen on {LOOPBACK}:{options.port}: {error.strerror}; "
                "stop what does, or choose another port\n"
            )
            return 1
    return 0


def serve(options: argparse.Namespace, folder: Path) -> None:
    """Put everything together and answer until a signal comes; OSError when the port is taken."""
    clients = EmulatorClients(options.aws, options.region)
    metrics = MetricWriter(clients.metrics())
    log_writer = LogWriter(clients.logs, metrics.add)
    watchdog = Watchdog()
    context = SandboxContext(aws=options.aws, tmp=folder / "tmp", log=log_writer.log, watchdog=watchdog)
    code, roles = CodeStore(folder / "code", fetch_from(options.aws)), RoleSessions(clients.tokens())

    def start(function: Function) -> Sandbox:
        return Sandbox(function, roles.credentials(function), code.place(function), context)

    pool = Pool(start, most=options.most)
    host = Host(registry=FunctionRegistry(clients.functions()), pool=pool, metrics=metrics)
    try:
        with InvokeServer(options.port, host.invoke, lambda: pool_status(pool)) as server:
            sys.stdout.write(f"{server.address}\n")
            sys.stdout.flush()
            freeze_gc()
            until_told(server, pool)
    finally:
        pool.close()
        log_writer.close()
        metrics.close()
        watchdog.close()


def until_told(server: InvokeServer, pool: Pool) -> None:
    """Answer requests, and end idle sandboxes, until SIGTERM or SIGINT."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: told.set())
    answering = threading.Thread(target=server.serve_forever, name="http api")
    answering.start()
    while not told.wait(REAP_S):
        pool.end_idle()
    server.shutdown()
    answering.join()


if __name__ == "__main__":
    sys.exit(main())
