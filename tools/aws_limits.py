"""State the policies about AWS's own limits: lengths of names, replacement of keys, the order of two calls."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

from components.config import MAX_STACK_CHARS
from components.testing.plan import Resource, StackPlan

# Longest name of each type that is named after the stack; from each service's CreateX in the API references.
LONGEST: Final[Mapping[str, tuple[str, int]]] = {
    "aws:budgets/budget:Budget": ("name", 100),
    "aws:cloudfront/cachePolicy:CachePolicy": ("name", 128),
    "aws:cloudfront/function:Function": ("name", 64),
    "aws:cloudfront/originAccessControl:OriginAccessControl": ("name", 64),
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": ("name", 128),
    "aws:cloudwatch/dashboard:Dashboard": ("dashboardName", 255),
    "aws:cloudwatch/eventApiDestination:EventApiDestination": ("name", 64),
    "aws:cloudwatch/eventBus:EventBus": ("name", 256),
    "aws:cloudwatch/eventConnection:EventConnection": ("name", 64),
    "aws:cloudwatch/eventRule:EventRule": ("name", 64),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": ("name", 60),
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": ("name", 60),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("name", 255),
    "aws:dynamodb/table:Table": ("name", 255),
    "aws:iam/role:Role": ("name", 64),
    "aws:lambda/function:Function": ("name", 64),
    "aws:pipes/pipe:Pipe": ("name", 64),
    "aws:s3/bucket:Bucket": ("bucket", 63),
    "aws:scheduler/schedule:Schedule": ("name", 64),
    "aws:sns/topic:Topic": ("name", 256),
    "aws:sqs/queue:Queue": ("name", 80),
}
KEY: Final = "aws:cloudfront/publicKey:PublicKey"
URL: Final = "aws:lambda/functionUrl:FunctionUrl"
PERMISSION: Final = "aws:lambda/permission:Permission"


def names_fit_the_longest_stack(plan: StackPlan) -> Iterator[str]:
    """Every name fits into AWS's limit, also in a stack whose own name is as long as the program allows."""
    longest = f"-{'x' * MAX_STACK_CHARS}-"
    for kind, (key, limit) in LONGEST.items():
        for one in plan.of_type(kind):
            length = len(one.inputs[key].replace(f"-{plan.stack}-", longest))
            if length > limit:
                yield f"{one.name}: expected a name of at most {limit} characters, found {length}"


def keys_can_be_replaced(plan: StackPlan) -> Iterator[str]:
    """Every key has its hash in its names, so that another is created before CloudFront is asked to delete this one."""
    for key in plan.of_type(KEY):
        pem: str = key.inputs["encodedKey"]
        mark = hashlib.sha256("".join(pem.split()).encode()).hexdigest()[:8]
        if not (key.name.endswith(mark) and key.inputs["name"].endswith(mark)):
            yield f"{key.name}: expected names that end with the key's hash {mark}"
        if not pem.endswith("\n"):
            yield f"{key.name}: expected a line break at the end: the provider replaces a key without one every time"


def permissions_follow_their_url(plan: StackPlan) -> Iterator[str]:
    """Permissions of a function's URL wait for it: calls that add permissions at the same time lose one."""
    urls = {one.name for one in plan.of_type(URL)}
    for one in plan.of_type(PERMISSION):
        if opens_a_url(one) and not urls & set(one.depends_on):
            yield f"{one.name}: expected to wait for {', '.join(sorted(urls))}"


def opens_a_url(permission: Resource) -> bool:
    """Return whether *permission* is one of the two that a public URL takes."""
    return bool({"functionUrlAuthType", "invokedViaFunctionUrl"} & permission.inputs.keys())
