"""Translate headers to the application and back, as a function URL and the Lambda Web Adapter do.

tests/runtimes/test_agreement.py compares this with the real adapter.
https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Final
from uuid import uuid4

from starlette.types import Scope

from local.lambdas.function import Function

Headers = list[tuple[bytes, bytes]]

# They belong to one connection, not to the request: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
HOP_BY_HOP: Final = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html; function URLs do the same.
REMAPPED: Final = {b"connection": b"x-amzn-remapped-connection"}
# No client may send these.
OURS: Final = frozenset({b"x-amzn-request-context", b"x-amzn-lambda-context", b"x-forwarded-port"})


def to_application(scope: Scope, function: Function, request_id: str) -> Headers:
    """Return the request's headers as a function URL and the Lambda Web Adapter pass them on.

    The protocol is http unless the CDN's server has set another: addresses made from it must work.
    """
    given = joined((name, value) for name, value in scope["headers"] if name not in HOP_BY_HOP | OURS)
    client: str = scope["client"][0] if scope["client"] else ""
    scheme: str = scope["scheme"]
    before = given.get(b"x-forwarded-for")
    added: dict[bytes, bytes] = {
        b"x-forwarded-for": before + b", " + client.encode() if before else client.encode(),
        b"x-forwarded-port": str(scope["server"][1]).encode(),
        b"x-forwarded-proto": given.get(b"x-forwarded-proto", scheme.encode()),
        b"x-amzn-request-context": request_context(scope, request_id).encode(),
        b"x-amzn-lambda-context": lambda_context(function, request_id).encode(),
    }
    return list({**given, **added}.items())


def joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return each header once: an event has one value per name, and cookies, which the adapter joins by ``;``."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        cookies = name == b"cookie"
        whole = b";".join(one.strip() for one in value.split(b";")) if cookies else value
        found[name] = found[name] + (b";" if cookies else b",") + whole if name in found else whole
    return found


def unreadable(scope: Scope) -> str | None:
    """Return the reason why the adapter cannot read a request (a function URL answers 502); None when it can.

    A header that is not UTF-8 makes the event invalid JSON. The adapter copies the decoded path into a header, which
    must not hold DEL. https://github.com/aws/aws-lambda-rust-runtime/issues/509,
    https://github.com/aws/aws-lambda-web-adapter/issues/732
    """
    for name, value in scope["headers"]:
        try:
            value.decode()
        except UnicodeDecodeError:
            return f"the function cannot read the header {name.decode('latin-1')}: expected UTF-8"
    return "the function cannot read a path that holds %7F" if "\x7f" in scope["path"] else None


def from_application(headers: Headers, request_id: str) -> Headers:
    """Return the answer's headers as a function URL passes them on: the application's ``connection`` is renamed."""
    lower = [(name.lower(), value) for name, value in headers]
    kept = [(REMAPPED.get(name, name), value) for name, value in lower if name in REMAPPED or name not in HOP_BY_HOP]
    return [*kept, (b"x-amzn-requestid", request_id.encode())]


def new_request_id() -> str:
    """Make the id of a request."""
    return str(uuid4())


def request_context(scope: Scope, request_id: str) -> str:
    """Describe the request as a function URL does in its event's ``requestContext``."""
    host = next((value.decode() for name, value in scope["headers"] if name == b"host"), "")
    agent = next((value.decode() for name, value in scope["headers"] if name == b"user-agent"), "")
    http = {
        "method": scope["method"],
        "path": scope["path"],
        "protocol": f"HTTP/{scope['http_version']}",
        "sourceIp": scope["client"][0] if scope["client"] else "",
        "userAgent": agent,
    }
    now = int(1000 * time.time())
    return json.dumps(
        {"domainName": host, "http": http, "requestId": request_id, "stage": "$default", "timeEpoch": now},
        ensure_ascii=False,
    )


def lambda_context(function: Function, request_id: str) -> str:
    """Describe the invocation as the adapter does."""
    return json.dumps(
        {
            "request_id": request_id,
            "deadline": int(1000 * (time.time() + function.timeout_s)),
            "invoked_function_arn": function.arn,
            "env_config": {"function_name": function.name, "memory": function.memory_mib, "version": function.version},
        }
    )
