"""Declare the edit API: the web application behind a streaming function URL, and its two rotating secrets (ADR 31).

Python on Lambda cannot stream by itself; the Lambda Web Adapter runs the application as a web server and streams what
it answers (ADR 7). https://awslabs.github.io/aws-lambda-web-adapter/
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import pulumi
import pulumi_aws as aws

from components.config import StackConfig
from components.function import FunctionArgs, LambdaFunction, Pin
from components.function_url import Caller, open_url
from components.naming import token
from components.permissions import Permission
from components.queues import WorkQueue
from components.secret import generated, lines, parameter
from processor.settings.functions import EditApiEnv, to_env

HANDLER: Final = "run.sh"
ADAPTER_ENV: Final = {
    "AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap",
    "AWS_LWA_INVOKE_MODE": "response_stream",
    "AWS_LWA_PORT": "8080",
    "AWS_LWA_READINESS_CHECK_PATH": "/image-edit/health",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class EditApiArgs:
    """*slots*, *archives*: ARNs of the objects that presigned uploads may write, and that links to archives may read.

    *jobs*: the queue that takes accepted edits.
    """

    config: StackConfig
    component: str
    runtime_layer_arn: pulumi.Input[str]
    sessions_arn: pulumi.Input[str]
    slots: pulumi.Input[str]
    archives: pulumi.Input[str]
    jobs: WorkQueue


class EditApi(pulumi.ComponentResource):
    """The API's function and its URL. *origin_secret*: the one that the CDN sends with each request."""

    def __init__(self, name: str, args: EditApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("EditApi"), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        settings = args.config.settings.edits.api
        origin_secrets = generated(f"{name}-origin-secret", settings.origin_secrets, child)
        ticket_keys = generated(f"{name}-ticket-key", settings.ticket_keys, child)
        self.origin_secret = origin_secrets[0]
        store = partial(parameter, context=args.config.context, component=args.component, child=child)
        self.origin_parameter = store(f"{name}-origin-secret-parameter", "origin-secret", lines(origin_secrets))
        self.ticket_parameter = store(f"{name}-ticket-key-parameter", "ticket-key", lines(ticket_keys))
        self.function = LambdaFunction(f"{name}-function", self.web_function(args), opts=child)
        url = aws.lambda_.FunctionUrl(
            f"{name}-url",
            function_name=self.function.function.name,
            qualifier=self.function.alias.name,
            authorization_type="NONE",
            invoke_mode="RESPONSE_STREAM",
            opts=child,
        )
        self.url = url.function_url
        # The provider adds a permission with the URL itself, and Lambda loses one of two calls at the same time.
        open_url(name, self.function, Caller(), pulumi.ResourceOptions(parent=self, depends_on=[url]))
        self.register_outputs({"url": self.url})

    def web_function(self, args: EditApiArgs) -> FunctionArgs:
        """Return the arguments of the function, its permissions among them."""
        settings, rollback = args.config.settings, args.config.settings.rollback
        adapter = filter(None, [settings.deployment.web_adapter_layer_arn])
        return FunctionArgs(
            config=args.config,
            settings=settings.edits.api,
            component=args.component,
            handler=HANDLER,
            layers=(args.runtime_layer_arn, *adapter),
            env=self.api_env(args),
            # A function has one wrapper, and here it is the Web Adapter's.
            spans=False,
            permissions=self.api_permissions(args),
            pin=Pin(version=rollback.api, canary_percent=rollback.canary_percent),
        )

    def api_permissions(self, args: EditApiArgs) -> list[Permission]:
        """Grant what the routes do: with sessions, jobs, upload slots, archives and the two secrets."""
        index = pulumi.Output.concat(args.sessions_arn, "/index/userId-createdAt-index")
        archives = args.config.settings.edits.archive_days
        return [
            Permission(("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"), (args.sessions_arn,)),
            Permission(("dynamodb:Query",), (index,)),
            Permission(("sqs:SendMessage",), (args.jobs.arn,)),
            Permission(("s3:PutObject",), (args.slots,)),
            *([Permission(("s3:GetObject", "s3:DeleteObject"), (args.archives,))] if archives else []),
            Permission(("ssm:GetParameter",), (self.origin_parameter.arn, self.ticket_parameter.arn)),
        ]

    def api_env(self, args: EditApiArgs) -> pulumi.Output[dict[str, str]]:
        """Return the API's environment: its slice of the settings, its queue and the names of the secrets."""
        settings = args.config.settings
        sizes = {"archive_sizes": tuple(settings.renditions.sizes)} if settings.edits.archive_days else {}
        wiring = pulumi.Output.all(
            jobs_queue_url=args.jobs.url,
            ticket_key_parameter=self.ticket_parameter.name,
            origin_secret_parameter=self.origin_parameter.name,
        )
        return wiring.apply(
            lambda known: {
                **to_env(
                    EditApiEnv.of(settings.edits, settings.cdn, stack=args.config.context.stack, **sizes, **known)
                ),
                **ADAPTER_ENV,
            }
        )
