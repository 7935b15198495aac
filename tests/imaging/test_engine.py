"""Check the versions that the receipt names."""

from __future__ import annotations

import sys
from importlib.metadata import version

import pytest
import pyvips

from processor.imaging.engine import engine_versions, prepare_engine, vcpus
from processor.recipe import ENGINE_REVISION


def test_a_decoder_is_named_once_it_has_been_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The receipt has the installed version."""
    monkeypatch.setitem(sys.modules, "rawpy", sys)
    monkeypatch.delitem(sys.modules, "pillow_heif", raising=False)
    found = engine_versions()

    assert version("rawpy") == found["rawpy"]
    assert "pillow-heif" not in found


def test_the_engine_itself_is_always_named() -> None:
    """It has our revision and the version of libvips."""
    found = engine_versions()

    assert str(ENGINE_REVISION) == found["darkroom-engine"]
    assert [pyvips.version(part) for part in range(3)] == [int(part) for part in found["libvips"].split(".")]


def test_libvips_runs_one_thread_and_keeps_no_operations() -> None:
    """Measured: a tenth less CPU, and no pixels of the last photo."""
    prepare_engine()

    assert 1 == pyvips.vips_lib.vips_concurrency_get()
    assert 0 == pyvips.vips_lib.vips_cache_get_max()


@pytest.mark.parametrize(("memory_mib", "expected"), [("512", 1), ("1769", 1), ("3008", 2), ("10240", 6)])
def test_lambda_gives_as_many_cores_as_its_memory_says(
    monkeypatch: pytest.MonkeyPatch, memory_mib: str, expected: int
) -> None:
    """The system shows two where the function has the time of one."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory_mib)

    assert expected == vcpus()


def test_elsewhere_every_core_counts_that_the_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is bound to one core has one."""
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", raising=False)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {3})

    assert 1 == vcpus()
