"""The jobs queue, from the side of the API: one message per picture.

A job may be sent again at any time; whoever works on it finds what is already done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from processor.aws.queues import Queue
from processor.edits.job import ImageJob


@dataclass(frozen=True, kw_only=True, slots=True)
class Jobs:
    """Sends jobs."""

    queue: Queue

    def send(self, jobs: Sequence[ImageJob]) -> None:
        """Send all *jobs*; StoreUnavailable when one was not taken, others may have been: send all of them again."""
        self.queue.send([job.body() for job in jobs])
