"""The parent's side of a decoder child: start it, reuse it while it is healthy, end it when it is not."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from select import select
from typing import Any, Final, TypeVar

from processor.errors import InstallationError, PhotoError, Verdict
from processor.imaging.edit_model import DECODING, ENCODING, Edited, OnStep
from processor.imaging.isolation.edit_wire import EditOrder, refused, unpack_edited
from processor.imaging.isolation.usage import Clock, slow_decode, slow_step
from processor.imaging.isolation.wire import ConnectionClosed, receive, send, unpack_rendering
from processor.imaging.model import Rendering
from processor.imaging.structure.header import needs_memory
from processor.recipe import Recipe
from processor.source import Source

POLL_S = 0.02
EXIT_GRACE_S = 1.0
BETWEEN_BYTES_S = 10.0
"""A child that begins to answer sends the rest at once, or it has lost its way."""
ENCODE_TIMEOUT_S = 240.0
"""For what follows the decode: no hostile byte is read any more, but AVIF at 12 MP is slow."""
JOBS_PER_CHILD = 500
"""Then a fresh one: what decoders leak stays bounded."""
PACKAGE_ROOT: Final = Path(__file__).resolve().parents[3]
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "LANG")
"""The child sees no other variable: no credentials, no names of tables and buckets."""

Result = TypeVar("Result", Rendering, Edited)


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
        clock = self._decode_clock(recipe.limits.decode_timeout_s, seconds_left)

        def hear(answer: dict[str, Any]) -> bool:
            if answer.get("event") != "decoded":
                return False
            clock.begin(ENCODE_TIMEOUT_S, slow_decode("the encoders did not finish"))
            return True

        request = {"job": "render", "recipe": recipe.model_dump_json(), "file_name": file_name}
        return self._converse(request, [source], clock, hear, _rendering)

    def edit(
        self, sources: Sequence[Source], order: EditOrder, *, on_step: OnStep, seconds_left: float | None
    ) -> Edited:
        """Edit the first of *sources* in the child; as *develop*, and raises EditError and what *on_step* raises."""
        limits = order.limits
        clock = self._decode_clock(limits.decode_timeout_s, seconds_left)

        def hear(answer: dict[str, Any]) -> bool:
            index, step = answer.get("index"), answer.get("step")
            if answer.get("event") != "step" or not isinstance(index, int) or not isinstance(step, str):
                return False
            if step != DECODING:
                seconds = ENCODE_TIMEOUT_S if step == ENCODING else limits.step_timeout_s
                clock.begin(seconds, slow_step(step, seconds))
            on_step(index, step)
            return True

        return self._converse({"job": "edit", "order": asdict(order)}, sources, clock, hear, _edited)

    def _decode_clock(self, timeout_s: float, seconds_left: float | None) -> Clock:
        """Start the clock of a job, which begins with decoding."""
        late = slow_decode(f"expected at most {timeout_s:g} s of computing time")
        return Clock(timeout_s, late, seconds_left, cpu_time=lambda: cpu_seconds(self.pid))

    def _converse(
        self,
        request: dict[str, Any],
        sources: Sequence[Source],
        clock: Clock,
        hear: Callable[[dict[str, Any]], bool],
        result: Callable[[dict[str, Any], list[bytes]], Result],
    ) -> Result:
        """Send *request*; *hear* takes what is said on the way and tells whether it was that, *result* what is last."""
        self.jobs += 1
        with self._obituaries():
            facts = [(source.size, source.sha256) for source in sources]
            send(self._channel, {**request, "sources": facts}, fds=[source.fd for source in sources])
        while True:
            with self._obituaries():
                answer, blobs = self._next(clock)
            if self._heard(answer, hear):
                continue
            with self._obituaries():
                return result(answer, blobs)

    def _heard(self, answer: dict[str, Any], hear: Callable[[dict[str, Any]], bool]) -> bool:
        """Pass *answer* on; whoever hears it may stop the work by raising, and the child then ends."""
        try:
            return hear(answer)
        except BaseException:
            self.kill()
            raise

    def _next(self, clock: Clock) -> tuple[dict[str, Any], list[bytes]]:
        """Receive the child's next word; one that could not go on is ended."""
        self._wait(clock)
        answer, blobs, _ = receive(self._channel)
        match answer.get("event"):
            case "out_of_memory":
                self.kill()  # whatever failed to allocate may not be in a good state
                raise needs_memory(self.memory_mib)
            case "crashed":
                self.kill()
                raise crashed(str(answer.get("log")))
            case "broken_installation":
                self.kill()
                raise InstallationError(str(answer.get("finding")))
            case _:
                return answer, blobs

    @contextmanager
    def _obituaries(self) -> Generator[None]:
        """Turn a broken connection, and nonsense, into a verdict."""
        try:
            yield
        except (ConnectionClosed, OSError, ValueError) as error:
            raise self._obituary() from error

    def _wait(self, clock: Clock) -> None:
        """Wait for the child's next word, watching its memory and the clock."""
        while not select([self._channel], [], [], POLL_S)[0]:
            if resident_mib(self.pid) > self.memory_mib:
                self.kill()
                raise needs_memory(self.memory_mib)
            if clock.overdue():
                self.kill()
                raise clock.too_late()

    def _obituary(self) -> PhotoError:
        """Say how the child died; one that only broke the connection is ended here."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(EXIT_GRACE_S)
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


def _rendering(answer: dict[str, Any], blobs: list[bytes]) -> Rendering:
    _refuse_other(answer)
    return unpack_rendering(answer.get("rendering"), blobs)


def _edited(answer: dict[str, Any], blobs: list[bytes]) -> Edited:
    if answer.get("event") == "refused":
        raise refused(answer)
    _refuse_other(answer)
    return unpack_edited(answer.get("edited"), blobs)


def _refuse_other(answer: dict[str, Any]) -> None:
    """Raise the child's verdict, or ValueError for anything but ``done``."""
    match answer.get("event"):
        case "done":
            return
        case "verdict":
            raise PhotoError(
                Verdict(answer.get("verdict")), str(answer.get("finding")), log=str(answer.get("log")) or None
            )
        case other:
            message = f"expected done or verdict, received {other!r}"
            raise ValueError(message)


def crashed(log: str) -> PhotoError:
    """Say that the decoder could not be trusted with this photo; *log* is for operators."""
    return PhotoError(Verdict.DECODER_CRASHED, "The photo makes its decoder crash.", log=log)


def child_environment() -> dict[str, str]:
    """Return the few variables that a decoder needs."""
    kept = {name: value for name, value in os.environ.items() if name in PASSED_ON}
    # Two arenas: glibc would keep one per thread, each with its own fragments.
    return {**kept, "PYTHONPATH": os.pathsep.join([str(PACKAGE_ROOT), *_layers()]), "MALLOC_ARENA_MAX": "2"}


def _layers() -> list[str]:
    """Return the import path of this process: Lambda's layers are on it, not in the interpreter."""
    return [entry for entry in sys.path if entry]


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used, in s; 0 when it is gone or the system has no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid: int) -> int:
    """Return a process's resident memory in MiB; 0 when it is gone or the system has no /proc."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20
