"""Secrets and keys: KMS, SSM parameters, random passwords."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

import pulumi

from local.deployer.model import DeployError, Given, Made
from local.deployer.shapes import pairs
from local.deployer.target import Target

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_ssm import SSMClient


def kms(target: Target) -> KMSClient:
    """Give the client."""
    return target.client("kms")


def ssm(target: Target) -> SSMClient:
    """Give the client."""
    return target.client("ssm")


def key(target: Target, given: Given) -> Made:
    """Create a key, or find the one of an earlier deployment by its description: a key has no name."""
    inputs = given.inputs
    description, policy, tags = inputs.need("description"), inputs.need("policy"), inputs.take("tags")
    rotate = inputs.take("enableKeyRotation", default=False)
    found = find_key(target, description)
    if found is None:
        labels: Any = pairs(tags, key="TagKey", value="TagValue")
        made = kms(target).create_key(Description=description, Policy=policy, Tags=labels)
        found = made["KeyMetadata"]["KeyId"]
    else:
        kms(target).put_key_policy(KeyId=found, PolicyName="default", Policy=policy)
    if rotate:
        kms(target).enable_key_rotation(KeyId=found)
    return Made(id=found, outputs={"arn": f"arn:aws:kms:{target.region}:{target.account}:key/{found}"})


def find_key(target: Target, description: str) -> str | None:
    """Find a key by its description."""
    for one in kms(target).list_keys()["Keys"]:
        found = one.get("KeyId", "")
        if kms(target).describe_key(KeyId=found)["KeyMetadata"].get("Description") == description:
            return found
    return None


def parameter(target: Target, given: Given) -> Made:
    """Keep a parameter. SSM takes either tags or a new value, so they are set by two calls."""
    inputs = given.inputs
    name, tags = inputs.need("name"), inputs.take("tags")
    labels: Any = pairs(tags)
    ssm(target).put_parameter(Name=name, Value=inputs.need("value"), Type=inputs.need("type"), Overwrite=True)
    ssm(target).add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=labels)
    return Made(id=name, outputs={"arn": f"arn:aws:ssm:{target.region}:{target.account}:parameter{name}"})


def random_password(target: Target, given: Given) -> Made:
    """Make a secret, the same one for every deployment of a run."""
    inputs = given.inputs
    if inputs.need("special"):
        raise DeployError("special: expected false, received true: say in adapters/keys.py which signs there are")
    secret = target.secrets.of(given.name, length=inputs.need("length"), alphabet=string.ascii_letters + string.digits)
    return Made(id="none", outputs={"result": pulumi.Output.secret(secret)})
