"""What is left of one invocation: time, and the memory that its price depends on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from processor.errors import OutOfTime

# Enough to upload, to write the record and to hand the rest of a batch back before Lambda kills the process.
RESERVE_S: Final = 15.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """*seconds_left()* until the process is killed; *memory_mib* of the function, which is what is paid for."""

    seconds_left: Callable[[], float]
    memory_mib: int

    def usable_s(self) -> float:
        """Seconds that work may still take, 0 when it is time to stop."""
        return max(0.0, self.seconds_left() - RESERVE_S)

    def require(self, step: str) -> None:
        """Raise OutOfTime rather than begin a *step* that may be killed half-way."""
        left = self.seconds_left()
        if left < RESERVE_S:
            raise OutOfTime(f"{step}: expected at least {RESERVE_S:g} s left of the invocation, found {left:.1f} s.")
