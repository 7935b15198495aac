"""Check that a decoder child that was taken over reaches neither its parent nor the network nor its input's bytes."""

from __future__ import annotations

import ctypes
import errno
import json
import re
import struct
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from processor.errors import PhotoError
from processor.imaging.isolation.process import DecoderProcess, child_environment
from processor.imaging.isolation.syscalls import (
    ALLOW,
    ARCHITECTURES,
    CLONE,
    CLONE3,
    PRLIMIT64,
    REFUSED,
    TGKILL,
    program,
)
from processor.source import Source
from testkit.photos.jpeg import jpeg
from tests.imaging.isolation.children import A_JPEG, quick, write_child
from tests.patience import HANG_S

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux confines a process in this way"),
]

INTRUDER: Final = """
import ctypes, errno, fcntl, mmap, resource
from processor.imaging.isolation import child
from processor.errors import PhotoError, Verdict
libc, parent = ctypes.CDLL(None, use_errno=True), os.getppid()

def call(function, *arguments):
    if function(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")

def attempt(act):
    try:
        return "done: " + repr(act())[:200]
    except OSError as error:
        return errno.errorcode[error.errno]

def listing(path):
    names = [name for name in os.listdir(path) if int(name) > 2 and os.path.lexists(f"{path}/{name}")]
    return sorted(os.readlink(f"{path}/{name}").split(":")[0] for name in names)

def intrude(_, __, sources, ___):
    fd = sources[0].fd
    attempts = {
        "own descriptors": lambda: listing("/proc/self/fd"),
        "environment of the parent": lambda: open(f"/proc/{parent}/environ").read(),
        "memory of the parent": lambda: open(f"/proc/{parent}/mem", "r+b"),
        "memory by number": lambda: call(libc.process_vm_readv, parent, None, 0, None, 0, 0),
        "map of the parent": lambda: open(f"/proc/{parent}/maps").read(),
        "descriptors of the parent": lambda: open(f"/proc/{parent}/fd/0"),
        "trace of the parent": lambda: call(libc.ptrace, 0x4206, parent, 0, 0),
        "signal to the parent": lambda: os.kill(parent, 0),
        "limits of the parent": lambda: resource.prlimit(parent, resource.RLIMIT_NOFILE),
        "socket": lambda: socket.socket(),
        "local socket": lambda: socket.socketpair(),
        "process": lambda: os.fork() or os._exit(0),
        "program": lambda: os.execv("/bin/true", ["true"]),
        "namespace": lambda: call(libc.unshare, 0x10000000),
        "write to the input": lambda: os.pwrite(fd, b"x", 0),
        "open the input again": lambda: os.pwrite(os.open(f"/proc/self/fd/{fd}", os.O_RDWR), b"x", 0),
        "cut the input": lambda: os.truncate(f"/proc/self/fd/{fd}", 0),
        "map the input": lambda: mmap.mmap(os.open(f"/proc/self/fd/{fd}", os.O_RDWR), 1),
        "own environment": lambda: sorted(os.environ),
    }
    raise PhotoError(Verdict.CORRUPT, "x", log=json.dumps({name: attempt(act) for name, act in attempts.items()}))

child.JOBS = {"render": intrude}
child.main(channel.detach(), int(sys.argv[4]))
"""
PR_GET_DUMPABLE = 3
DENIED: Final = {"EPERM", "EACCES"}


def test_a_child_that_was_taken_over_reaches_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is started and confined as every child, and tries all that one user's processes may do to each other."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", write_child(tmp_path, INTRUDER, at_first_job=False))
        child = DecoderProcess(900)
    with Source.from_bytes(jpeg()) as source, pytest.raises(PhotoError) as caught:
        child.render(source, quick(timeout_s=HANG_S), header=A_JPEG, file_name="a.jpg", seconds_left=None)
    child.kill()

    # Where tests run as root, the child's missing capabilities alone would keep it out.
    assert 0 == ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0)
    found = json.loads(str(caught.value))
    assert "done: ['/memfd', '/memfd', 'socket']" == found.pop("own descriptors")
    assert set(re.findall(r"\w{3,}", found.pop("own environment"))) <= {"done", "LC_CTYPE", *child_environment()}
    assert "EBADF" == found.pop("write to the input")
    assert {} == {name: result for name, result in found.items() if result not in DENIED}
    assert 16 == len(found)


