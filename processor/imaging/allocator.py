"""Keep freed memory for the next picture, up to a limit between two photos.

glibc gives every large block back to the system when it is freed. The next one is then new pages, which the system
zeroes one by one: 20,000 to 40,000 of them a photo, a tenth of its CPU time.
"""

from __future__ import annotations

import ctypes
import os
from functools import cache
from pathlib import Path
from typing import Any, Final

# <malloc.h>; glibc takes no larger threshold for blocks of their own than 32 MiB.
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
OPTIONS: Final = ((TRIM_THRESHOLD, 256 << 20), (MMAP_THRESHOLD, 32 << 20), (ARENA_MAX, 1))
KEPT_MIB = 192
"""Private memory that a process may hold between two photos."""
KEPT_FREE_MIB = 96
"""Of the free memory, what stays at the end of the heap when the rest is given back."""
STATM = Path("/proc/self/statm")


@cache
def keep_freed_memory() -> None:
    """Set the allocator up, once per process."""
    for option, value in OPTIONS:
        _libc("mallopt", option, value)


def release_memory() -> None:
    """Give free memory back when a photo has left more than KEPT_MIB behind."""
    if private_mib() > KEPT_MIB:
        _libc("malloc_trim", KEPT_FREE_MIB << 20)


def private_mib() -> int:
    """Return this process's resident memory that is no file's, in MiB; 0 where the system does not tell."""
    try:
        _, resident, shared, *_ = map(int, STATM.read_text().split())
    except (OSError, ValueError):
        return 0
    return (resident - shared) * os.sysconf("SC_PAGE_SIZE") >> 20


def _libc(function: str, *arguments: int) -> None:
    """Call a function of glibc that takes numbers; do nothing where the C library is another one."""
    library: Any = ctypes.CDLL(None)
    if hasattr(library, function):
        library[function](*map(ctypes.c_long, arguments))
