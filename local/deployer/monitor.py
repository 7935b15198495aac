"""Receive the registrations of the Pulumi program, and call the adapter of each."""

from __future__ import annotations

import threading
from typing import Any, NoReturn, cast

from botocore.exceptions import BotoCoreError, ClientError
from pulumi.runtime import mocks, rpc
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.sync_await import _sync_await  # pyright: ignore[reportPrivateUsage] - as pulumi's own monitor

from components.testing.answers import IDENTITY, SECRET_VERSION, identity, secret_version
from components.testing.program import Json
from local.deployer.adapters.security import webhook_secret
from local.deployer.adapters.table import ADAPTERS, ADOPTING
from local.deployer.model import CreatedResource, DeployedResource, DeployError, Properties, ResourceInputs
from local.deployer.not_emulated import NOT_EMULATED, STORED_ONLY, is_not_emulated
from local.deployer.plain import digests, plain, unknowns
from local.deployer.target import Target

STACK = "pulumi:pulumi:Stack"


class PulumiCalls(mocks.Mocks):
    """Answers to the invokes of the program."""

    def __init__(self, target: Target) -> None:
        self.target = target

    def call(self, args: mocks.MockCallArgs) -> tuple[Json, list[tuple[str, str]]]:
        """Return the caller's identity, or a webhook's secret: the invokes of the program."""
        if args.token not in {IDENTITY, SECRET_VERSION}:
            raise DeployError(
                f"{args.token}: expected {IDENTITY} or {SECRET_VERSION}, the only invokes that the deployer answers"
            )
        try:
            if args.token == SECRET_VERSION:
                arn: str = cast("Json", args.args)["secretId"]
                return dict(secret_version(arn, webhook_secret(self.target, arn))), []
            who = self.target.client("sts").get_caller_identity()
        except (BotoCoreError, ClientError) as error:
            raise DeployError(f"{args.token}: {error}") from error
        return dict(identity(account=who["Account"], arn=who["Arn"], user=who["UserId"])), []

    def new_resource(self, args: mocks.MockResourceArgs) -> NoReturn:
        """Refuse to read resources: the program declares everything that it uses."""
        raise DeployError(f"{args.name}: expected a declared resource, received one to be read ({args.typ})")


class Deployer(mocks.MockMonitor):
    """A Pulumi monitor that creates resources, and keeps the first failure: later ones only follow from it."""

    def __init__(self, target: Target) -> None:
        super().__init__(PulumiCalls(target))
        self.target = target
        self.lock = threading.Lock()
        self.urns: set[str] = set()
        self.deployed: list[DeployedResource] = []
        self.outputs: Json = {}
        self.failure: DeployError | None = None

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the name of Pulumi's protocol
        """Create a resource."""
        urn = self.make_urn(request.parent, request.type, request.name)
        try:
            self.enter(urn)
            if not request.custom:
                return resource_pb2.RegisterResourceResponse(urn=urn)
            made = self.make(request)
        except (DeployError, ClientError, BotoCoreError, LookupError, TypeError, ValueError) as error:
            raise self.failed(request, error) from error
        outputs = cast("Any", _sync_await(rpc.serialize_properties(dict(made.outputs), {})))
        # An output that no adapter set is unknown, never None: properties that use it are refused.
        return resource_pb2.RegisterResourceResponse(urn=urn, id=made.id, object=outputs, unknown=True)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the name of Pulumi's protocol
        """Keep the outputs of the stack; those of components are for Pulumi's console."""
        if f"::{STACK}::" in request.urn:
            outputs = rpc.deserialize_properties(request.outputs, keep_unknowns=True)
            self.refuse_unknown("outputs", outputs)
            self.outputs = plain(outputs, hide=True)
        return cast("Any", super()).RegisterResourceOutputs(request)

    def enter(self, urn: str) -> None:
        """Raise DeployError when two resources share a name; Pulumi's own mocks would keep only the last one."""
        with self.lock:
            if urn in self.urns:
                raise DeployError(f"expected every resource once, received {urn} twice")
            self.urns.add(urn)

    def make(self, request: Any) -> CreatedResource:
        """Create a resource by its adapter, and record it."""
        kind, name = request.type, request.name
        received = rpc.deserialize_properties(request.object, keep_unknowns=True)
        self.refuse_unknown(name, received)
        values: Json = plain(received)
        inputs = digests(values)
        made = CreatedResource(id=name) if is_not_emulated(kind) else self.adapt(request, values)
        with self.lock:
            self.deployed.append(
                DeployedResource(
                    type=kind,
                    name=name,
                    id=made.id,
                    protect=request.protect,
                    inputs=inputs,
                    notes=made.notes,
                    declared_only=NOT_EMULATED.get(kind, {}),
                    kept_only=STORED_ONLY.get(kind, {}),
                )
            )
        return made

    def adapt(self, request: Any, values: Json) -> CreatedResource:
        """Call the adapter, and refuse properties that it did not take."""
        kind = request.type
        if kind not in ADAPTERS:
            raise DeployError(f"expected a type that local/deployer/adapters/table.py lists, received {kind}")
        if request.importId and kind not in ADOPTING:
            raise DeployError(f"import: expected none, received {request.importId}: no adapter for {kind} adopts")
        region = values.pop("region", None) or self.target.region
        if region != self.target.region:
            raise DeployError(f"region: expected {self.target.region}, where everything is, received {region}")
        known = {key: value for key, value in values.items() if key not in NOT_EMULATED.get(kind, {})}
        resource = ResourceInputs(type=kind, name=request.name, inputs=Properties(known), adopt=request.importId)
        made = ADAPTERS[kind](self.target, resource)
        resource.inputs.refuse_leftovers()
        return made

    def refuse_unknown(self, name: str, tree: Any) -> None:
        """Raise DeployError when *tree* holds an output that no adapter set."""
        if missing := ", ".join(unknowns(tree)):
            raise DeployError(f"{name}: {missing}: uses an output that no adapter in local/deployer sets")

    def failed(self, request: Any, error: Exception) -> DeployError:
        """Make an error of one line that names the resource, and keep the first failure."""
        reason = " ".join(str(error).split())
        failure = DeployError(f"{request.name} ({request.type}): {reason}")
        with self.lock:
            self.failure = self.failure or failure
        return failure
