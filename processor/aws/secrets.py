"""Secrets in SSM Parameter Store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from processor.aws.faults import aws_call
from processor.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


@dataclass(frozen=True, kw_only=True, slots=True)
class Secrets:
    """Secure strings, read in clear."""

    ssm: SSMClient

    def read(self, name: str) -> str:
        """Read one; raise StoreUnavailable when there is none, or an empty one: it would protect nothing."""
        with aws_call(f"ssm:GetParameter {name}"):
            answer = self.ssm.get_parameter(Name=name, WithDecryption=True)
        value = answer["Parameter"].get("Value", "")
        if not value:
            raise StoreUnavailable(f"{name}: expected a secret, found an empty parameter.")
        return value
