"""Check the versions that the receipt names."""

from __future__ import annotations

import sys
from importlib.metadata import version

import pytest
import pyvips

from processor.imaging.engine import engine_versions, prepare_engine
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
