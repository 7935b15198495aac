"""Check the recorded plans of every stack, and the workflows, against the policies: ``python -m tools.policies``.

Independent of ``components``: it reads what is declared, not how. A policy is a generator of findings, one line each;
a new one is a function and an entry in POLICIES.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

import pulumi_aws

from components.testing.plan import Resource, StackPlan
from components.testing.recorder import STACKS, record
from components.testing.variants import VARIANTS, record_variant
from tools.aws_limits import keys_can_be_replaced, names_fit_the_longest_stack, permissions_follow_their_url
from tools.workflow_policies import WORKFLOW_POLICIES, automation, workflow_findings

TAGS: Final = {"project", "stack", "component", "cost-centre"}
# X-Ray has no resources; https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
WITHOUT_RESOURCES: Final = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
BLOCKS: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
RESOURCE_POLICIES: Final = {
    "aws:s3/bucketPolicy:BucketPolicy": "s3:*",
    "aws:sqs/queuePolicy:QueuePolicy": "sqs:*",
    "aws:sns/topicPolicy:TopicPolicy": "sns:Publish",
}
CONFUSED_DEPUTY: Final = {"aws:SourceArn", "aws:SourceAccount"}


def statements(resource: Resource, document: str = "policy") -> list[dict[str, Any]]:
    """Read the statements of a policy document."""
    return json.loads(resource.inputs[document])["Statement"]


def missing(plan: StackPlan, kind: str, beside: str, key: str, owner: str) -> Iterator[Resource]:
    """Find every resource of *kind* whose *owner* input is no *beside*'s *key* input."""
    covered = {one.inputs[key] for one in plan.of_type(beside)}
    return (one for one in plan.of_type(kind) if one.inputs[owner] not in covered)


def buckets_are_private(plan: StackPlan) -> Iterator[str]:
    """Every bucket blocks public access in all four ways, and none has an ACL."""
    for bucket in missing(
        plan, "aws:s3/bucket:Bucket", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "bucket", "bucket"
    ):
        yield f"{bucket.name}: expected a public access block, found none"
    for block in plan.of_type("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"):
        for key in BLOCKS:
            if block.inputs.get(key) is not True:
                yield f"{block.name}: expected {key}, found {block.inputs.get(key)}"
    for one in plan.resources:
        if one.type == "aws:s3/bucketAcl:BucketAcl" or "acl" in one.inputs:
            yield f"{one.name}: expected no ACL"


def no_access_for_everyone(plan: StackPlan) -> Iterator[str]:
    """No resource's policy allows everyone; an AWS service is let in for this account's resources only."""
    for resource in (one for kind in RESOURCE_POLICIES for one in plan.of_type(kind)):
        for said in (one for one in statements(resource) if one["Effect"] == "Allow"):
            conditions = {key for test in said.get("Condition", {}).values() for key in test}
            if said["Principal"] == "*":
                yield f"{resource.name}: expected no Allow for everyone"
            elif not conditions & CONFUSED_DEPUTY:
                yield f"{resource.name}: expected {said['Principal']} bound to a source ARN or account"


def everyone_comes_over_tls(plan: StackPlan) -> Iterator[str]:
    """Every bucket, queue and topic denies requests without TLS."""
    for kind, action in RESOURCE_POLICIES.items():
        for resource in plan.of_type(kind):
            if not any(denies_plain_text(said, action) for said in statements(resource)):
                yield f"{resource.name}: expected a Deny of {action} without TLS"
    for bucket in missing(plan, "aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy", "bucket", "bucket"):
        yield f"{bucket.name}: expected a bucket policy, found none"


def denies_plain_text(said: Mapping[str, Any], action: str) -> bool:
    """Return whether a statement denies *action* to everyone without TLS."""
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    return said["Effect"] == "Deny" and said["Action"] == [action] and said.get("Condition") == condition


def all_is_encrypted(plan: StackPlan) -> Iterator[str]:
    """Whatever stores data says that it encrypts it."""
    encryption = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    for bucket in missing(plan, "aws:s3/bucket:Bucket", encryption, "bucket", "bucket"):
        yield f"{bucket.name}: expected an encryption configuration, found none"
    said: dict[str, Callable[[Mapping[str, Any]], object]] = {
        "aws:sqs/queue:Queue": lambda inputs: inputs.get("sqsManagedSseEnabled") or inputs.get("kmsMasterKeyId"),
        "aws:dynamodb/table:Table": lambda inputs: inputs.get("serverSideEncryption", {}).get("enabled"),
        "aws:sns/topic:Topic": lambda inputs: inputs.get("kmsMasterKeyId"),
        "aws:ssm/parameter:Parameter": lambda inputs: inputs.get("type") == "SecureString",
    }
    for kind, encrypted in said.items():
        for one in plan.of_type(kind):
            if not encrypted(one.inputs):
                yield f"{one.name}: expected encryption, found none"


