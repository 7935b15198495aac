"""A web application that shows what reached it, behind the real Lambda Web Adapter or behind the local front."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from components.edit_api import ADAPTER_ENV
from local.api.worker import DeployedFunction
from local.lambdas.environment import environment
from tests.factories.adapter import Adapted, adapted
from tests.factories.functions import credentials, function, zip_of

APP: Final = """
import asyncio, hashlib, os, sys, time
from pathlib import Path
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

EVERY = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]

async def health(request):
    gate = os.environ.get("READY_WHEN")
    ready = not gate or os.path.exists(gate)
    print("health", 404 if ready else 503, flush=True)
    return Response(status_code=404 if ready else 503)

async def echo(request):
    body = await request.body()
    return JSONResponse({
        "method": request.method,
        "target": request.scope["raw_path"].decode() + "?" + request.scope["query_string"].decode(),
        "headers": [[name.decode(), value.decode("latin-1")] for name, value in request.scope["headers"]],
        "size": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
    })

async def plain(request):
    answer = PlainTextResponse("gr\\u00fc\\u00df dich \\U0001f4f7", 418, {"x-one": "1", "connection": "keep-alive"})
    answer.set_cookie("a", "1")
    answer.set_cookie("b", "2")
    return answer

async def large(request):
    async def parts():
        for number in range(int(request.query_params["parts"])):
            yield number.to_bytes(4, "big") * 2500
    return StreamingResponse(parts(), media_type="application/octet-stream")

async def events(request):
    async def lines():
        for name in request.query_params["names"].split(","):
            while not Path(request.query_params["folder"], name).exists():
                await asyncio.sleep(0.02)
            yield f"data: {name}\\n\\n"
    return StreamingResponse(lines(), media_type="text/event-stream", headers={"connection": "keep-alive"})

async def nothing(request):
    return Response(status_code=204)

app = Starlette(routes=[
    Route("/image-edit/health", health), Route("/plain", plain), Route("/large", large), Route("/events", events),
    Route("/nothing", nothing), Route("/{rest:path}", echo, methods=EVERY),
])
"""
RUN: Final = '#!/bin/sh\nexec python -m uvicorn app:app --host 127.0.0.1 --port "$AWS_LWA_PORT" --log-level warning\n'
FILES: Final = {"app.py": APP, "run.sh": RUN}
CODE: Final = zip_of(FILES)
VARIABLES: Final = dict(ADAPTER_ENV)


NOWHERE = "http://127.0.0.1:1"


def deployed(folder: Path, **variables: str) -> DeployedFunction:
    """Unpack the application in *folder*."""
    code = folder / "code"
    code.mkdir()
    for name, text in FILES.items():
        (code / name).write_text(text, encoding="utf-8")
        (code / name).chmod(0o755)
    found = function(handler="run.sh", variables={**VARIABLES, **variables})
    return DeployedFunction(function=found, credentials=credentials(), code=code)


def by_adapter(known: DeployedFunction, folder: Path) -> AbstractContextManager[Adapted]:
    """Run the application behind the real adapter."""
    env = environment(known.function, known.credentials, aws=NOWHERE, code=known.code, tmp=folder, log_stream="log")
    return adapted(known.code, env, folder / "log")


def large_sha256(parts: int) -> str:
    """Return the digest of what ``/large`` answers: 10,000 bytes per part, each made of its number."""
    return hashlib.sha256(b"".join(number.to_bytes(4, "big") * 2500 for number in range(parts))).hexdigest()
