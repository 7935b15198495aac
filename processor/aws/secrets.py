"""Read secrets from SSM Parameter Store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from processor.aws.faults import aws_call
from processor.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterStore:
    """Reads secure strings, decrypted."""

    ssm: SSMClient

    def read(self, name: str) -> str:
        """Read one; raise StoreUnavailable when it is missing or empty, since an empty secret protects nothing."""
        with aws_call(f"ssm:GetParameter {name}"):
            answer = self.ssm.get_parameter(Name=name, WithDecryption=True)
        value = answer["Parameter"].get("Value", "")
        if not value:
            raise StoreUnavailable(f"{name}: expected a secret, found an empty parameter.")
        return value
