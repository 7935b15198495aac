"""Where the browser is: Debian's Chromium, or the one that DARKROOM_CHROMIUM names."""

from __future__ import annotations

import os
import shutil
from typing import Final

import pytest

VARIABLE: Final = "DARKROOM_CHROMIUM"
# CI runs in a container, as root, without user namespaces and with a small /dev/shm. Nothing goes through a proxy.
ARGUMENTS: Final = ("--no-sandbox", "--disable-dev-shm-usage", "--no-proxy-server", "--force-color-profile=srgb")
# A guard against hanging, not a promise of speed: the machine may be busy.
HANG_MS: Final = 30_000


def program() -> str | None:
    """Find the browser; None without one."""
    return os.environ.get(VARIABLE) or shutil.which("chromium")


def executable() -> str:
    """Find the browser; without one skip the test, or fail it where CI=true."""
    found = program()
    if found is None:
        said = f"expected Chromium: install Debian's package chromium, or name a program by {VARIABLE}"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)
    return found
