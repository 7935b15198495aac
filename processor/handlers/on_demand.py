"""Entry point of the function that makes a rendition when it is first asked for: requests of its URL in, pictures out.

Only the CDN may call the URL, and does where S3 has no such rendition. A function URL passes the path as the viewer
wrote it. https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

from processor.aws.clients import Session
from processor.budget import Budget
from processor.errors import DarkroomError
from processor.settings.functions import OnDemandEnv, from_env
from processor.telemetry import Telemetry, one
from processor.upload.assembly import sizes_on_demand
from processor.upload.on_demand import Found, SizesOnDemand, Why

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

READING: Final = frozenset({"GET", "HEAD"})
# An answer has 6 MB at most, in Base64 and JSON.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_BODY_BYTES: Final = 4_400_000
# Short: S3's own answer has the tag by which the CDN forgets a photo, whatever a function URL does with such a header.
FOUND_S: Final = 60
# The CDN keeps "not here" so long; a photo that is uploaded meanwhile has another `v` in its address.
ABSENT_S: Final = 10
SOON_S: Final = 1
PICTURE: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 80" role="img" aria-label="This picture is not here">'
    '<rect width="120" height="80" fill="#e4e4e4"/>'
    '<path d="M36 56l16-20 11 13 7-8 14 15z M73 33a5 5 0 1 0 .1 0z" fill="#a8a8a8"/></svg>'
)


@dataclass(frozen=True, kw_only=True, slots=True)
class RenditionRequests:
    """Answers requests for renditions."""

    sizes: SizesOnDemand
    telemetry: Telemetry

    def answer(self, event: Mapping[str, Any], budget: Budget) -> Mapping[str, Any]:
        """Answer one request: 200 with a picture, 307 for one too large for an answer, else 404 with a picture."""
        http = event["requestContext"]["http"]
        key = key_of(event["rawPath"]) if http["method"] in READING else None
        if key is None:
            return self.absent("", Why.NOT_LISTED)
        try:
            found = self.sizes.find(key, budget)
        except DarkroomError as error:
            self.telemetry.warning("size could not be made", key=key, code=error.code, detail=str(error))
            self.telemetry.count({"SizesAbsent": one()}, reason="failed")
            return not_here(SOON_S)
        return self.absent(key, found) if isinstance(found, Why) else self.present(key, found, event)

    def present(self, key: str, found: Found, event: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a picture."""
        self.telemetry.info("size made on demand", key=key, bytes=len(found.data), made=found.made)
        self.telemetry.count({"SizesMade": one(int(found.made))})
        if len(found.data) > MAX_BODY_BYTES:
            query = event.get("rawQueryString")
            again = event["rawPath"] + (f"?{query}" if query else "")
            return {"statusCode": 307, "headers": {"Location": again, "Cache-Control": "no-store"}, "body": ""}
        headers = {
            "Content-Type": found.content_type,
            "Cache-Control": f"public, max-age={FOUND_S}",
            "x-amz-meta-cache-tag": found.cache_tag,
        }
        body = base64.b64encode(found.data).decode()
        return {"statusCode": 200, "headers": headers, "body": body, "isBase64Encoded": True}

    def absent(self, key: str, why: Why) -> Mapping[str, Any]:
        """Return the picture of what is not here. Made-up names are counted alone: a log of them would cost most."""
        if why in {Why.NO_SOURCE, Why.BUSY}:
            self.telemetry.info("size not made", key=key, reason=why.value)
        self.telemetry.count({"SizesAbsent": one()}, reason=why.value)
        return not_here(SOON_S if why is Why.BUSY else ABSENT_S)


def key_of(path: str) -> str | None:
    """Return the key that S3 reads from *path*, percent-encoded once; None when it is not UTF-8."""
    try:
        return unquote_to_bytes(path.removeprefix("/")).decode()
    except UnicodeDecodeError:
        return None


def not_here(seconds: int) -> Mapping[str, Any]:
    """Answer 404 with a small picture, to be kept for *seconds*."""
    headers = {"Content-Type": "image/svg+xml", "Cache-Control": f"public, max-age={seconds}"}
    return {"statusCode": 404, "headers": headers, "body": PICTURE}


@cache
def requests() -> RenditionRequests:
    """Build everything once per process, when the first request comes."""
    env = from_env(OnDemandEnv, os.environ)
    telemetry = Telemetry(service=env.service, stack=env.stack)
    return RenditionRequests(sizes=sizes_on_demand(env, Session()), telemetry=telemetry)


def handler(event: Mapping[str, Any], context: LambdaContext) -> Mapping[str, Any]:
    """Answer one request."""
    answering = requests()
    answering.telemetry.invocation(context.aws_request_id)
    budget = Budget(
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
        memory_mib=int(context.memory_limit_in_mb),
    )
    return answering.answer(event, budget)
