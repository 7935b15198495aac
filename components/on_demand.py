"""Declare the function that makes a rendition when it is first asked for, behind a URL that only the CDN may call.

CloudFront signs its requests by an origin access control; so the URL is no second way in (ADR 43).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.cdn_address import CdnAddress
from components.config import StackConfig
from components.function import FunctionArgs, LambdaFunction
from components.function_url import Caller, open_url
from components.naming import token
from components.permissions import Permission, below
from processor.keys import RENDITIONS
from processor.settings.functions import OnDemandEnv, signed_pictures, to_env

HANDLER: Final = "processor.handlers.on_demand.handler"


@dataclass(frozen=True, kw_only=True, slots=True)
class OnDemandArgs:
    """The stores that the function reads and writes. It has no access to originals."""

    config: StackConfig
    component: str
    imaging_layer_arn: pulumi.Input[str]
    runtime_layer_arn: pulumi.Input[str]
    renditions_arn: pulumi.Input[str]
    photos_arn: pulumi.Input[str]
    items_arn: pulumi.Input[str]
    cdn: CdnAddress


class OnDemandFunction(pulumi.ComponentResource):
    """The function and its *url*."""

    def __init__(self, name: str, args: OnDemandArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("OnDemand"), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.function = LambdaFunction(f"{name}-function", function(args), opts=child)
        url = aws.lambda_.FunctionUrl(
            f"{name}-url",
            function_name=self.function.function.name,
            qualifier=self.function.alias.name,
            authorization_type="AWS_IAM",
            invoke_mode="BUFFERED",
            opts=child,
        )
        self.url = url.function_url
        cdn = Caller(principal="cloudfront.amazonaws.com", auth="AWS_IAM", source_arn=args.cdn.distribution_arn)
        open_url(name, self.function, cdn, pulumi.ResourceOptions(parent=self, depends_on=[url]))
        self.register_outputs({"url": self.url})


def function(args: OnDemandArgs) -> FunctionArgs:
    """Return the arguments of the function, its permissions among them."""
    settings, stack = args.config.settings.renditions, args.config.context.stack
    signed = signed_pictures(args.config.settings.cdn, "renditions")
    return FunctionArgs(
        config=args.config,
        settings=settings.on_demand_function,
        component=args.component,
        handler=HANDLER,
        layers=(args.imaging_layer_arn, args.runtime_layer_arn),
        env=to_env(OnDemandEnv.of(settings, stack=stack, **signed)),
        permissions=(
            Permission(("s3:GetObject", "s3:PutObject"), (below(args.renditions_arn, RENDITIONS),)),
            # Without it, S3 answers 403 for a rendition that is lost, which would look like a fault.
            Permission(("s3:ListBucket",), (args.renditions_arn,)),
            Permission(("dynamodb:GetItem", "dynamodb:UpdateItem"), (args.photos_arn, args.items_arn)),
            Permission(("dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query"), (args.items_arn,)),
        ),
    )
