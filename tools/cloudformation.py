"""Write the recorded plans as CloudFormation templates, where a resource's properties map one to one, for cfn-lint.

    python -m tools.cloudformation FOLDER     # then: cfn-lint FOLDER/*.json (`make cfn`)

Other resources (a bucket in six parts, a distribution, a table, a function) are left out: ADR 36.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast

from components.testing.plan import Resource, StackPlan
from components.testing.recorder import STACKS, record

Names = Mapping[str, str]
KINDS: Final[Mapping[str, tuple[str, Names]]] = {
    "aws:cloudwatch/logGroup:LogGroup": ("AWS::Logs::LogGroup", {"name": "LogGroupName"}),
    "aws:iam/role:Role": (
        "AWS::IAM::Role",
        {"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"},
    ),
    "aws:iam/rolePolicy:RolePolicy": (
        "AWS::IAM::RolePolicy",
        {"name": "PolicyName", "policy": "PolicyDocument", "role": "RoleName"},
    ),
    "aws:lambda/alias:Alias": ("AWS::Lambda::Alias", {}),
    "aws:lambda/eventSourceMapping:EventSourceMapping": ("AWS::Lambda::EventSourceMapping", {}),
    "aws:lambda/functionUrl:FunctionUrl": (
        "AWS::Lambda::Url",
        {"authorizationType": "AuthType", "functionName": "TargetFunctionArn"},
    ),
    "aws:lambda/permission:Permission": ("AWS::Lambda::Permission", {"function": "FunctionName"}),
    "aws:s3/bucketPolicy:BucketPolicy": ("AWS::S3::BucketPolicy", {"policy": "PolicyDocument"}),
    "aws:scheduler/schedule:Schedule": ("AWS::Scheduler::Schedule", {}),
    "aws:sqs/queue:Queue": (
        "AWS::SQS::Queue",
        {
            "name": "QueueName",
            "messageRetentionSeconds": "MessageRetentionPeriod",
            "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
            "visibilityTimeoutSeconds": "VisibilityTimeout",
        },
    ),
    "aws:sqs/queuePolicy:QueuePolicy": ("AWS::SQS::QueuePolicy", {"policy": "PolicyDocument", "queueUrl": "Queues"}),
    "aws:sns/topicPolicy:TopicPolicy": ("AWS::SNS::TopicPolicy", {"policy": "PolicyDocument", "arn": "Topics"}),
}
"""Pulumi's type → CloudFormation's, and the properties that have another name there."""
LISTS: Final = frozenset({"Queues", "Topics"})
NOT_IN_TEMPLATES: Final = frozenset({"region", "qualifier"})


def template(plan: StackPlan) -> dict[str, Any]:
    """Return the template of what can be mapped."""
    return {"Resources": {logical_id(one): resource(one) for one in plan.resources if one.type in KINDS}}


def logical_id(one: Resource) -> str:
    """Return the resource's name in letters and digits."""
    return "".join(part.capitalize() for part in one.name.split("-"))


def resource(one: Resource) -> dict[str, Any]:
    """Convert one resource."""
    kind, renamed = KINDS[one.type]
    return {"Type": kind, "Properties": dict(properties(one.inputs, renamed))}


def properties(inputs: Mapping[str, Any], renamed: Names) -> Iterator[tuple[str, Any]]:
    """Yield each property under its name in CloudFormation."""
    for name, found in inputs.items():
        if name in NOT_IN_TEMPLATES:
            continue
        key = renamed.get(name, name[0].upper() + name[1:])
        yield key, [found] if key in LISTS else value(key, found)


def value(key: str, found: Any) -> Any:
    """Convert a property: tags are a list, policies an object, names in objects begin with a capital letter."""
    if key == "Tags":
        return [{"Key": name, "Value": text} for name, text in found.items()]
    if isinstance(found, str) and key.endswith(("Document", "RedrivePolicy")):
        return json.loads(found)
    if isinstance(found, Mapping):
        return dict(properties(cast("Mapping[str, Any]", found), {}))
    return found


def main(folder: Path) -> None:
    """Write one template per stack."""
    folder.mkdir(parents=True, exist_ok=True)
    for stack in STACKS:
        text = json.dumps(template(record(stack)), indent=1, default=str)
        (folder / f"{stack}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
