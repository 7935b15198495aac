"""Measure one peer in this fresh process: ``python -m bench.worker PEER PATH BOXES QUALITY SCRATCH``.

Each line on standard input asks for one run, and is answered by one line of JSON. The first run is the cold one
(libraries imported, caches empty) and gives the peak memory of a process that renders one photo; those after it give
wall and CPU time.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from importlib import import_module
from time import perf_counter

from bench.job import CannotRun, Job, Output, Render
from bench.processes import ended_cpu_s, tree_cpu_s, tree_peak_mib

CANNOT_RUN = 3
"""Exit code: the reason is on standard error."""


def measure(render: Render, versions: Callable[[], dict[str, str]]) -> Iterator[dict[str, object]]:
    """Run once cold, and say with what *versions*; then warm for ever."""
    cold, outputs = _timed(render)
    yield {
        "cold_ms": cold["wall_ms"],
        "peak_rss_mib": peak_rss_mib(),
        "outputs": [asdict(output) for output in outputs],
        "versions": versions(),
    }
    while True:
        yield dict(_timed(render)[0])


def peak_rss_mib() -> float:
    """Peak resident memory of this process and its living children, or of its largest ended child, in MiB."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return round(max(tree_peak_mib(os.getpid()), ended), 1)


def _timed(render: Render) -> tuple[dict[str, float], list[Output]]:
    cpu, wall = _cpu_s(), perf_counter()
    outputs = render()
    wall, cpu = perf_counter() - wall, _cpu_s() - cpu
    return {"wall_ms": round(wall * 1000, 1), "cpu_ms": round(cpu * 1000, 1)}, outputs


def _cpu_s() -> float:
    """User and system seconds of this process and of its children, living and ended."""
    return tree_cpu_s(os.getpid()) + ended_cpu_s()


def main(peer: str, *job: str) -> int:
    """Measure the peer module ``bench.peers.PEER``."""
    module = import_module(f"bench.peers.{peer}")
    try:
        render = module.prepare(Job.parse(*job))
        runs = measure(render, module.versions)
        for _, report in zip(sys.stdin, runs, strict=False):  # the runs never end, what asks for them does
            sys.stdout.write(json.dumps(report) + "\n")
            sys.stdout.flush()
    except CannotRun as reason:
        sys.stderr.write(f"{reason}\n")
        return CANNOT_RUN
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
