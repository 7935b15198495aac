"""Entry point of the edit API's server: python -m local.api --port P --aws URL --function NAME --qualifier live.

It listens on its port once every process of the function answers, and logs to stderr. SIGTERM ends all processes.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from pathlib import Path
from typing import Final

from local.api.serve import serve
from local.api.worker import ApiError
from local.emulator.environment import REGION
from local.lambdas.errors import HostError
from local.model import LOOPBACK

PROCESSES: Final = 2


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; 1 if the function cannot be run or the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m local.api", description="Run a web function behind its URL.")
    parser.add_argument("--port", type=int, required=True, help="port of loopback; 0: any free one")
    parser.add_argument("--aws", required=True, help="origin of the emulator")
    parser.add_argument("--function", required=True, help="name of the function")
    parser.add_argument("--qualifier", default="live", help="alias or version (default: live)")
    parser.add_argument("--region", default=REGION, help=f"region of the stack (default: {REGION})")
    parser.add_argument("--processes", type=int, default=PROCESSES, help=f"how many (default: {PROCESSES})")
    parser.add_argument("--data", type=Path, help="folder for code and /tmp of the function (default: a temporary one)")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s api %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="darkroom-api-", dir=options.data) as folder:
        try:
            asyncio.run(serve(options, Path(folder)))
        except (ApiError, HostError) as error:
            sys.stderr.write(f"api: {error}\n")
            return 1
        except OSError as error:
            sys.stderr.write(
                f"api: cannot listen on {LOOPBACK}:{options.port}: {error.strerror}; "
                "stop the program that uses it, or choose another port\n"
            )
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
