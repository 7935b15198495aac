"""Entry point of the Lambda host: python -m local.lambdas --port P --aws URL.

The host unpacks code below --data and logs to stderr. SIGTERM ends every sandbox and writes the last log lines.
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
from local.lambdas.function import Function
from local.lambdas.host import Host
from local.lambdas.http_api import InvokeServer, pool_status
from local.lambdas.pool import Pool
from local.lambdas.sandbox import Sandbox
from local.lambdas.services import HostServices, freeze_gc
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
                "stop the program that uses it, or choose another port\n"
            )
            return 1
    return 0


def serve(options: argparse.Namespace, folder: Path) -> None:
    """Answer invocations until SIGTERM or SIGINT; OSError when the port is taken."""
    services = HostServices(options.aws, options.region, folder)

    def start(function: Function) -> Sandbox:
        return Sandbox(function, services.roles.credentials(function), services.code.place(function), services.context)

    pool = Pool(start, most=options.most)
    host = Host(registry=services.registry, pool=pool, metrics=services.metrics)
    try:
        with InvokeServer(options.port, host.invoke, lambda: pool_status(pool)) as server:
            sys.stdout.write(f"{server.address}\n")
            sys.stdout.flush()
            freeze_gc()
            serve_until_signal(server, pool)
    finally:
        pool.close()
        services.close()


def serve_until_signal(server: InvokeServer, pool: Pool) -> None:
    """Answer requests, and end idle sandboxes, until SIGTERM or SIGINT."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    answering = threading.Thread(target=server.serve_forever, name="HTTP API")
    answering.start()
    while not stopping.wait(REAP_S):
        pool.end_idle()
    server.shutdown()
    answering.join()


if __name__ == "__main__":
    sys.exit(main())
