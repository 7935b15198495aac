"""Confine a decoder child by the kernel, and shield its parent from it; on systems other than Linux, do nothing.

Both processes run as one user, who may read the environment and memory of his processes and open sockets (ADR 34).
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from pathlib import Path
from typing import Final

from processor.imaging.isolation.syscalls import CAPSET, SECCOMP, column, program
from processor.imaging.measure import keep_peak_resettable

ON_LINUX: Final = sys.platform == "linux"
# From prctl(2), seccomp(2) and capset(2):
PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 4, 38
SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW = 1, 4
LINUX_CAPABILITY_VERSION_3 = 0x20080522


class _Program(ctypes.Structure):
    """The kernel's struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def shield_this_process() -> None:
    """Keep this user's other processes from reading this one's environment, memory and descriptors in /proc."""
    if ON_LINUX:
        keep_peak_resettable()
        _prctl(PR_SET_DUMPABLE, 0)


def confine_this_process() -> None:
    """Give up every capability, then the system calls that lead out of this process, for good.

    A measure that the kernel refuses is left out: the parent looks at the result (`is_confined`).
    """
    if not ON_LINUX or (index := column()) is None:
        return
    libc = ctypes.CDLL(None)
    header = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
    libc.syscall(CAPSET[index], header, (ctypes.c_uint32 * 6)())
    # Without this only root may set a filter: a filter could mislead a program that gains rights.
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    code = program(platform.machine(), os.getpid())
    # SPEC_ALLOW: older kernels slow a filtered process down, against attacks on secrets that this one does not have.
    libc.syscall(
        SECCOMP[index],
        SECCOMP_SET_MODE_FILTER,
        SECCOMP_FILTER_FLAG_SPEC_ALLOW,
        ctypes.byref(_Program(len(code), b"".join(code))),
    )


def is_confined(pid: int) -> bool:
    """Return whether a child has a filter of its own; True where there is no /proc to tell it, and no Linux."""
    try:
        # A filter is inherited: inside a container, this process may have one too.
        return _filters(pid) > _filters(os.getpid())
    except (OSError, ValueError):
        return True


def _filters(pid: int) -> int:
    """Count the seccomp filters of a process (proc(5), Linux 5.9 or later)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("Seccomp_filters:")[2].split("\n")[0])


def _prctl(option: int, value: int) -> None:
    """Call prctl(2), all of whose arguments are unsigned long."""
    ctypes.CDLL(None).prctl(option, *map(ctypes.c_ulong, (value, 0, 0, 0)))
