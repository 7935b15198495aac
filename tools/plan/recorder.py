"""Run the real program, in this process, against a monitor that notes every registration.

Without AWS and without Pulumi's command line; the monitor answers with plausible outputs (``tools/plan/answers.py``).
"""

from __future__ import annotations

import asyncio
import contextvars
import json
import runpy
import tempfile
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

import pulumi
import yaml
from pulumi.runtime import mocks, rpc, run_in_stack, set_all_config
from pulumi.runtime.settings import configure, set_root_resource

from tools.plan.answers import SECRET, Answers
from tools.plan.model import Plan, Resource

ROOT: Final = Path(__file__).parents[2]
PROJECT: Final = "darkroom"
STACKS: Final = ("dev", "prod")
ZIPS: Final = tuple(f"layer-{layer}-{arch}.zip" for layer in ("imaging", "runtime") for arch in ("arm64", "x86_64"))

Json = dict[str, Any]


def stack_config(stack: str) -> Json:
    """Read the configuration in a stack's file."""
    return yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]


def record(stack: str, config: Json | None = None) -> Plan:
    """Run the program as *stack*, with *config* in place of its file's; raise what the program raises."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("function.zip", *ZIPS):
            (Path(folder) / name).touch()
        known = {"darkroom:packages": folder, **(stack_config(stack) if config is None else config)}
        return record_program(lambda: runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__"), stack, known)


def record_program(program: Callable[[], object], stack: str = "test", config: Json | None = None) -> Plan:
    """Run *program*, a whole one or a single component, in a context and an event loop of its own."""
    monitor = Recorder()
    contextvars.copy_context().run(run_on, monitor, stack, config or {}, program)
    resources = sorted(monitor.recorded.values(), key=lambda one: one.name)
    return Plan(stack=stack, resources=tuple(resources), outputs=monitor.outputs)


def run_on(monitor: Recorder, stack: str, config: Json, program: Callable[[], object]) -> None:
    """Run *program* as Pulumi would."""
    with event_loop() as loop:
        configure(
            mocks.MockSettings(
                monitor=monitor,
                monitor_features=set(cast("Any", monitor).GetDeploymentInfo(None).supportedFeatures),
                engine=mocks.MockEngine(None),
                project=PROJECT,
                stack=stack,
                dry_run=False,
                organization="organization",
                callbacks=None,
            )
        )
        set_root_resource(None)  # pyright: ignore[reportArgumentType] - annotated as if there always were one
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
        set_all_config(texts, [])
        loop.run_until_complete(run_in_stack(lambda: cast("None", program() and None)))


@contextmanager
def event_loop() -> Generator[asyncio.AbstractEventLoop]:
    """Give a loop, and another one to the single thread that answers registrations: Pulumi would leave it open."""
    loop, answering = asyncio.new_event_loop(), asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(1, initializer=lambda: asyncio.set_event_loop(answering)))
    # Once the program has failed, everything that waited for its outputs fails too; the first failure is raised.
    loop.set_exception_handler(lambda _loop, _context: None)
    asyncio.set_event_loop(loop)
    try:
        yield loop
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        answering.close()
        loop.close()


class Recorder(mocks.MockMonitor):
    """A monitor that notes what it is told. The URNs are Pulumi's own, so two of the same name are noticed."""

    def __init__(self) -> None:
        super().__init__(Answers())
        self.recorded: dict[str, Resource] = {}
        self.outputs: Json = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the name of Pulumi's protocol
        """Note a resource."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if urn in self.recorded:
            raise LookupError(f"expected every resource once, received {urn} twice")
        if request.type != "pulumi:pulumi:Stack":
            parent = request.parent.rpartition("::")[2]
            self.recorded[urn] = Resource(
                type=request.type,
                name=request.name,
                parent="" if parent.startswith(f"{PROJECT}-") else parent,
                custom=request.custom,
                inputs=plain(rpc.deserialize_properties(request.object)),
                protect=request.protect,
                retained=request.retainOnDelete,
                import_id=request.importId,
                depends_on=tuple(sorted(one.rpartition("::")[2] for one in request.dependencies)),
            )
        return cast("Any", super()).RegisterResource(request)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the name of Pulumi's protocol
        """Note the outputs of the stack."""
        if request.urn.rpartition("::")[2].startswith(f"{PROJECT}-"):
            self.outputs = plain(rpc.deserialize_properties(request.outputs))
        return cast("Any", super()).RegisterResourceOutputs(request)


def plain(value: Any, *, encrypted: bool = False) -> Any:
    """Turn what Pulumi sends into plain data: whole numbers whole, archives by their file's name.

    A secret is known by its text (``tools/plan/answers.py``); found outside of what is encrypted, it is called so.
    """
    if rpc.is_rpc_secret(value):
        return plain(value["value"], encrypted=True)
    if isinstance(value, dict):
        known = {key: one for key, one in sorted(cast("Json", value).items()) if one is not None}
        return {key: plain(one, encrypted=encrypted) for key, one in known.items()}
    if isinstance(value, list):
        return [plain(one, encrypted=encrypted) for one in cast("list[Any]", value)]
    return leaf(value, encrypted=encrypted)


def leaf(value: Any, *, encrypted: bool) -> Any:
    """Turn a single value into a plain one."""
    if isinstance(value, str) and value.startswith(SECRET) and not encrypted:
        return f"IN CLEAR: {value}"
    if isinstance(value, pulumi.FileArchive):
        return f"file {Path(str(value.path)).name}"
    return int(value) if isinstance(value, float) and value.is_integer() else value
