from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from bench.held import measure_held
from bench.processes import tree_cpu_s, tree_peak_mib
from bench.sandboxed import Refused, Sandboxed, parse, run_sandbox


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Write a small JPEG."""
    path = tmp_path / "a.jpg"
    Image.radial_gradient("L").resize((600, 400)).convert("RGB").save(path)
    return path


@pytest.mark.stack
def test_the_real_function_renders_without_a_network(photo: Path) -> None:
    """Its time is that of the renderer, of AWS calls, and the rest."""
    found = run_sandbox(photo, 2)

    assert isinstance(found, Sandboxed)
    assert found.wall_ms > found.render_ms > 0
    assert found.calls_ms > 0
    assert found.overhead_ms > found.intake_ms > 0
    assert found.peak_rss_mib > 20


@pytest.mark.stack
def test_a_photo_that_is_not_rendered_is_told_apart(tmp_path: Path) -> None:
    """A verdict is no fast rendering."""
    path = tmp_path / "a.jpg"
    path.write_bytes(b"this is no photo, it is a letter")

    assert Refused(ending="NOT_AN_IMAGE") == run_sandbox(path, 1)


@pytest.mark.stack
def test_a_function_that_breaks_is_an_error(photo: Path) -> None:
    """With its own last words."""
    with pytest.raises(RuntimeError, match=r"a\.jpg: the function ended with code 5"):
        run_sandbox(photo, 1, wrap=lambda _: [sys.executable, "-c", "raise SystemExit(5)"])


def test_overhead_is_what_is_neither_pixels_nor_calls() -> None:
    """The median of the differences, not the difference of medians."""
    samples = [
        {"wall_ms": 100.0, "render_ms": 80.0, "calls_ms": 10.0, "intake_ms": 4.0, "reading_ms": 1.0},
        {"wall_ms": 200.0, "render_ms": 150.0, "calls_ms": 30.0, "intake_ms": 6.0, "reading_ms": 2.0},
        {"wall_ms": 150.0, "render_ms": 140.0, "calls_ms": 8.0, "intake_ms": 1.0, "reading_ms": 0.5},
    ]

    found = parse({"cold_ms": 500, "peak_rss_mib": 100, "samples": samples})

    expected = Sandboxed(
        cold_ms=500,
        wall_ms=150,
        render_ms=140,
        calls_ms=10,
        overhead_ms=10,
        intake_ms=4,
        reading_ms=1,
        peak_rss_mib=100,
    )
    assert expected == found


@pytest.mark.stack
def test_a_worker_tells_what_it_holds(photo: Path) -> None:
    """Without a decoder child for a JPEG."""
    found = measure_held([photo], photos=2)

    assert (2, 0) == (found.photos, found.child_mib)
    assert found.most_mib >= found.parent_mib > 20


@pytest.mark.stack
def test_a_childs_memory_and_time_count() -> None:
    """The decoder runs in one."""
    hold = "import sys; held = bytearray(b'x' * (64 << 20)); print('held', flush=True); sys.stdin.read()"
    before = tree_peak_mib(os.getpid())

    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert tree_peak_mib(os.getpid()) > before + 64
        of_both = tree_cpu_s(os.getpid())
        assert of_both > time.process_time()
        child.communicate()
