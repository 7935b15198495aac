"""Create roles, policies, KMS keys, SSM parameters and random passwords."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any, Final

import pulumi

from local.deployer.model import CreatedResource, DeployError, ResourceInputs
from local.deployer.shapes import pairs, unless
from local.deployer.target import Target
from local.model import RECEIVER_SECRET

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_ssm import SSMClient


SECRET_CHARS: Final = 32


def iam(target: Target) -> IAMClient:
    """Return the client."""
    return target.client("iam")


def role(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create a role, or update the existing one to its inputs."""
    name, trust = resource.inputs.need("name"), resource.inputs.need("assumeRolePolicy")
    unless("EntityAlreadyExists", lambda: iam(target).create_role(RoleName=name, AssumeRolePolicyDocument=trust))
    iam(target).update_assume_role_policy(RoleName=name, PolicyDocument=trust)
    iam(target).tag_role(RoleName=name, Tags=pairs(resource.inputs.take("tags")))  # pyright: ignore[reportArgumentType]
    return CreatedResource(id=name, outputs={"arn": f"arn:aws:iam::{target.account}:role/{name}"})


def role_policy(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Attach a policy to a role."""
    name, owner = resource.inputs.need("name"), resource.inputs.need("role")
    iam(target).put_role_policy(RoleName=owner, PolicyName=name, PolicyDocument=resource.inputs.need("policy"))
    return CreatedResource(id=f"{owner}:{name}")


def kms(target: Target) -> KMSClient:
    """Return the client."""
    return target.client("kms")


def ssm(target: Target) -> SSMClient:
    """Return the client."""
    return target.client("ssm")


def key(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create a key, or find the one of an earlier deployment by its description: a key has no name."""
    inputs = resource.inputs
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
    return CreatedResource(id=found, outputs={"arn": f"arn:aws:kms:{target.region}:{target.account}:key/{found}"})


def find_key(target: Target, description: str) -> str | None:
    """Find a key by its description."""
    for one in kms(target).list_keys()["Keys"]:
        found = one.get("KeyId", "")
        if kms(target).describe_key(KeyId=found)["KeyMetadata"].get("Description") == description:
            return found
    return None


def parameter(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Create or update a parameter. SSM takes either tags or a new value, so this needs two calls."""
    inputs = resource.inputs
    name, tags = inputs.need("name"), inputs.take("tags")
    labels: Any = pairs(tags)
    ssm(target).put_parameter(Name=name, Value=inputs.need("value"), Type=inputs.need("type"), Overwrite=True)
    ssm(target).add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=labels)
    return CreatedResource(id=name, outputs={"arn": f"arn:aws:ssm:{target.region}:{target.account}:parameter{name}"})


def webhook_secret(target: Target, arn: str) -> str:
    """Read a webhook's secret; make the one of the page's receiver first, which on AWS is the operator's part."""
    secrets = target.client("secretsmanager")
    if arn.endswith(f":{RECEIVER_SECRET}"):
        text = target.secrets.of(RECEIVER_SECRET, length=SECRET_CHARS, alphabet=string.ascii_letters + string.digits)
        unless("ResourceExistsException", lambda: secrets.create_secret(Name=RECEIVER_SECRET, SecretString=text))
    return secrets.get_secret_value(SecretId=arn)["SecretString"]


def random_password(target: Target, resource: ResourceInputs) -> CreatedResource:
    """Make a secret, the same one for every deployment of a run."""
    inputs = resource.inputs
    if inputs.need("special"):
        raise DeployError("special: expected false, received true: add the special characters to adapters/security.py")
    secret = target.secrets.of(
        resource.name, length=inputs.need("length"), alphabet=string.ascii_letters + string.digits
    )
    return CreatedResource(id="none", outputs={"result": pulumi.Output.secret(secret)})
