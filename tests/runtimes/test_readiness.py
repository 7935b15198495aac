"""The real adapter and the local front wait for the same answer before they pass requests on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from local.api.worker import Worker
from local.lambdas.sandbox import SandboxContext
from local.lambdas.watchdog import Watchdog
from tests.factories.emulators import eventually
from tests.factories.web import NOWHERE, by_adapter, deployed
from tests.patience import HANG_S

pytestmark = pytest.mark.stack


def test_the_adapter_waits_for_an_answer_below_500(tmp_path: Path) -> None:
    """No event is asked for before; 404 is an answer."""
    gate = tmp_path / "ready"
    with by_adapter(deployed(tmp_path, READY_WHEN=str(gate)), tmp_path) as waiting:
        eventually(lambda: waiting.said().count("health 503") > 2)
        assert not waiting.api.asked.is_set()
        gate.touch()
        assert waiting.api.asked.wait(HANG_S)

    assert waiting.said().count("health 404") == 1


def test_the_front_waits_for_an_answer_below_500(tmp_path: Path) -> None:
    """The same of a process behind the local front."""
    gate, watchdog, lines = tmp_path / "ready", Watchdog(), list[str]()
    context = SandboxContext(
        aws=NOWHERE, tmp=tmp_path / "tmp", log=lambda _, text: lines.append(text), watchdog=watchdog
    )

    async def wait() -> None:
        worker = Worker(deployed(tmp_path, READY_WHEN=str(gate)), context)
        ready = asyncio.create_task(worker.ready())
        try:
            async with asyncio.timeout(HANG_S):
                while lines.count("health 503") < 3:  # noqa: ASYNC110 - the lines come from another thread
                    await asyncio.sleep(0.02)
                assert not ready.done()
                gate.touch()
                await ready
        finally:
            await worker.stop()

    asyncio.run(wait())
    watchdog.close()
    assert lines.count("health 404") == 1
