"""Secrets in SSM Parameter Store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from processor.aws.faults import aws_call
from processor.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


def secret(ssm: SSMClient, name: str) -> str:
    """Read the secret called *name*; raise StoreUnavailable when there is none: an empty one would protect nothing."""
    with aws_call(f"ssm:GetParameter {name}"):
        answer = ssm.get_parameter(Name=name, WithDecryption=True)
    value = answer["Parameter"].get("Value", "")
    if not value:
        raise StoreUnavailable(f"{name}: expected a secret, found an empty parameter.")
    return value
