"""Run the real program, in this process, against a monitor that records every registration.

Without AWS and without Pulumi's command line; ``components/testing/answers.py`` gives plausible outputs.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

import pulumi
import yaml
from pulumi.runtime import mocks, rpc

from components.build import write_empty_layers
from components.testing.answers import (
    IDENTITY,
    SECRET,
    SECRET_VERSION,
    SECRETS,
    answer,
    identity,
    secret_version,
)
from components.testing.plan import Resource, StackPlan
from components.testing.program import PROJECT, ROOT, Json, main_program, run_program

STACKS: Final = ("dev", "prod")


def stack_config(stack: str) -> Json:
    """Read the configuration in a stack's file."""
    return yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]


def record(stack: str, config: Json | None = None) -> StackPlan:
    """Run the program as *stack*, with *config* in place of its file's; raise what the program raises."""
    with tempfile.TemporaryDirectory() as folder:
        write_empty_layers(Path(folder))
        known = {"darkroom:packages": folder, **(stack_config(stack) if config is None else config)}
        return record_program(main_program, stack, known)


def record_program(program: Callable[[], object], stack: str = "test", config: Json | None = None) -> StackPlan:
    """Run *program*, a whole one or a single component."""
    monitor = Recorder()
    run_program(program, monitor, stack=stack, config=config or {})
    resources = sorted(monitor.recorded.values(), key=lambda one: one.name)
    return StackPlan(stack=stack, resources=tuple(resources), outputs=monitor.outputs)


class Answers(mocks.Mocks):
    """Answer as AWS would: the inputs, and what only AWS knows."""

    def call(self, args: mocks.MockCallArgs) -> tuple[Json, list[tuple[str, str]]]:
        """Answer the questions that the program asks."""
        if args.token == SECRET_VERSION:
            return dict(secret_version(cast("Json", args.args)["secretId"])), []
        if args.token != IDENTITY:
            raise LookupError(
                f"expected no call of {args.token}: say in components/testing/recorder.py what it answers"
            )
        return dict(identity()), []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, Json]:
        """Answer a registration."""
        inputs = cast("Json", args.inputs)
        if not args.custom:
            return "", dict(inputs)
        found, computed = answer(args.typ, args.name, inputs)
        outputs: Json = {**inputs, **computed}
        if secret := SECRETS.get(args.typ):
            outputs[secret] = pulumi.Output.secret(outputs[secret])
        return found, outputs


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
            inputs = rpc.deserialize_properties(request.object)
            self.recorded[urn] = Resource(
                type=request.type,
                name=request.name,
                parent="" if parent.startswith(f"{PROJECT}-") else parent,
                custom=request.custom,
                inputs=plain(inputs),
                protect=request.protect,
                retained=request.retainOnDelete,
                import_id=request.importId,
                depends_on=tuple(sorted(one.rpartition("::")[2] for one in request.dependencies)),
                code=sha256_of(inputs.get("code")),
            )
        return cast("Any", super()).RegisterResource(request)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the name of Pulumi's protocol
        """Note the outputs of the stack."""
        if request.urn.rpartition("::")[2].startswith(f"{PROJECT}-"):
            self.outputs = plain(rpc.deserialize_properties(request.outputs))
        return cast("Any", super()).RegisterResourceOutputs(request)


def sha256_of(code: Any) -> str:
    """Hash the archive as Pulumi does: the bytes of its file. It is gone when the recording has ended."""
    return hashlib.sha256(Path(str(code.path)).read_bytes()).hexdigest() if isinstance(code, pulumi.FileArchive) else ""


def plain(value: Any, *, encrypted: bool = False) -> Any:
    """Turn what Pulumi sends into plain data: whole numbers whole, archives by their file's name.

    A secret is known by how its text begins (``SECRET``); found outside of what is encrypted, it is marked as in clear.
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
