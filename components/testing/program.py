"""Run a Pulumi program in this process, against a monitor of ours, without Pulumi's command line.

Used to record what the program declares (``components/testing/recorder.py``) and to deploy it on one machine
(``local/deployer``).
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
import json
import runpy
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast
from unittest.mock import patch

from pulumi.runtime import mocks, run_in_stack, set_all_config
from pulumi.runtime.proto.source_pb2 import StackTrace
from pulumi.runtime.settings import SETTINGS, configure, set_root_resource

from components.testing.trees import Json

ROOT: Final = Path(__file__).parents[2]
PROJECT: Final = "darkroom"
# The key of the settings in a stack's configuration.
SETTINGS_KEY: Final = f"{PROJECT}:settings"


def main_program() -> None:
    """Run ``__main__.py``."""
    runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")


def run_program(
    program: Callable[[], object],
    monitor: mocks.MockMonitor,
    *,
    stack: str,
    config: Json,
    threads: int = 1,
) -> None:
    """Run *program*, a whole one or a single component, in a context and an event loop of its own.

    *monitor* answers registrations, in as many *threads*. Raises what the program raises.
    """

    def run() -> None:
        with event_loop(threads) as loop, uncollected(), untraced():
            configure(runtime(monitor, stack))
            # What a program that failed before left unresolved would be waited for, for ever.
            cast("Any", SETTINGS).outputs = set()
            set_root_resource(None)  # pyright: ignore[reportArgumentType] - annotated as if there always were one
            set_all_config({key: text_of(value) for key, value in config.items()}, [])
            loop.run_until_complete(run_in_stack(lambda: cast("None", program() and None)))

    contextvars.copy_context().run(run)


def runtime(monitor: mocks.MockMonitor, stack: str) -> mocks.MockSettings:
    """Tell Pulumi's runtime who answers it."""
    return mocks.MockSettings(
        monitor=monitor,
        monitor_features=set(cast("Any", monitor).GetDeploymentInfo(None).supportedFeatures),
        engine=mocks.MockEngine(None),
        project=PROJECT,
        stack=stack,
        dry_run=False,
        organization="organization",
        callbacks=None,
    )


def text_of(value: object) -> str:
    """Write a value of the configuration as Pulumi hands it over."""
    return value if isinstance(value, str) else json.dumps(value)


@contextmanager
def uncollected() -> Generator[None]:
    """Hold the garbage collector back: it would walk pulumi-aws' classes again and again, for 1.2 s of a plan's 2.9."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def untraced() -> Generator[None]:
    """Keep Pulumi from reading its call stack at every registration, for the engine alone: 0.4 s of a plan's 1.3."""
    with patch("pulumi.runtime.resource._get_stack_trace", return_value=StackTrace()):
        yield


@contextmanager
def event_loop(threads: int) -> Generator[asyncio.AbstractEventLoop]:
    """Give a loop, and one to each thread that answers registrations: Pulumi would leave those open."""
    answering: list[asyncio.AbstractEventLoop] = []

    def give_loop() -> None:
        answering.append(asyncio.new_event_loop())
        asyncio.set_event_loop(answering[-1])

    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(threads, initializer=give_loop))
    # Once the program has failed, everything that waited for its outputs fails too; the first failure is raised.
    loop.set_exception_handler(lambda _loop, _context: None)
    asyncio.set_event_loop(loop)
    try:
        yield loop
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        for one in (*answering, loop):
            cancel_tasks(one)
            one.close()


def cancel_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """End what still waits, and what was about to begin, for outputs that a failed program will never have."""
    while tasks := asyncio.all_tasks(loop):
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
