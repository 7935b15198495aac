"""Entry point of every process of the stack, which ends with ``up``: python -m local.run.launch FD MODULE [ARGUMENT…].

*FD* is the reading end of a pipe whose writing end only ``up`` holds. When ``up`` ends, also by ``kill -9``, the pipe
closes and this process stops too. Pipes work on every system; the parent-death signal exists on Linux only.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time
from typing import Final

KILL_AFTER_S: Final = 5.0


def main(arguments: list[str]) -> None:
    """Watch *FD* in a thread, and run MODULE as the main program."""
    lifeline, module, *rest = arguments
    threading.Thread(target=follow, args=(int(lifeline),), name="lifeline", daemon=True).start()
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def follow(lifeline: int) -> None:
    """Wait for the end of ``up``, then terminate this process, then kill it."""
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(KILL_AFTER_S)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