def test_a_kernel_that_confines_nothing_is_reported_and_fails_no_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The parent asks the kernel, not the child; the warning comes once per child."""
    body = "send({'event': 'verdict', 'verdict': 'CORRUPT', 'finding': 'It is.', 'blobs': []}); channel.recv(1 << 16)"
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", write_child(tmp_path, f"while True: {body}"))
        child = DecoderProcess(900)
    for _ in range(2):
        with Source.from_bytes(jpeg()) as source, pytest.raises(PhotoError, match="It is"):
            child.render(source, quick(timeout_s=HANG_S), header=A_JPEG, file_name="a.jpg", seconds_left=None)
    child.kill()

    assert ["decoder child is not confined: the kernel has not taken its seccomp filter"] == caplog.messages


@pytest.mark.parametrize("machine", sorted(ARCHITECTURES))
def test_the_filter_refuses_what_it_names_and_nothing_else(machine: str) -> None:
    """On each architecture, by running its instructions."""
    column, architecture = ARCHITECTURES[machine]

    def outcome(number: int, argument: int = 0, arch: int = architecture) -> int:
        return run(program(machine, 4711), {0: number, 4: arch, 16: argument})

    refused = {number: outcome(number) for numbers in REFUSED.values() if (number := numbers[column]) is not None}
    assert {0x50000 | errno.EPERM} == set(refused.values())
    special = {CLONE[column], CLONE3[column], PRLIMIT64[column], TGKILL[column]}
    assert {ALLOW} == {outcome(number) for number in range(500) if number not in special | set(refused)}
    assert 0x50000 | errno.ENOSYS == outcome(CLONE3[column])
    assert (ALLOW, 0x50000 | errno.EPERM) == (outcome(CLONE[column], 0x10F00), outcome(CLONE[column], 17))
    assert (ALLOW, 0x50000 | errno.EPERM) == (outcome(PRLIMIT64[column], 0), outcome(PRLIMIT64[column], 1))
    assert (ALLOW, 0x50000 | errno.EPERM) == (outcome(TGKILL[column], 4711), outcome(TGKILL[column], 1))
    assert 0x50000 | errno.EPERM == outcome(1 | 0x40000000)
    assert 0x80000000 == outcome(1, arch=0x40000003)


@pytest.mark.parametrize(
    ("machine", "header"),
    [("x86_64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), ("aarch64", "/usr/include/asm-generic/unistd.h")],
)
def test_the_numbers_of_calls_are_the_kernels(machine: str, header: str) -> None:
    """Compare with the kernel's own headers, where they are installed."""
    if not Path(header).exists():
        pytest.skip(f"{header} is not installed")
    defined = dict(re.findall(r"#define __NR(?:3264)?_(\w+) (\d+)", Path(header).read_text()))
    column, _ = ARCHITECTURES[machine]
    ours = {name: numbers[column] for name, numbers in REFUSED.items()}
    special = {"clone": CLONE, "clone3": CLONE3, "prlimit64": PRLIMIT64, "tgkill": TGKILL}
    ours |= {name: numbers[column] for name, numbers in special.items()}

    assert {name: int(defined[name]) if name in defined else None for name in ours} == ours


def run(code: list[bytes], data: dict[int, int]) -> int:
    """Run a filter as the kernel does, on the words of struct seccomp_data; return its action."""
    at, register = 0, 0
    jumps: dict[int, Any] = {0x15: int.__eq__, 0x35: int.__ge__, 0x45: int.__and__}
    while True:
        operation, yes, no, value = struct.unpack("=HBBI", code[at])
        at += 1
        if operation == 0x06:
            return value
        if operation == 0x20:
            register = data[value]
        else:
            at += yes if jumps[operation](register, value) else no
