"""What a process writes to stdout and stderr, line by line, as it comes and before anyone says that it is done."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from typing import Final

CHUNK: Final = 65_536
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html: 1 MB per event
MAX_LINE: Final = 1_000_000
POLL_MS: Final = 1000


class Output:
    """Reads the pipe *fd* in a thread and gives each line to *say*, until the last writer has closed it."""

    def __init__(self, fd: int, say: Callable[[str], None]) -> None:
        os.set_blocking(fd, False)
        self._fd, self._say = fd, say
        self._lock = threading.Lock()
        self._rest = b""
        self._closed = False
        threading.Thread(target=self._follow, name=f"output {fd}", daemon=True).start()

    def drain(self) -> None:
        """Give what has been written so far: who answers after writing finds its lines before its answer's report."""
        with self._lock:
            while not self._closed and self._take():
                pass

    def close(self) -> None:
        """Give the rest, a last line without an end too, and close the pipe, whoever still has its other end."""
        self.drain()
        with self._lock:
            if not self._closed:
                self._finish()

    def _follow(self) -> None:
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        while not self._closed:
            if poll.poll(POLL_MS):
                with self._lock:
                    if not self._closed:
                        self._take()

    def _take(self) -> bool:
        """Read once; False: nothing is there, or nothing will ever be."""
        try:
            chunk = os.read(self._fd, CHUNK)
        except BlockingIOError:
            return False
        if not chunk:
            self._finish()
            return False
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > MAX_LINE:
            lines, self._rest = [*lines, self._rest], b""
        for line in lines:
            self._tell(line)
        return True

    def _finish(self) -> None:
        if self._rest:
            self._tell(self._rest)
        self._rest, self._closed = b"", True
        os.close(self._fd)

    def _tell(self, line: bytes) -> None:
        # Lambda's runtime ends the lines of a stack trace with \r, so that the trace stays one event.
        text = line.decode("utf-8", errors="replace").replace("\r", "\n").rstrip("\n")
        if text:
            self._say(text[:MAX_LINE])
