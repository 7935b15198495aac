"""Say how long a run will take: an estimate by part, corrected by how long the parts so far took."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from time import monotonic


class Forecast:
    """The time left of a run. *parts*: part → seconds on two idle cores; *say* prints a line."""

    def __init__(
        self, parts: Mapping[str, float], say: Callable[[str], object], *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._left = dict(parts)
        self._say = say
        self._clock = clock
        self._done = self._spent = 0.0

    @contextmanager
    def part(self, name: str) -> Generator[None]:
        """Announce the part *name* with the time left, and learn from how long it takes."""
        self._say(f"{name}: about {in_words(self.left_s())} left of the whole run")
        started = self._clock()
        yield
        self._done += self._left.pop(name)
        self._spent += self._clock() - started

    def left_s(self) -> float:
        """Return the estimate of the time left, s."""
        return sum(self._left.values()) * (self._spent / self._done if self._done else 1.0)


def in_words(seconds: float) -> str:
    """Write a duration."""
    return f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{max(1, round(seconds))} seconds"  # noqa: PLR2004
