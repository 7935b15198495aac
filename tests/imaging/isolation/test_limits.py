"""Check on real processes that the kernel enforces the limits that a child sets on itself."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.patience import HANG_S

pytestmark = [pytest.mark.faults, pytest.mark.stack]


def run(code: str) -> subprocess.CompletedProcess[bytes]:
    """Run *code* in a process of its own, behind the limits."""
    head = "import mmap, resource, sys\nfrom processor.imaging.isolation.child import limit_cpu, limit_memory\n"
    return subprocess.run([sys.executable, "-c", head + code], capture_output=True, check=False, timeout=HANG_S)


def test_memory_beyond_the_limit_cannot_be_allocated() -> None:
    """Python raises MemoryError; a C library receives NULL."""
    done = run(
        "limit_memory(200)\nx = b'x' * (50 << 20)\n"
        "try:\n    y = b'y' * (300 << 20)\nexcept MemoryError: print('refused')"
    )

    assert b"refused\n" == done.stdout, done.stderr.decode()


def test_address_space_is_not_memory() -> None:
    """Decoders reserve much and touch little: a shared read-only map of 1 GB costs nothing."""
    done = run("limit_memory(200)\nm = mmap.mmap(-1, 1 << 30, prot=mmap.PROT_READ)\nprint(len(m) >> 20)")

    assert b"1024\n" == done.stdout, done.stderr.decode()


def test_a_crash_writes_no_core() -> None:
    """A core file would hold the photo and fill /tmp."""
    done = run("limit_memory(200)\nprint(resource.getrlimit(resource.RLIMIT_CORE))")

    assert b"(0, 0)\n" == done.stdout, done.stderr.decode()


def test_cpu_time_beyond_the_limit_ends_the_process() -> None:
    """Counted from the start of the job, not of the process."""
    done = run(
        "from processor.imaging.isolation import child\nchild.ENCODE_CPU_S = 0\nlimit_cpu(0.05, 2)\nwhile True: pass"
    )

    assert -signal.SIGXCPU == done.returncode


def test_the_cpu_limit_moves_with_every_job() -> None:
    """The CPU time of earlier jobs is added."""
    done = run(
        "import time\nlimit_cpu(10, 2)\nbefore = resource.getrlimit(resource.RLIMIT_CPU)[0]\n"
        "while time.process_time() < 1.3: pass\n"
        "limit_cpu(10, 2)\nprint(before >= 260, resource.getrlimit(resource.RLIMIT_CPU)[0] > before)"
    )

    assert b"True True\n" == done.stdout, done.stderr.decode()
