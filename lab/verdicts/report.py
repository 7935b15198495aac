"""Count the findings and compare them with the budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lab.verdicts.trial import HARMLESS, UNHARMED, UNSEEN, WRONG, Finding

MAX_SECONDS: Final = 10.0
MAX_MIB: Final = 1024.0
SUCCESSES: Final = frozenset({HARMLESS, UNHARMED, UNSEEN, WRONG})


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """All findings of one child, and the most memory that it held (MiB)."""

    findings: Sequence[Finding]
    peak_mib: float

    @property
    def slowest(self) -> Finding:
        """The file that took longest."""
        return max(self.findings, key=lambda one: one.seconds)

    @property
    def good(self) -> bool:
        """Return whether no verdict is wrong and every file kept within time and memory."""
        wrong = any(one.verdict == WRONG for one in self.findings)
        return not wrong and self.slowest.seconds <= MAX_SECONDS and self.peak_mib <= MAX_MIB

    @property
    def verdicts(self) -> Counter[str]:
        """Count what was said."""
        return Counter(one.verdict for one in self.findings)

    def of(self, family: str, kind: str) -> Counter[str]:
        """Count what was said of one kind of damage to one family."""
        return Counter(one.verdict for one in self.findings if (one.case.family, one.case.kind) == (family, kind))
