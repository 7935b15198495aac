"""The program, deployed into an emulator, and its functions under AWS's own runtimes; nothing else runs."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from local.api.worker import DeployedFunction
from local.deployer.deploy import deploy
from local.emulator.environment import REGION
from local.emulator.process import running
from local.lambdas.code import CodeStore, fetch_from
from local.lambdas.credentials import RoleSessions
from local.lambdas.environment import environment
from local.lambdas.function_registry import FunctionRegistry
from local.lambdas.sandbox import Sandbox, SandboxContext
from local.lambdas.services import EmulatorClients
from local.lambdas.watchdog import Watchdog
from local.model import AUDIENCE, Addresses
from local.stack import ISSUER_PATH, JWKS_PATH
from tests.factories.adapter import Adapted, adapted
from tests.factories.api import Issuer, token
from tests.factories.emulators import Aws, root
from tests.factories.servers import serve

NOWHERE = "http://127.0.0.1:1"


@dataclass(frozen=True, kw_only=True)
class Functions:
    """The deployed functions. *prepare* gives a function by name with its code and its role's credentials."""

    aws: Aws
    folder: Path
    page: str
    context: SandboxContext
    lines: list[str]
    prepare: Callable[[str], DeployedFunction]

    @contextmanager
    def runtime(self, name: str) -> Generator[Sandbox]:
        """Run a function under awslambdaric."""
        found = self.prepare(name)
        sandbox = Sandbox(found.function, found.credentials, found.code, self.context)
        try:
            yield sandbox
        finally:
            sandbox.stop()

    @contextmanager
    def web(self, name: str, log: Path) -> Generator[Adapted]:
        """Run a web function behind the Lambda Web Adapter."""
        found = self.prepare(name)
        tmp = log.with_suffix(".tmp")
        tmp.mkdir()
        known = environment(
            found.function, found.credentials, aws=self.aws.address, code=found.code, tmp=tmp, log_stream="log"
        )
        with adapted(found.code, known, log, handler=found.function.handler) as running_adapter:
            yield running_adapter

    def headers(self, user: str = "ada") -> list[tuple[str, bytes]]:
        """Give the headers of a signed-in user whose request came through the CDN."""
        name = "/darkroom/local/origin-secret"
        secret = self.aws.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        bearer = token(user, iss=f"{self.page}{ISSUER_PATH}", aud=AUDIENCE)
        return [("authorization", f"Bearer {bearer}".encode()), ("x-origin-verify", secret.encode())]


@pytest.fixture(scope="session")
def functions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Functions]:
    """Deploy the program, with an issuer of tokens and without anything that would invoke functions."""
    folder = tmp_path_factory.mktemp("runtimes")
    lines: list[str] = []

    async def jwks(_request: Any) -> JSONResponse:
        return JSONResponse(Issuer().jwks())

    with running(folder / "aws") as emulator, serve(Starlette(routes=[Route(JWKS_PATH, jwks)])) as page:
        deploy(Addresses(aws=emulator.address, lambdas=NOWHERE, api=NOWHERE, cdn=NOWHERE, page=page.origin), folder)
        clients, watchdog = EmulatorClients(emulator.address, REGION), Watchdog()
        registry, roles = FunctionRegistry(clients.functions()), RoleSessions(clients.tokens())
        code = CodeStore(folder / "code", fetch_from(emulator.address))

        def prepare(name: str) -> DeployedFunction:
            found = registry.find(name, "live")
            return DeployedFunction(function=found, credentials=roles.credentials(found), code=code.place(found))

        context = SandboxContext(
            aws=emulator.address, tmp=folder / "tmp", log=lambda _, text: lines.append(text), watchdog=watchdog
        )
        aws = root(emulator.address)
        yield Functions(aws=aws, folder=folder, page=page.origin, context=context, lines=lines, prepare=prepare)
        watchdog.close()
