from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bench.quota import CPU, NoQuota, cpu_quota

HERE = os.access(CPU / "cgroup.procs", os.W_OK)


def test_where_cpu_time_cannot_be_limited_it_says_so(tmp_path: Path) -> None:
    """The error names the expectation, the finding and the remedy; nothing is left behind."""
    said = "expected a writable CPU controller of cgroup version 1, received: No such file"
    with pytest.raises(NoQuota, match=said), cpu_quota(0.5, parent=tmp_path / "nowhere"):
        pytest.fail("nothing was limited")

    assert [] == list(tmp_path.iterdir())


@pytest.mark.stack
@pytest.mark.skipif(not HERE, reason="CPU time cannot be limited on this machine")
def test_a_command_and_its_children_share_the_quota() -> None:
    """The group holds them, with the share that was asked for, and is gone afterwards."""
    with cpu_quota(0.5) as limited:
        script = "cat /proc/self/cgroup"  # cat is a child of the shell that the command is
        said = subprocess.run(limited(["/bin/sh", "-c", f"{script}; true"]), capture_output=True, text=True, check=True)
        name = f"darkroom-bench-{os.getpid()}"
        quota = (CPU / name / "cpu.cfs_quota_us").read_text().strip()

    assert f"/{name}" in said.stdout
    assert "10000" == quota
    assert not (CPU / name).exists()
