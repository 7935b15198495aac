"""A real Chromium in front of the one embedded stack, and the promise that the page never complains.

Chromium lives as long as tests of this folder follow each other: Playwright keeps an event loop running in this thread,
which would be in the way of other folders' tests.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from testkit.browser import ARGUMENTS, HANG_MS, VARIABLE, find_chromium, wait_until
from testkit.embedded_stack import LocalStack
from testkit.photos import jpeg, scene
from tests.browser.complaints import Complaints

HERE = Path(__file__).parent
DESKTOP = (1280, 800)
expect.set_options(timeout=HANG_MS)
AT_REST = "document.getAnimations().every((one) => !(one instanceof CSSTransition) || one.playState === 'finished')"
Opener = Callable[..., Page]


@pytest.fixture
def chromium(pytestconfig: pytest.Config) -> Browser:
    """Give the browser; skip without one, except in CI."""
    found = find_chromium()
    if found is None:
        missing = f"expected Chromium: install Debian's package chromium, or name a program by {VARIABLE}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    if RUNNING not in pytestconfig.stash:
        pytestconfig.stash[RUNNING] = start(found)
    return pytestconfig.stash[RUNNING].browser


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """A browser, and what stops it."""

    browser: Browser
    stop: ExitStack


RUNNING = pytest.StashKey[Running]()


def start(program: str) -> Running:
    """Start Chromium."""
    with ExitStack() as stop:
        playwright = stop.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        stop.callback(browser.close)
        return Running(browser=browser, stop=stop.pop_all())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """Stop Chromium after the last of some tests of this folder."""
    try:
        return (yield)
    finally:
        if (nextitem is None or nextitem.path.parent != HERE) and RUNNING in item.config.stash:
            item.config.stash[RUNNING].stop.close()
            del item.config.stash[RUNNING]


@pytest.fixture
def opened(chromium: Browser, stack: LocalStack, complaints: Complaints) -> Iterator[Opener]:
    """Give a way to open the page at a hash, in a fresh context; its options are those of ``new_context``.

    *prepare* is called with the page before it is opened.
    """
    contexts: list[BrowserContext] = []

    def opener(
        where: str = "#/gallery",
        *,
        size: tuple[int, int] = DESKTOP,
        prepare: Callable[[Page], None] = lambda _page: None,
        **options: Any,
    ) -> Page:
        viewport = ViewportSize(width=size[0], height=size[1])
        context = chromium.new_context(base_url=stack.page, viewport=viewport, **options)
        contexts.append(context)
        context.set_default_timeout(HANG_MS)
        page = context.new_page()
        complaints.watch(page)
        prepare(page)
        page.goto(f"/{where}")
        return page

    yield opener
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def beach(stack: LocalStack) -> Mapping[str, Any]:
    """Give the record of a photo of 1200 × 800 px that is ready; tests edit copies of it."""
    photo_id = stack.upload(jpeg.jpeg(scene.scene(1200, 800)), gallery="edited", name="beach.jpg")
    return stack.with_status(photo_id, "active")


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Collect what pages complain of, and fail after the test when there was anything that it did not expect."""
    collected = Complaints()
    yield collected
    assert [] == collected.unexpected


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Give a check that axe finds no violation in what a page shows now."""

    def check(page: Page) -> None:
        # Colours on their way to another scheme are no colours of the page.
        wait_until(page, lambda: page.evaluate(AT_REST))
        results = Axe().run(page)
        assert 0 == results.violations_count, results.generate_report()

    return check
