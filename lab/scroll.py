"""Scroll through a large gallery of a running embedded stack in Chromium, and measure what it costs the page.

    darkroom up --json | tee up.json
    python -m lab.scroll up.json --photos 2000

It uploads one photo and writes copies of its record. Then the page is scrolled to the end, a screen at a time, and back
to the top: frames, long tasks, nodes, listeners and memory are printed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click
import httpx
from playwright.sync_api import Page, ViewportSize, sync_playwright

from local.run.aws import Aws
from testkit.browser import ARGUMENTS, find_chromium, page_metrics
from testkit.embedded_stack import LocalStack
from testkit.photo_copies import write_copies
from testkit.photos import jpeg, scenery

MIB: Final = 1024 * 1024
# The scrolling of a user who is in a hurry: a screen in a fifth of a second. Resolves to the durations, ms.
SCROLL: Final = """
async (photos) => {
  const frames = [], tasks = [];
  const watch = new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => tasks.push(duration)));
  watch.observe({ type: "longtask" });
  const end = () => document.scrollingElement.scrollHeight - innerHeight;
  let before = performance.now();
  const frame = () => new Promise(requestAnimationFrame);
  const step = async (by) => {
    scrollBy(0, by);
    const now = await frame();
    frames.push(now - before);
    before = now;
  };
  const shown = () => document.querySelectorAll(".tile").length;
  while (shown() < photos || scrollY < end() - 2) await step(innerHeight / 12);
  while (scrollY > 0) await step(-innerHeight);
  watch.disconnect();
  return { frames, tasks };
}
"""


@click.command()
@click.argument("up", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--photos", default=2000, show_default=True, help="Photos of the gallery.")
@click.option("--width", default=1440, show_default=True, help="CSS px of the screen.")
@click.option("--shot", type=click.Path(dir_okay=False, path_type=Path), help="Write a screenshot of the end.")
def main(*, up: Path, photos: int, width: int, shot: Path | None) -> None:
    """Scroll through a gallery of the stack whose ``up --json`` wrote UP."""
    gallery = f"scroll-{photos}-{int(time.time())}"
    known = json.loads(up.read_text(encoding="utf-8").splitlines()[0])
    with httpx.Client(timeout=30, trust_env=False) as client:
        stack = LocalStack(known=known, folder=up.parent, aws=Aws(known["aws"]), http=client)
        photo_id = stack.upload(jpeg.jpeg(scenery.mountains(900, 600)), gallery=gallery)
        write_copies(stack, stack.with_status(photo_id, "active"), photos - 1)
    click.echo("\n".join(measured(f"{known['page']}/#/gallery?gallery={gallery}", photos, width, shot)))


def measured(address: str, photos: int, width: int, shot: Path | None) -> list[str]:
    """Scroll through the gallery at *address*, and return the lines of the report."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        page = browser.new_page(viewport=ViewportSize(width=width, height=900))
        client = page.context.new_cdp_session(page)
        page.goto(address)
        page.locator(".tile img").first.wait_for()
        before = page_metrics(client)
        took: Mapping[str, Any] = page.evaluate(SCROLL, photos)
        after = page_metrics(client)
        if shot:
            to_the_end(page, shot)
        shown = page.locator(".tile").count()
        browser.close()
    return [f"{shown} of {photos} photos shown", *durations(took), *growth(before, after)]


def to_the_end(page: Page, shot: Path) -> None:
    """Take a picture of the last photos."""
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=shot)


def durations(took: Mapping[str, Any]) -> list[str]:
    """Describe the frames and the long tasks (those over 50 ms)."""
    frames: list[float] = sorted(took["frames"])
    tasks: list[float] = took["tasks"]
    middle, late = frames[len(frames) // 2], frames[int(0.95 * len(frames))]
    return [
        f"{len(frames)} frames: median {middle:.0f} ms, 95 % within {late:.0f} ms, longest {frames[-1]:.0f} ms",
        f"{len(tasks)} long tasks: {sum(tasks):.0f} ms in all, longest {max(tasks, default=0):.0f} ms",
    ]


def growth(before: Mapping[str, float], after: Mapping[str, float]) -> list[str]:
    """Describe what the page holds, at its first view and in the end."""
    return [
        f"nodes {before['Nodes']:.0f} -> {after['Nodes']:.0f}",
        f"listeners {before['JSEventListeners']:.0f} -> {after['JSEventListeners']:.0f}",
        f"heap {before['JSHeapUsedSize'] / MIB:.1f} -> {after['JSHeapUsedSize'] / MIB:.1f} MiB",
    ]


if __name__ == "__main__":
    main()
