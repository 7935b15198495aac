"""The event that a function URL makes of a request.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import unquote

# Content that a function URL hands over as text; everything else is base64.
TEXT: Final = ("text/", "application/json", "application/javascript", "application/xml")


def is_utf8(data: bytes) -> bool:
    """Return whether a body can stand in JSON as text."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def url_event(
    method: str, target: str, headers: Sequence[tuple[str, bytes]] = (), body: bytes | None = None
) -> dict[str, Any]:
    """Write the event that a function URL makes of a request (payload format 2.0). *target*: path and query."""
    path, _, query = target.partition("?")
    host = "abcdefghij.lambda-url.us-east-1.on.aws"
    names = {name.lower() for name, _ in headers}
    joined = {
        name: ",".join(value.decode(errors="surrogateescape") for key, value in headers if key.lower() == name)
        for name in names
    }
    length = {} if body is None else {"content-length": str(len(body))}
    text = joined.get("content-type", "").startswith(TEXT) and is_utf8(body or b"")
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {**joined, **length, "host": host, "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https"},
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "abcdefghij",
            "domainName": host,
            "domainPrefix": "abcdefghij",
            "http": {
                "method": method,
                "path": unquote(path),
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": joined.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": "27/Nov/2026:08:00:00 +0000",
            "timeEpoch": 1_795_766_400_000,
        },
        "isBase64Encoded": body is not None and not text,
    }
    if cookies := event["headers"].pop("cookie", None):
        event["cookies"] = [one.strip() for one in cookies.split(";")]
    if body is not None:
        event["body"] = body.decode() if text else base64.b64encode(body).decode()
    return event
