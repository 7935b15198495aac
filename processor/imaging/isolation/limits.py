"""Limits that a decoder child puts on itself; the kernel keeps them even when the code has gone astray."""

from __future__ import annotations

import math
import resource

NO_CORE_DUMP = (0, 0)
ENCODE_CPU_S = 240
"""CPU seconds for what follows the decode, over all threads: encoding AVIF at 12 MP takes tens of them."""


def limit_memory(mib: int) -> None:
    """Let allocations beyond *mib* MiB fail (RLIMIT_DATA: private writable memory, not address space)."""
    size = mib << 20
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, NO_CORE_DUMP)


def limit_cpu(seconds: float, cores: int) -> None:
    """Allow *seconds* of wall time on all *cores* from now on, then SIGXCPU. For the case that the parent is gone."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowance = used.ru_utime + used.ru_stime + seconds * cores + ENCODE_CPU_S
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(allowance), hard))
