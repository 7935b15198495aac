"""The reconciler function from end to end, as the schedule invokes it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, cast

import pytest

from processor.handlers import reconcile
from processor.settings.functions import to_env
from testkit.contexts import Context
from tests.factories.reconciling import open_gallery, reported

PIXEL_LIBRARIES = ("pyvips", "PIL", "rawpy", "pillow_heif", "numpy")


def test_a_scheduled_run_publishes_its_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings come from the environment; what is young is left alone."""
    with open_gallery() as gallery:
        for name, value in (to_env(gallery.env) | {"AWS_DEFAULT_REGION": "us-east-1"}).items():
            monkeypatch.setenv(name, value)
        gallery.rendered("wedding/IMG_1.jpg")
        reconcile.reconciliation.cache_clear()

        answer = reconcile.handler({}, cast("Any", Context()))

        reconcile.reconciliation.cache_clear()
    assert reported() == answer


@pytest.mark.stack
def test_importing_the_handler_loads_no_pixel_library() -> None:
    """It has no layer that holds one."""
    script = "import sys, processor.handlers.reconcile; print(sorted(set(sys.modules) & set(sys.argv[1:])))"

    done = subprocess.run([sys.executable, "-c", script, *PIXEL_LIBRARIES], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()
