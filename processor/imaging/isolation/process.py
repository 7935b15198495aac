"""Run jobs in a decoder child, from the parent's side: start it, exchange messages with it, kill it."""

from __future__ import annotations

import logging
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
from typing import TYPE_CHECKING, Any, Final, TypeVar

from processor.errors import InstallationError, PhotoError, Verdict
from processor.imaging.isolation.confinement import is_confined, shield_this_process
from processor.imaging.isolation.usage import Clock, cpu_seconds, resident_mib, slow_decode, slow_step
from processor.imaging.isolation.wire import (
    ConnectionClosed,
    pack_headers,
    receive,
    require_done,
    send,
    unpack_rendering,
)
from processor.imaging.model import NO_INPUTS, Rendering, RenderInputs
from processor.imaging.structure.header import Header, needs_memory
from processor.recipe import Recipe
from processor.source import Source

if TYPE_CHECKING:  # the rendition function starts without the vocabulary of edits
    from processor.imaging.edit_model import Edited, OnStep
    from processor.imaging.isolation.edit_wire import EditOrder

POLL_S = 0.02
EXIT_GRACE_S = 1.0
"""Between a closed connection and the end of the process."""
BETWEEN_BYTES_S = 10.0
"""Between two bytes of one message: a healthy child sends a message at once."""
ENCODE_TIMEOUT_S = 240.0
"""For encoding. No hostile byte is read any more, but AVIF at 12 MP is slow."""
FAILED_ALLOCATION: Final = frozenset({signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS})
"""Ends of a library that does not check an allocation, when the child's limit refuses one."""
NEARLY_FULL = 0.8
JOBS_PER_CHILD = 500
"""After so many a new child starts, so that leaks of decoders stay bounded."""
PACKAGE_ROOT: Final = Path(__file__).resolve().parents[3]
PASSED_ON = ("LD_LIBRARY_PATH", "LANG", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
"""Environment variables of the child: no credentials, no names of tables and buckets."""

_LOG = logging.getLogger(__name__)

Result = TypeVar("Result", Rendering, "Edited")


class DecoderProcess:
    """One child process and the channel to it. Not for use by several threads at once."""

    def __init__(self, memory_mib: int) -> None:
        shield_this_process()
        ours, theirs = socket.socketpair()
        ours.settimeout(BETWEEN_BYTES_S)
        self.memory_mib = memory_mib
        self.jobs = 0
        self._resident_mib = 0
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
        """Return whether the child may take another job."""
        return self._process.poll() is None and self.jobs < JOBS_PER_CHILD

    def render(  # noqa: PLR0913 - keyword-only: what one photo has of its own
        self,
        source: Source,
        recipe: Recipe,
        *,
        header: Header,
        file_name: str,
        inputs: RenderInputs = NO_INPUTS,
        seconds_left: float | None,
    ) -> Rendering:
        """Render *source* in the child; its death, hang or excess is a verdict (PhotoError).

        *header*: what the structure walk found. Raises OutOfTime when *seconds_left* ends first.
        """
        clock = self._decode_clock(recipe.limits.decode_timeout_s, seconds_left)

        def on_progress(message: dict[str, Any]) -> bool:
            if message.get("event") != "decoded":
                return False
            clock.begin(ENCODE_TIMEOUT_S, slow_decode("the encoders did not finish"))
            return True

        request = {
            "job": "render",
            "recipe": recipe.model_dump_json(),
            "file_name": file_name,
            "focus": asdict(inputs.focus) if inputs.focus else None,
            "marks": tuple(inputs.marks),
        }
        return self._run(request, (source, *inputs.marks.values()), [header], clock, on_progress, _rendering)

    def edit(
        self, sources: Sequence[tuple[Source, Header]], order: EditOrder, *, on_step: OnStep, seconds_left: float | None
    ) -> Edited:
        """Edit the first of *sources* in the child; the others are its watermarks.

        Raises what *render* raises, EditError, and what *on_step* raises.
        """
        from processor.imaging.edit_model import DECODING, ENCODING  # noqa: PLC0415 - as above

        limits = order.limits
        clock = self._decode_clock(limits.decode_timeout_s, seconds_left)

        def on_progress(message: dict[str, Any]) -> bool:
            index, step = message.get("index"), message.get("step")
            if message.get("event") != "step" or not isinstance(index, int) or not isinstance(step, str):
                return False
            if step != DECODING:
                seconds = ENCODE_TIMEOUT_S if step == ENCODING else limits.step_timeout_s
                clock.begin(seconds, slow_step(step, seconds))
            on_step(index, step)
            return True

        files, headers = zip(*sources, strict=True)
        return self._run({"job": "edit", "order": asdict(order)}, files, headers, clock, on_progress, _edited)

    def _decode_clock(self, timeout_s: float, seconds_left: float | None) -> Clock:
        """Start the clock of a job, which begins with decoding."""
        late = slow_decode(f"expected at most {timeout_s:g} s of computing time")
        return Clock(timeout_s, late, seconds_left, cpu_time=lambda: cpu_seconds(self.pid))

    def _run(  # noqa: PLR0913, PLR0917 - one exchange
        self,
        request: dict[str, Any],
        sources: Sequence[Source],
        headers: Sequence[Header],
        clock: Clock,
        on_progress: Callable[[dict[str, Any]], bool],
        parse: Callable[[dict[str, Any], list[bytes]], Result],
    ) -> Result:
        """Send *request* and return its result.

        *on_progress(message)* returns True if it consumed the message; *parse(message, blobs)* builds the result.
        """
        self.jobs += 1
        with self._exit_as_verdict():
            facts = [(source.size, source.sha256) for source in sources]
            fds = [source.fd for source in sources]
            send(self._channel, {**request, "sources": facts}, [pack_headers(headers)], fds=fds)
        while True:
            with self._exit_as_verdict():
                message, blobs = self._next_message(clock)
            if self._is_progress(message, on_progress):
                continue
            if self.jobs == 1 and not is_confined(self.pid):
                _LOG.warning("decoder child is not confined: the kernel has not taken its seccomp filter")
            with self._exit_as_verdict():
                return parse(message, blobs)

    def _is_progress(self, message: dict[str, Any], on_progress: Callable[[dict[str, Any]], bool]) -> bool:
        """Pass *message* to *on_progress*, which may stop the work by raising: the child is then killed."""
        try:
            return on_progress(message)
        except BaseException:
            self.kill()
            raise

    def _next_message(self, clock: Clock) -> tuple[dict[str, Any], list[bytes]]:
        """Receive one message; kill a child that reports that it cannot go on."""
        self._wait(clock)
        message, blobs, _ = receive(self._channel)
        match message.get("event"):
            case "out_of_memory":
                self.kill()  # an allocation has failed: the child's state is unknown
                raise needs_memory(self.memory_mib)
            case "crashed":
                self.kill()
                raise crashed(str(message.get("log")))
            case "broken_installation":
                self.kill()
                raise InstallationError(str(message.get("finding")))
            case _:
                return message, blobs

    def _wait(self, clock: Clock) -> None:
        """Wait for the next message; kill a child that exceeds its memory or its time."""
        while not select([self._channel], [], [], POLL_S)[0]:
            # A process that has just ended holds nothing: its last figure tells of what it died.
            self._resident_mib = resident_mib(self.pid) or self._resident_mib
            if self._resident_mib > self.memory_mib:
                self.kill()
                raise needs_memory(self.memory_mib)
            if clock.overdue():
                self.kill()
                raise clock.too_late()

    @contextmanager
    def _exit_as_verdict(self) -> Generator[None]:
        """Turn a closed connection, and messages that break the protocol, into a verdict."""
        try:
            yield
        except (ConnectionClosed, OSError, ValueError) as error:
            raise self._exit_reason() from error

    def _exit_reason(self) -> PhotoError:
        """Return how the child ended; one that still runs is killed."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(EXIT_GRACE_S)
        self.kill()
        status = self._process.returncode
        if status == -signal.SIGXCPU:
            return PhotoError(Verdict.DECODE_TIMEOUT, "The photo took too long to decode.")
        if -status in FAILED_ALLOCATION and self._resident_mib > NEARLY_FULL * self.memory_mib:
            return needs_memory(self.memory_mib)
        cause = signal.Signals(-status).name if status < 0 else f"exit code {status}"
        return crashed(f"the decoder child ended with {cause}")

    def kill(self) -> None:
        """Kill the child and all processes that it started; safe to call twice."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._channel.close()


def _rendering(message: dict[str, Any], blobs: list[bytes]) -> Rendering:
    require_done(message)
    return unpack_rendering(message.get("rendering"), blobs)


def _edited(message: dict[str, Any], blobs: list[bytes]) -> Edited:
    from processor.imaging.isolation.edit_wire import unpack_edited, unpack_refusal  # noqa: PLC0415 - as above

    if message.get("event") == "refused":
        raise unpack_refusal(message)
    require_done(message)
    return unpack_edited(message.get("edited"), blobs)


def crashed(log: str) -> PhotoError:
    """Return the verdict on a photo that crashes its decoder; *log* is for operators."""
    return PhotoError(Verdict.DECODER_CRASHED, "The photo makes its decoder crash.", log=log)


def child_environment() -> dict[str, str]:
    """Return the few variables that a decoder needs."""
    kept = {name: value for name, value in os.environ.items() if name in PASSED_ON}
    # Two arenas: glibc would keep one per thread, each with its own fragments.
    # No plugins: Pydantic would look for some in the metadata of every installed package.
    path = os.pathsep.join([str(PACKAGE_ROOT), *_layers()])
    return {**kept, "PYTHONPATH": path, "MALLOC_ARENA_MAX": "2", "PYDANTIC_DISABLE_PLUGINS": "__all__"}


def _layers() -> list[str]:
    """Return the import path of this process: Lambda's layers are on it, not in the interpreter."""
    return [entry for entry in sys.path if entry]
