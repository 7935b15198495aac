"""A function's process, as small as it can be: ``python -m tests.factories.invoked MODULE`` reads an event from stdin.

The last line of stdout is the handler's answer. With ``DISK_FULL`` set, whatever writes a file by name meets ENOSPC.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import sys
from typing import Any

from testkit.contexts import Context

DISK_FULL = "DISK_FULL"
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def full(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what needs room on a disk; memory files have no name and stand in none."""
    opens = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES
    if event in {"os.mkdir", "tempfile.mkstemp", "tempfile.mkdtemp"} or (opens and arguments[0] != os.devnull):
        raise OSError(errno.ENOSPC, f"{event} {arguments[0]}: no space left on device")


def main(module: str) -> None:
    """Invoke the handler of *module*."""
    if os.environ.get(DISK_FULL):
        sys.addaudithook(full)
    handler = importlib.import_module(module).handler
    answer = handler(json.load(sys.stdin), Context())
    sys.stdout.write(f"\n{json.dumps(answer)}\n")


if __name__ == "__main__":
    main(sys.argv[1])
