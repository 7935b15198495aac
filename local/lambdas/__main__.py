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
from local.lambdas.catalogue import Catalogue
from local.lambdas.clients import Clients
from local.lambdas.code import CodeStore, fetch_from
from local.lambdas.credentials import RoleSessions
from local.lambdas.door import Door
from local.lambdas.function import Function
from local.lambdas.garbage import settle
from local.lambdas.guard import Guard
from local.lambdas.host import Host
from local.lambdas.journal import Journal
from local.lambdas.metrics import Metrics
from local.lambdas.pool import Pool
from local.lambdas.sandbox import Sandbox, World
from local.lambdas.status import status
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
    clients = Clients(options.aws, options.region)
    metrics = Metrics(clients.metrics())
    journal = Journal(clients.logs, metrics.add)
    guard = Guard()
    world = World(aws=options.aws, tmp=folder / "tmp", say=journal.say, guard=guard)
    code, roles = CodeStore(folder / "code", fetch_from(options.aws)), RoleSessions(clients.tokens())

    def start(function: Function) -> Sandbox:
        return Sandbox(function, roles.credentials(function), code.place(function), world)

    pool = Pool(start, most=options.most)
    host = Host(catalogue=Catalogue(clients.functions()), pool=pool, metrics=metrics)
    try:
        with Door(options.port, host.invoke, lambda: status(pool)) as door:
            sys.stdout.write(f"{door.address}\n")
            sys.stdout.flush()
            settle()
            until_told(door, pool)
    finally:
        pool.close()
        journal.close()
        metrics.close()
        guard.close()


def until_told(door: Door, pool: Pool) -> None:
    """Answer requests, and end idle sandboxes, until SIGTERM or SIGINT."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: told.set())
    answering = threading.Thread(target=door.serve_forever, name="door")
    answering.start()
    while not told.wait(REAP_S):
        pool.end_idle()
    door.shutdown()
    answering.join()


if __name__ == "__main__":
    sys.exit(main())