def grants_are_narrow(plan: StackPlan) -> Iterator[str]:
    """No role may do everything of a service, or one thing with every resource, where AWS can tell them apart."""
    for role in plan.of_type("aws:iam/role:Role"):
        if role.inputs.get("managedPolicyArns") or role.inputs.get("inlinePolicies"):
            yield f"{role.name}: expected grants of its own, found policies attached"
    for grants in plan.of_type("aws:iam/rolePolicy:RolePolicy"):
        for said in statements(grants):
            for action in said["Action"]:
                if "*" in action:
                    yield f"{grants.name}: expected single actions, found {action}"
            if "*" in said["Resource"] and not set(said["Action"]) <= WITHOUT_RESOURCES:
                yield f"{grants.name}: expected narrower resources than * for {', '.join(said['Action'])}"


def logs_are_kept(plan: StackPlan) -> Iterator[str]:
    """Every function logs into a group that is declared, and every group forgets after a stated time."""
    groups = {one.inputs["name"]: one for one in plan.of_type("aws:cloudwatch/logGroup:LogGroup")}
    for function in plan.of_type("aws:lambda/function:Function"):
        if function.inputs.get("loggingConfig", {}).get("logGroup") not in groups:
            yield f"{function.name}: expected a log group of its own, found none"
    for group in groups.values():
        if not group.inputs.get("retentionInDays"):
            yield f"{group.name}: expected a retention, found none"


def alarms_tell_someone(plan: StackPlan) -> Iterator[str]:
    """Every alarm has an action and an OK action, dimensions, and an answer to missing data."""
    for alarm in plan.of_type("aws:cloudwatch/metricAlarm:MetricAlarm"):
        for key in ("alarmActions", "okActions", "treatMissingData"):
            if not alarm.inputs.get(key):
                yield f"{alarm.name}: expected {key}, found none"
        queries = [one["metric"] for one in alarm.inputs.get("metricQueries", []) if "metric" in one]
        for metric in queries or [alarm.inputs]:
            if not metric.get("dimensions"):
                yield f"{alarm.name}: expected dimensions, found none"


def all_is_tagged(plan: StackPlan) -> Iterator[str]:
    """Whatever can be tagged carries the four tags."""
    for one in plan.resources:
        if one.custom and taggable(one.type) and set(one.inputs.get("tags", {})) != TAGS:
            yield f"{one.name}: expected the tags {', '.join(sorted(TAGS))}, found {sorted(one.inputs.get('tags', {}))}"


@cache
def taggable(kind: str) -> bool:
    """Return whether AWS' provider knows tags for a type, e.g. ``aws:lambda/function:Function``."""
    provider, module, name = kind.split(":")
    if provider != "aws":
        return False
    package = module.partition("/")[0]
    family = getattr(pulumi_aws, f"{package}_" if package == "lambda" else package)
    return "tags" in inspect.signature(getattr(family, f"{name}Args", getattr(family, name)).__init__).parameters


def secrets_are_secret(plan: StackPlan) -> Iterator[str]:
    """No secret stands in an input or output that Pulumi would show."""
    for name, inputs in [*((one.name, one.inputs) for one in plan.resources), ("outputs", plan.outputs)]:
        if "IN CLEAR" in json.dumps(inputs, default=str):
            yield f"{name}: expected a secret, found its text in clear"


Policy = Callable[[StackPlan], Iterable[str]]
POLICIES: Final[tuple[Policy, ...]] = (
    buckets_are_private,
    no_access_for_everyone,
    everyone_comes_over_tls,
    all_is_encrypted,
    grants_are_narrow,
    logs_are_kept,
    alarms_tell_someone,
    all_is_tagged,
    secrets_are_secret,
    names_fit_the_longest_stack,
    keys_can_be_replaced,
    permissions_follow_their_url,
)


def findings(plan: StackPlan) -> list[str]:
    """Apply every policy."""
    return [f"{plan.stack}: {policy.__name__}: {line}" for policy in POLICIES for line in policy(plan)]


def main() -> int:
    """Print the findings of every stack; 1 when there are any."""
    plans = [*map(record, STACKS), *map(record_variant, VARIANTS)]
    found = [line for plan in plans for line in findings(plan)] + workflow_findings(automation())
    sys.stdout.write("".join(f"{line}\n" for line in found))
    policies = f"{len(POLICIES)} policies for {len(plans)} plans, {len(WORKFLOW_POLICIES)} for workflows"
    sys.stdout.write(f"{policies}, {len(found)} findings\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
