"""Track the remaining time of one invocation, and hold the memory size that it is billed by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from processor.errors import OutOfTime

# Enough to upload, to write the record and to return the rest of a batch before Lambda kills the process.
RESERVE_S: Final = 15.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """*seconds_left()* until the process is killed; *memory_mib*: of the function, for its cost."""

    seconds_left: Callable[[], float]
    memory_mib: int

    def usable_s(self) -> float:
        """Return the seconds that work may still take, 0 when it must stop."""
        return max(0.0, self.seconds_left() - RESERVE_S)

    def require(self, step: str) -> None:
        """Raise OutOfTime when too little time is left to begin *step*."""
        left = self.seconds_left()
        if left < RESERVE_S:
            raise OutOfTime(f"{step}: expected at least {RESERVE_S:g} s left of the invocation, found {left:.1f} s.")
