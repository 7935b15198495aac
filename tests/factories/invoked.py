"""Functions' processes, each as small as it can be: ``python -m tests.factories.invoked FD`` forks one per event.

It has what handlers need imported, so that a hundred processes do not. The socket FD has a message for each: JSON
with the handler's *module*, its *environment* and the *event*, beside a file for what the process prints. The answers
are its pid, then its exit code. The last line that it prints is the handler's answer. With ``DISK_FULL`` set, whatever
writes a file by name meets ENOSPC.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import socket
import sys
from collections.abc import Mapping
from typing import Any

from testkit.contexts import Context

DISK_FULL = "DISK_FULL"
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
MESSAGE_BYTES = 1 << 17
IMPORTED = (
    "processor.handlers.edit",
    "processor.handlers.rendition",
    "processor.imaging.decoders.native",
    "processor.imaging.edit_line",
    "processor.imaging.line",
)


def full(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what needs room on a disk; memory files have no name and stand in none."""
    opens = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES
    if event in {"os.mkdir", "tempfile.mkstemp", "tempfile.mkdtemp"} or (opens and arguments[0] != os.devnull):
        raise OSError(errno.ENOSPC, f"{event} {arguments[0]}: no space left on device")


def serve(descriptor: int) -> None:
    """Fork a process per message of the socket *descriptor*, one at a time; return in each of them at its end."""
    if os.environ.get(DISK_FULL):
        sys.addaudithook(full)
    for module in IMPORTED:
        importlib.import_module(module)
    with socket.socket(fileno=descriptor) as channel:
        while True:
            message, files, _, _ = socket.recv_fds(channel, MESSAGE_BYTES, 1)
            if not message:
                return
            if not (pid := os.fork()):
                channel.close()
                invoke(**json.loads(message), printed=files[0])
                return
            os.close(files[0])
            channel.send(b"%d" % pid)
            channel.send(b"%d" % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def invoke(module: str, environment: Mapping[str, str], event: Mapping[str, Any], printed: int) -> None:
    """Invoke the handler of *module* in *environment*; *printed*: the file that stands for stdout and stderr."""
    for stream in (1, 2):
        os.dup2(printed, stream)
    os.environ.clear()
    os.environ.update(environment)
    answer = importlib.import_module(module).handler(event, Context())
    sys.stdout.write(f"\n{json.dumps(answer)}\n")


if __name__ == "__main__":
    serve(int(sys.argv[1]))
