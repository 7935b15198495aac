"""The decoder child: a process without credentials that develops what it is handed, within limits.

Run as ``python -m processor.imaging.isolation.child FD MIB`` with a connected socket at FD. It answers until the
socket closes. Built on a socket pair and memory files alone: Lambda has no /dev/shm, so multiprocessing fails there.
"""

from __future__ import annotations

import os
import socket
import sys
import traceback
from dataclasses import replace
from typing import Any

from processor.errors import PhotoError
from processor.imaging.isolation.limits import limit_cpu, limit_memory
from processor.imaging.isolation.wire import Hangup, pack_rendering, receive, send
from processor.recipe import Recipe
from processor.source import Source

MAX_LOG_CHARS = 4_000
NO_THREAD = "can't start new thread"
"""Python's words when a thread's stack does not fit into the memory limit."""


def main(fd: int, memory_mib: int) -> None:
    """Serve requests until the parent hangs up."""
    limit_memory(memory_mib)
    with socket.socket(fileno=fd) as channel:
        while True:
            try:
                request, _, fds = receive(channel, fds=1)
            except Hangup:
                return
            with Source(fds[0], request["size"], request["sha256"]) as source:
                _answer(channel, request, source)


def _answer(channel: socket.socket, request: dict[str, Any], source: Source) -> None:
    from processor.imaging.line import develop  # noqa: PLC0415 - under the memory limit, and after start-up

    recipe = Recipe.model_validate_json(request["recipe"])
    limit_cpu(recipe.limits.decode_timeout_s, os.cpu_count() or 1)
    try:
        rendering = develop(
            source, recipe, file_name=request["file_name"], on_decoded=lambda: send(channel, {"event": "decoded"})
        )
    except PhotoError as error:
        send(channel, {"event": "verdict", "verdict": error.verdict, "finding": error.finding})
    except MemoryError:
        send(channel, {"event": "out_of_memory"})
    except Exception as error:  # noqa: BLE001 - whatever a decoder raises is told to the parent, which decides
        if NO_THREAD in str(error):
            send(channel, {"event": "out_of_memory"})
            return
        send(channel, {"event": "crashed", "log": traceback.format_exc(limit=-8)[-MAX_LOG_CHARS:]})
    else:
        isolated = replace(rendering, receipt=replace(rendering.receipt, isolated=True))
        plain, blobs = pack_rendering(isolated)
        send(channel, {"event": "done", "rendering": plain}, blobs)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
