"""The parent's side of a decoder child: start it, reuse it while it is healthy, end it when it is not."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from select import select
from time import monotonic
from typing import Any

from processor.errors import OutOfTime, PhotoError, Verdict
from processor.imaging.isolation.wire import Hangup, receive, send, unpack_rendering
from processor.imaging.model import Rendering
from processor.recipe import Recipe
from processor.source import Source

POLL_S = 0.02
LAST_WORDS_S = 1.0
BETWEEN_BYTES_S = 10.0
"""A child that begins to answer sends the rest at once, or it has lost its way."""
ENCODE_TIMEOUT_S = 240.0
"""For what follows the decode: no hostile byte is read any more, but AVIF at 12 MP is slow."""
JOBS_PER_CHILD = 500
"""Then a fresh one: what decoders leak stays bounded."""
PACKAGE_ROOT = Path(__file__).resolve().parents[3]
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "LANG")
"""The child sees no other variable: no credentials, no names of tables and buckets."""


class DecoderProcess:
    """One child and the channel to it. Not for use by several threads at once."""

    def __init__(self, memory_mib: int) -> None:
        ours, theirs = socket.socketpair()
        ours.settimeout(BETWEEN_BYTES_S)
        self.memory_mib = memory_mib
        self.jobs = 0
        self._channel = ours
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "processor.imaging.isolation.child", str(theirs.fileno()), str(memory_mib)],
                pass_fds=[theirs.fileno()],
                env=child_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def healthy(self) -> bool:
        """Tell whether it may take another job."""
        return self._process.poll() is None and self.jobs < JOBS_PER_CHILD

    def develop(self, source: Source, recipe: Recipe, *, file_name: str, seconds_left: float | None) -> Rendering:
        """Develop *source* in the child; its death, hang or excess is a verdict (PhotoError).

        Raises OutOfTime when *seconds_left* ends first.
        """
        self.jobs += 1
        job = _Job(recipe, seconds_left)
        try:
            send(
                self._channel,
                {
                    "recipe": recipe.model_dump_json(),
                    "file_name": file_name,
                    "size": source.size,
                    "sha256": source.sha256,
                },
                fds=[source.fd],
            )
            while True:
                self._wait(job)
                answer, blobs, _ = receive(self._channel)
                event = answer.get("event")
                if event == "decoded":
                    job.decoded()
                    continue
                if event == "out_of_memory":
                    self.kill()  # whatever failed to allocate may not be in a good state
                    raise out_of_memory(self.memory_mib)
                if event == "crashed":
                    self.kill()
                    raise crashed(str(answer.get("log")))
                return _result(answer, blobs)
        except (Hangup, OSError, ValueError) as error:
            raise self._obituary() from error

    def _wait(self, job: _Job) -> None:
        """Wait for the child's next word, watching its memory and the clock."""
        while not select([self._channel], [], [], POLL_S)[0]:
            if resident_mib(self.pid) > self.memory_mib:
                self.kill()
                raise out_of_memory(self.memory_mib)
            if job.overdue():
                self.kill()
                raise job.too_late()

    def _obituary(self) -> PhotoError:
        """Say how the child died; one that only broke the connection is ended here."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(LAST_WORDS_S)
        self.kill()
        status = self._process.returncode
        if status == -signal.SIGXCPU:
            return PhotoError(Verdict.DECODE_TIMEOUT, "The photo took too long to decode.")
        cause = signal.Signals(-status).name if status < 0 else f"exit code {status}"
        return crashed(f"the decoder child ended with {cause}")

    def kill(self) -> None:
        """End the child and all that it started; safe to call twice."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._channel.close()


class _Job:
    """The clock of one job: decoding is short, what follows may take longer, both end with the invocation."""

    def __init__(self, recipe: Recipe, seconds_left: float | None) -> None:
        now = monotonic()
        self._decode_timeout_s = recipe.limits.decode_timeout_s
        self._end = now + seconds_left if seconds_left is not None else float("inf")
        self._limit = now + self._decode_timeout_s
        self._decoding = True

    def decoded(self) -> None:
        """Switch to the time for encoding."""
        self._decoding = False
        self._limit = monotonic() + ENCODE_TIMEOUT_S

    def overdue(self) -> bool:
        """Tell whether either clock has run out."""
        return monotonic() > min(self._limit, self._end)

    def too_late(self) -> PhotoError | OutOfTime:
        """Name the clock that ran out: the invocation's is no verdict on the photo."""
        if monotonic() > self._end:
            return OutOfTime("the invocation has no time left for this photo")
        stage = f"expected at most {self._decode_timeout_s:g} s" if self._decoding else "the encoders did not finish"
        return PhotoError(Verdict.DECODE_TIMEOUT, f"The photo took too long to decode: {stage}.")


def _result(answer: dict[str, Any], blobs: list[bytes]) -> Rendering:
    match answer.get("event"):
        case "done":
            return unpack_rendering(answer.get("rendering"), blobs)
        case "verdict":
            raise PhotoError(Verdict(answer.get("verdict")), str(answer.get("finding")))
        case other:
            message = f"expected done or verdict, received {other!r}"
            raise ValueError(message)


def crashed(log: str) -> PhotoError:
    """Say that the decoder could not be trusted with this photo; *log* is for operators."""
    return PhotoError(Verdict.DECODER_CRASHED, "The photo makes its decoder crash.", log=log)


def out_of_memory(limit_mib: int) -> PhotoError:
    """Say that decoding would take more memory than it may."""
    return PhotoError(
        Verdict.DECODER_OUT_OF_MEMORY, f"The photo needs too much memory to decode: expected at most {limit_mib} MiB."
    )


def child_environment() -> dict[str, str]:
    """Return the few variables that a decoder needs."""
    kept = {name: value for name, value in os.environ.items() if name in PASSED_ON}
    # Two arenas: glibc would keep one per thread, each with its own fragments.
    return {**kept, "PYTHONPATH": os.pathsep.join([str(PACKAGE_ROOT), *_layers()]), "MALLOC_ARENA_MAX": "2"}


def _layers() -> list[str]:
    """Return the import path of this process: Lambda's layers are on it, not in the interpreter."""
    return [entry for entry in sys.path if entry]


def resident_mib(pid: int) -> int:
    """Return a process's resident memory in MiB; 0 when it is gone or the system has no /proc."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20
