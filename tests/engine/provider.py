"""The providers of ``aws`` and ``random``, over an account in memory, by the protocol of Pulumi's engine.

``PULUMI_DEBUG_PROVIDERS`` attaches the engine to it. The engine keeps secrets to itself (no ``acceptSecrets``), as it
does with the AWS provider. https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto
"""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, cast

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc
from pulumi.runtime.rpc import UNKNOWN

from components.testing.answers import COMPUTED, IDENTITY, answer, identity
from tests.engine.account import Account, Properties, RefusedError, Thing
from tests.engine.replacement import changed, publishes, replacing

pb: Final = cast("Any", provider_pb2)
# As many calls at a time as the engine makes (--parallel).
THREADS: Final = 16


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """Answer the engine from *account*."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802 - names of the protocol, here and below
        """Give a version that no program is too new for."""
        return cast("Any", plugin_pb2).PluginInfo(version="999.0.0")

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Promise nothing: secrets, resources and outputs reach the provider as plain values."""
        return pb.ProviderHandshakeResponse()

    def Attach(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Accept the engine."""
        return empty_pb2.Empty()

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Accept every configuration of the provider."""
        return pb.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        """See no change of the provider itself."""
        return pb.DiffResponse(changes=pb.DiffResponse.DIFF_NONE)

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Support previews."""
        return pb.ConfigureResponse(supportsPreview=True)

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Say who deploys; the program asks nothing else."""
        if request.tok != IDENTITY:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{request.tok}: expected {IDENTITY}")
        return pb.InvokeResponse(**{"return": struct_of(identity())})

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Refuse a type that is not listed."""
        kind = kind_of(request.urn)
        failures = (
            [] if kind in COMPUTED else [pb.CheckFailure(reason=f"{kind}: components/testing/answers.py lacks it")]
        )
        return pb.CheckResponse(inputs=request.news, failures=failures)

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Name the changed inputs, and those among them that replace the resource."""
        kind = kind_of(request.urn)
        old, new = plain(request.old_inputs), plain(request.news)
        differing, replaced = changed(old, new), replacing(kind, old, new)
        return pb.DiffResponse(
            changes=pb.DiffResponse.DIFF_SOME if differing else pb.DiffResponse.DIFF_NONE,
            diffs=sorted(differing),
            replaces=sorted(replaced),
            # Names are set by the program: the bridge to Terraform cannot have two of one name.
            deleteBeforeReplace=bool(replaced) and "name" in new,
            detailedDiff={key: pb.PropertyDiff(kind=kind_of_diff(key, old, new, replaced)) for key in differing},
            hasDetailedDiff=True,
        )

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Make a resource; in a preview, say what will be known."""
        kind, name, inputs = kind_of(request.urn), name_of(request.urn), plain(request.properties)
        if request.preview:
            _, computed = answer(kind, name, inputs)
            return pb.CreateResponse(properties=struct_of({**inputs, **dict.fromkeys(computed, UNKNOWN)}))
        with refusals(context):
            thing = self.account.create(kind, name, inputs)
            return pb.CreateResponse(id=thing.id, properties=struct_of(thing.outputs))

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Change a resource; in a preview, say what will be known."""
        kind, inputs = kind_of(request.urn), plain(request.news)
        if request.preview:
            old = plain(request.old_inputs)
            kept = {key: value for key, value in plain(request.olds).items() if key not in old}
            version = {"version": UNKNOWN} if publishes(kind, old, inputs) else {}
            return pb.UpdateResponse(properties=struct_of({**kept, **version, **inputs}))
        with refusals(context):
            return pb.UpdateResponse(properties=struct_of(self.account.update(kind, request.id, inputs).outputs))

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Say what is there; no id: nothing is."""
        thing = self.account.find(kind_of(request.urn), request.id)
        return pb.ReadResponse() if thing is None else read(thing)

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Remove a resource."""
        with refusals(context):
            self.account.delete(kind_of(request.urn), request.id)
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Stop: nothing goes on after a call has been answered."""
        return empty_pb2.Empty()


@contextmanager
def serving(account: Account) -> Generator[int]:
    """Serve *account* on a port of the loopback interface; give the port."""
    server = grpc.server(ThreadPoolExecutor(THREADS))
    cast("Any", provider_pb2_grpc).add_ResourceProviderServicer_to_server(Provider(account), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield port
    finally:
        server.stop(grace=None).wait()


@contextmanager
def refusals(context: Any) -> Generator[None]:
    """Answer a refused request as the provider does: by an error of the call."""
    try:
        yield
    except RefusedError as refusal:
        context.abort(grpc.StatusCode.UNKNOWN, str(refusal))


def read(thing: Thing) -> Any:
    """Report a resource."""
    return pb.ReadResponse(id=thing.id, inputs=struct_of(thing.inputs), properties=struct_of(thing.outputs))


def kind_of_diff(key: str, old: Properties, new: Properties, replaced: set[str]) -> int:
    """Say how the input *key* changed."""
    name = "ADD" if key not in old else "DELETE" if key not in new else "UPDATE"
    return pb.PropertyDiff.Kind.Value(f"{name}_REPLACE" if key in replaced else name)


def kind_of(urn: str) -> str:
    """Give the type in a URN."""
    return urn.split("::")[2].rpartition("$")[2]


def name_of(urn: str) -> str:
    """Give the name in a URN; "" for none."""
    return "::".join(urn.split("::")[3:])


def plain(properties: struct_pb2.Struct) -> Properties:
    """Turn the engine's properties into plain data."""
    return json_format.MessageToDict(properties)


def struct_of(properties: Any) -> struct_pb2.Struct:
    """Turn plain data into the engine's properties."""
    return json_format.ParseDict(properties, struct_pb2.Struct())
