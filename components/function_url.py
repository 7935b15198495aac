"""Allow a caller to use a function's URL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

from components.function import LambdaFunction
from components.permissions import EVERYONE


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """A caller of a URL: everyone, or *principal* on behalf of *source_arn*, which signs its requests (AWS_IAM)."""

    principal: str = EVERYONE
    auth: Literal["NONE", "AWS_IAM"] = "NONE"
    source_arn: pulumi.Input[str] | None = None


def open_url(name: str, function: LambdaFunction, caller: Caller, options: pulumi.ResourceOptions) -> None:
    """Allow *caller* to call the URL; since October 2025 that takes two permissions.

    https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """
    aws.lambda_.Permission(
        f"{name}-url-access",
        action="lambda:InvokeFunctionUrl",
        function=function.function.name,
        qualifier=function.alias.name,
        principal=caller.principal,
        source_arn=caller.source_arn,
        function_url_auth_type=caller.auth,
        opts=options,
    )
    aws.lambda_.Permission(
        f"{name}-url-invoke",
        action="lambda:InvokeFunction",
        function=function.function.name,
        qualifier=function.alias.name,
        principal=caller.principal,
        source_arn=caller.source_arn,
        invoked_via_function_url=True,
        opts=options,
    )
