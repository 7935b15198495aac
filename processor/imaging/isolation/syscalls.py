"""Refuse the system calls that lead out of a decoder child, by a seccomp filter (seccomp(2), Linux 4.17 or later)."""

from __future__ import annotations

import errno
import platform
from collections.abc import Iterable
from struct import pack
from typing import Final

X86_64, AARCH64 = 0, 1
ARCHITECTURES: Final = {"x86_64": (X86_64, 0xC000003E), "aarch64": (AARCH64, 0xC00000B7)}
"""Machine → its column in the tables below, and its AUDIT_ARCH (linux/audit.h)."""

REFUSED: Final[dict[str, tuple[int | None, int | None]]] = {
    # the network, and Lambda's own runtime API
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    # the memory, descriptors and lives of other processes of this user
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    # other programs
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    # parts of the kernel with a history of holes, and calls that no filter sees (io_uring)
    "unshare": (272, 97),
    "setns": (308, 268),
    "io_uring_setup": (425, 425),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
}
"""Name → number on x86_64 and on aarch64 (asm/unistd_64.h, asm-generic/unistd.h)."""
CLONE: Final = (56, 220)
CLONE3: Final = (435, 435)
TGKILL: Final = (234, 131)
PRLIMIT64: Final = (302, 261)
SECCOMP: Final = (317, 277)
CAPSET: Final = (126, 91)

CLONE_THREAD = 0x10000
X32_BIT = 0x40000000
"""Calls of x86_64's third interface have this bit in their numbers."""

# Offsets in struct seccomp_data, and BPF instructions (linux/bpf_common.h).
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
LOAD, IF_EQUAL, IF_AT_LEAST, IF_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL_PROCESS, FAIL_WITH = 0x7FFF0000, 0x80000000, 0x00050000
REFUSE = FAIL_WITH | errno.EPERM


def column() -> int | None:
    """Return this machine's column of the tables; None where they have none."""
    known = ARCHITECTURES.get(platform.machine())
    return known[0] if known else None


def program(machine: str, pid: int) -> list[bytes]:
    """Write the filter of the process *pid*, one BPF instruction of 8 bytes each.

    A refused call fails with EPERM: a library then reports an error, as it would on a system without that call.
    """
    index, architecture = ARCHITECTURES[machine]
    refused = (numbers[index] for numbers in REFUSED.values())
    return [
        _op(LOAD, ARCHITECTURE),
        _op(IF_EQUAL, architecture, skip_if_true=1),
        _op(RETURN, KILL_PROCESS),
        _op(LOAD, NUMBER),
        _op(IF_AT_LEAST, X32_BIT, skip_if_false=1),
        _op(RETURN, REFUSE),
        *(op for number in refused if number is not None for op in _on(number, [_op(RETURN, REFUSE)])),
        # glibc tries clone3, whose flags a filter cannot read, and then clone.
        *_on(CLONE3[index], [_op(RETURN, FAIL_WITH | errno.ENOSYS)]),
        *_on(CLONE[index], _unless(_op(IF_ANY_BIT, CLONE_THREAD, skip_if_false=1))),
        # abort() signals its own process; a library may read or set its own limits.
        *_on(TGKILL[index], _unless(_op(IF_EQUAL, pid, skip_if_false=1))),
        *_on(PRLIMIT64[index], _unless(_op(IF_EQUAL, 0, skip_if_false=1))),
        _op(RETURN, ALLOW),
    ]


def _on(number: int, then: list[bytes]) -> Iterable[bytes]:
    """Run *then*, which returns, if the call is *number*."""
    return [_op(IF_EQUAL, number, skip_if_false=len(then)), *then]


def _unless(test: bytes) -> list[bytes]:
    """Allow the call if its first argument passes *test*, else refuse it."""
    return [_op(LOAD, FIRST_ARGUMENT), test, _op(RETURN, ALLOW), _op(RETURN, REFUSE)]


def _op(code: int, value: int, *, skip_if_true: int = 0, skip_if_false: int = 0) -> bytes:
    """Pack one struct sock_filter."""
    return pack("=HBBI", code, skip_if_true, skip_if_false, value)
