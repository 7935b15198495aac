"""Entry point of the AWS emulator: python -m local.emulator --port 4566 --data out/local/aws [--persist].

It prints its address once it answers requests, and logs to ``emulator.log`` in the data folder.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from local.emulator.server import bind, run
from local.model import LOOPBACK


def main(arguments: list[str] | None = None) -> int:
    """Run the emulator until SIGTERM or SIGINT; return 1 when the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m local.emulator", description="Run the AWS emulator.")
    parser.add_argument("--port", type=int, default=4566, help="port of loopback, 0 for a free one (default: 4566)")
    parser.add_argument("--data", type=Path, required=True, help="folder of its log, its temporary files, its state")
    parser.add_argument("--persist", action="store_true", help="keep the state in the data folder when it stops")
    options = parser.parse_args(arguments)
    try:
        listener = bind(options.port)
    except OSError as error:
        sys.stderr.write(
            f"emulator: cannot listen on {LOOPBACK}:{options.port} ({error.strerror}): "
            "stop the program that uses it, or choose another port\n"
        )
        return 1
    address = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    run(listener, options.data.resolve(), persist=options.persist, ready=lambda: announce(address))
    return 0


def announce(address: str) -> None:
    """Print the address for the process that started the emulator."""
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
