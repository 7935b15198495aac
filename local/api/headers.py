"""Headers on their way to the application and back.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

from __future__ import annotations

import json
import time
from typing import Final
from uuid import uuid4

from starlette.types import Scope

from local.lambdas.function import Function

Headers = list[tuple[bytes, bytes]]

# Of one connection, not of the request: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
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
# Nobody outside may say these.
OURS: Final = frozenset({b"x-amzn-request-context", b"x-amzn-lambda-context", b"x-forwarded-port"})


def to_application(scope: Scope, function: Function, request_id: str) -> Headers:
    """Give the request's headers as a function URL and the Lambda Web Adapter hand them over.

    The protocol is the true one, http, unless the CDN's front said otherwise: addresses made of it must work.
    """
    given: Headers = [(name, value) for name, value in scope["headers"] if name not in HOP_BY_HOP | OURS]
    client = scope["client"][0] if scope["client"] else ""
    before = [value for name, value in given if name == b"x-forwarded-for"]
    kept = [(name, value) for name, value in given if name != b"x-forwarded-for"]
    names = {name for name, _ in kept}
    added: Headers = [(b"x-forwarded-for", b", ".join([*before, client.encode()]))]
    added.append((b"x-forwarded-port", str(scope["server"][1]).encode()))
    if b"x-forwarded-proto" not in names:
        added.append((b"x-forwarded-proto", scope["scheme"].encode()))
    added.append((b"x-amzn-request-context", request_context(scope, request_id).encode()))
    added.append((b"x-amzn-lambda-context", lambda_context(function, request_id).encode()))
    return [*kept, *added]


def from_application(headers: Headers, request_id: str) -> Headers:
    """Give the answer's headers as a function URL passes them on."""
    kept = [(name.lower(), value) for name, value in headers if name.lower() not in HOP_BY_HOP]
    return [*kept, (b"x-amzn-requestid", request_id.encode())]


def new_request_id() -> str:
    """Name a request."""
    return str(uuid4())


def request_context(scope: Scope, request_id: str) -> str:
    """Describe the request as a function URL does in its event's ``requestContext``."""
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    agent = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"user-agent"), "")
    http = {
        "method": scope["method"],
        "path": scope["path"],
        "protocol": f"HTTP/{scope['http_version']}",
        "sourceIp": scope["client"][0] if scope["client"] else "",
        "userAgent": agent,
    }
    now = int(1000 * time.time())
    return json.dumps(
        {"domainName": host, "http": http, "requestId": request_id, "stage": "$default", "timeEpoch": now}
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
