"""Find Chromium, and do in its pages what Playwright does not: drop files, wait for what a page does not show."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import CDPSession, Page

VARIABLE: Final = "DARKROOM_CHROMIUM"
# Chromium takes the last of several lists, so this one holds what Playwright turns off too. The first four are ours:
# they load two pages of the address bar and a spare process for every window, half of what a simple test takes.
OFF: Final = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "PreloadTopChromeWebUI", "SpareRendererForSitePerProcess"),
    *("AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"),
    *("DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay"),
    *("MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch"),
    "ThirdPartyStoragePartitioning",
)
# CI runs in a container, as root, without user namespaces and with a small /dev/shm. Nothing goes through a proxy.
ARGUMENTS: Final = (
    *("--no-sandbox", "--disable-dev-shm-usage", "--no-proxy-server", "--force-color-profile=srgb"),
    f"--disable-features={','.join(OFF)}",
)
# A guard against hanging, not a promise of speed: the machine may be busy.
HANG_MS: Final = 90_000
COPY: Final = 1
LOOK_MS: Final = 20
STEPS: Final = ("dragEnter", "dragOver", "drop")


def find_chromium() -> str | None:
    """Return the path that DARKROOM_CHROMIUM names, or Debian's Chromium; None without one."""
    return os.environ.get(VARIABLE) or shutil.which("chromium")


def drop(page: Page, *paths: Path, at: tuple[int, int] = (400, 400)) -> None:
    """Drop the files and folders *paths* on the page as a file manager does, *at* px from its upper left corner."""
    client = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": COPY}
    for step in STEPS:
        client.send("Input.dispatchDragEvent", {"type": step, "x": at[0], "y": at[1], "data": data})
    client.detach()


def page_metrics(client: CDPSession) -> dict[str, float]:
    """Collect the garbage of a page, and read what is left: nodes, listeners, bytes of its heap and more."""
    client.send("Performance.enable")
    for _ in range(3):
        client.send("HeapProfiler.collectGarbage")
    return {one["name"]: one["value"] for one in client.send("Performance.getMetrics")["metrics"]}


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    """Let *page* run until *holds* returns True: for conditions that the page itself does not show."""
    for _ in range(HANG_MS // LOOK_MS):
        if holds():
            return
        page.wait_for_timeout(LOOK_MS)
    raise AssertionError(f"expected it within {HANG_MS} ms")
