"""Patch ministack's CloudFront, which knows neither origin groups nor signed requests to function URLs.

A group's first origin is asked, then the second for the statuses that the group lists, if the method only reads.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
A request to a function URL with an origin access control is signed as CloudFront; the function's policy is checked.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs

from local.emulator.lambda_gaps import replace

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# What a service needs to call a function URL, since October 2025. https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
NEEDED: Final = frozenset({"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"})
SERVICE: Final = "cloudfront.amazonaws.com"
Json = Mapping[str, Any]


def patch_cloudfront() -> None:
    """Patch ministack's CloudFront; call it before the first request."""
    edge: Any = importlib.import_module("ministack.services.cloudfront")
    replace(edge, "parse_distribution_dataplane_config", lambda original: with_groups(edge, original))
    replace(edge, "_fetch_from_origin", lambda original: failing_over(edge, original))


def with_groups(edge: Any, original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Add each group to the origins: its first one, with ``failover``: statuses and the second."""

    def parse(dist: Any) -> Any:
        parsed = original(dist)
        groups = edge._find(edge._dist_config_el(dist), "OriginGroups")  # noqa: SLF001 - there is no public way
        for group in every(groups, "OriginGroup"):
            first, second = (text(one, "OriginId") for one in every(group, "OriginGroupMember"))
            statuses = {int(one.text) for one in every(group, "StatusCode")}
            origins = parsed["origins"]
            origins[text(group, "Id")] = {**origins[first], "failover": (statuses, origins[second])}
        return parsed

    return parse


def failing_over(edge: Any, original: Callable[..., Any]) -> Callable[..., Any]:
    """Ask the second origin of a group where the first one answers with one of its statuses."""

    async def fetch(origin: Any, *request: Any) -> Any:
        statuses, second = origin.get("failover", (frozenset[int](), None))
        answer = await original(origin, *request)
        if second is None or answer[0] not in statuses or request[0] not in READING:
            return answer
        return await from_function_url(edge, second, *request)

    return fetch


async def from_function_url(  # noqa: PLR0913, PLR0917 - the signature of what it replaces
    edge: Any,
    origin: Any,
    method: str,
    uri: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    _https: bool,  # noqa: FBT001 - its signature
    _client: str,
    _forwarded: str,
    distribution: str,
) -> Any:
    """Call the function URL of an origin as CloudFront for *distribution* (ARN); 403 unless its policy allows it."""
    functions: Any = importlib.import_module("ministack.services.lambda_svc")
    resolved = functions.resolve_function_url(origin["domain_name"].partition(".")[0])
    if resolved is None:
        raise edge.OriginUnreachable(f"{origin['domain_name']} is no function URL")
    if not allows(policy_of(functions, resolved), distribution):
        return HTTPStatus.FORBIDDEN, "Forbidden", {"content-type": "application/json"}, b'{"Message":null}'
    signed = {**headers, "authorization": "AWS4-HMAC-SHA256 Credential=cloudfront"}
    status, pairs, data = await functions.handle_function_url_request(
        "", method, uri, signed, body, parse_qs(query, keep_blank_values=True), resolved=resolved, source_ip="127.0.0.1"
    )
    return status, "", {name.lower(): value for name, value in pairs.items()}, data


def policy_of(functions: Any, resolved: tuple[Any, ...]) -> Iterable[Json]:
    """Return the statements of the policy of a resolved URL's function and alias."""
    _account, _region, name, qualifier, _config = resolved
    status, _headers, body = functions._get_policy(name, {"Qualifier": [qualifier]})  # noqa: SLF001 - likewise
    if status != HTTPStatus.OK:
        return []
    statements: Iterable[Json] = json.loads(json.loads(body)["Policy"])["Statement"]
    return statements


def allows(statements: Iterable[Json], distribution: str) -> bool:
    """Return whether CloudFront has both permissions for *distribution*."""
    ours = [one for one in statements if SERVICE in json.dumps(one["Principal"]) and distribution in json.dumps(one)]
    return {one["Action"] for one in ours} >= NEEDED


def every(tree: Any, name: str) -> list[Any]:
    """Return the elements called *name* anywhere below *tree*, without regard to namespaces."""
    return [] if tree is None else [one for one in tree.iter() if one.tag.rpartition("}")[2] == name]


def text(tree: Any, name: str) -> str:
    """Return the text of the first element called *name* below *tree*."""
    return str(every(tree, name)[0].text)
