"""Keep one decoder child: start it when first needed, reuse it while healthy, replace it when it crashed."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Self, TypeVar

from processor.errors import PhotoError, Verdict
from processor.imaging.isolation.process import DecoderProcess

RETRIED_IN_A_NEW_CHILD = frozenset({Verdict.DECODER_CRASHED, Verdict.DECODER_OUT_OF_MEMORY, Verdict.RENDERING_FAILED})

Result = TypeVar("Result")


class DecoderPool:
    """A pool of at most one child process. Not for use by several threads at once."""

    def __init__(self) -> None:
        self._child: DecoderProcess | None = None

    def _run(
        self, job: Callable[[DecoderProcess, float | None], Result], *, memory_mib: int, seconds_left: float | None
    ) -> Result:
        """Run *job* in the child. An earlier photo may make a used child crash: a new child then repeats the job."""
        started = monotonic()
        child = self._healthy_child(memory_mib)
        used = child.jobs > 0
        try:
            return job(child, seconds_left)
        except PhotoError as error:
            if not used or error.verdict not in RETRIED_IN_A_NEW_CHILD:
                raise
        self.close()
        left = None if seconds_left is None else max(0.0, seconds_left - (monotonic() - started))
        return job(self._healthy_child(memory_mib), left)

    def _healthy_child(self, memory_mib: int) -> DecoderProcess:
        child = self._child
        if child is None or not child.healthy() or child.memory_mib != memory_mib:
            self.close()
            child = self._child = DecoderProcess(memory_mib)
        return child

    def close(self) -> None:
        """Kill the child, if there is one."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def __enter__(self) -> Self:
        """Return the pool; no child outlives the ``with`` block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Kill the child."""
        self.close()
