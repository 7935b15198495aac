"""Declare the rendition pipeline: originals in, renditions out.

Owns the originals and renditions buckets, the tables of photos and originals, the two lanes with their dead letters,
the layers, the rendition function, and the reconciler. The CDN attaches the bucket policies (``components/cdn.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pulumi
import pulumi_aws as aws

from components.cdn_address import CdnAddress
from components.config import StackConfig
from components.function import RUNTIME, EventSource, FunctionArgs, LambdaFunction, Pin
from components.naming import token
from components.on_demand import OnDemandArgs, OnDemandFunction
from components.permissions import Permission, below
from components.queues import QueueSender, WorkQueue, WorkQueueArgs
from components.reconciler import ReconcilerArgs, ReconcilerFunction
from components.secret import generated, parameter
from components.storage import PrivateBucket, PrivateBucketArgs, clean_up_markers, expire_old_versions
from components.tables import Index, TableArgs, table
from components.trigger import UploadTrigger
from processor.settings.functions import RenditionEnv, signed_pictures, to_env
from processor.settings.services import PURGE_CONCURRENCY

COMPONENT: Final = "renditions"
HANDLER: Final = "processor.handlers.rendition.handler"
# Photos in one invalidation of the CDN, and how long it collects them: a deleted photo is out of S3 at once.
PURGES: Final = 100
PURGE_WINDOW_S: Final = 5
OLD_ORIGINALS_DAYS: Final = 30
UPLOAD_METHODS: Final = ("PUT", "POST", "GET", "HEAD")


@dataclass(frozen=True, kw_only=True, slots=True)
class RenditionPipelineArgs:
    """The stack's configuration, and the CDN's address for the records."""

    config: StackConfig
    cdn: CdnAddress


class RenditionPipeline(pulumi.ComponentResource):
    """Infrastructure of uploads."""

    def __init__(self, name: str, args: RenditionPipelineArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("RenditionPipeline"), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        config, packages = args.config, args.config.packages
        self.originals = PrivateBucket(f"{name}-originals", originals(config), opts=child)
        self.renditions = PrivateBucket(f"{name}-renditions", renditions(config), opts=child)
        self.photos = table(f"{name}-photos", photos(config), parent=self)
        self.items = table(f"{name}-items", items(config), parent=self)
        trigger = UploadTrigger(name, config, self.originals, component=COMPONENT, parent=self)
        self.uploads = WorkQueue(f"{name}-uploads", lane(config, "uploads", trigger.sender), opts=child)
        self.backfill = WorkQueue(f"{name}-backfill", lane(config, "backfill"), opts=child)
        trigger.feed(self.uploads)
        self.purges = WorkQueue(f"{name}-purges", lane(config, "purges"), opts=child)
        self.imaging_layer = layer(f"{name}-imaging", packages.imaging, config=config, parent=self)
        self.runtime_layer = layer(f"{name}-runtime", packages.runtime, config=config, parent=self)
        self.key_secret = key_secret(f"{name}-key-secret", config, child)
        self.function = LambdaFunction(f"{name}-rendition", self.rendition_function(args), opts=child)
        self.reconciler = ReconcilerFunction(f"{name}-reconciler", self.reconciliation(args), opts=child)
        self.on_demand = self.sizes_on_demand(f"{name}-on-demand", args, child)
        self.register_outputs({"originals": self.originals.name, "renditions": self.renditions.name})

    def rendition_function(self, args: RenditionPipelineArgs) -> FunctionArgs:
        """Return the arguments of the rendition function, its permissions among them."""
        settings, rollback = args.config.settings.renditions, args.config.settings.rollback
        return FunctionArgs(
            config=args.config,
            settings=settings,
            component=COMPONENT,
            handler=HANDLER,
            layers=(self.imaging_layer.arn, self.runtime_layer.arn),
            env=rendition_env(args, self.key_secret, self.purges, self.uploads, self.backfill),
            permissions=self.rendition_permissions(args),
            sources=(
                EventSource(
                    lane="uploads",
                    arn=self.uploads.arn,
                    batch_size=settings.batch_size,
                    max_concurrency=settings.max_concurrency,
                ),
                EventSource(
                    lane="backfill",
                    arn=self.backfill.arn,
                    batch_size=settings.batch_size,
                    max_concurrency=settings.backfill_concurrency,
                ),
                EventSource(
                    lane="purges",
                    arn=self.purges.arn,
                    batch_size=PURGES,
                    max_concurrency=PURGE_CONCURRENCY,
                    window_s=PURGE_WINDOW_S,
                ),
            ),
            pin=Pin(version=rollback.rendition, canary_percent=rollback.canary_percent),
            asynchronous=True,
        )

    def rendition_permissions(self, args: RenditionPipelineArgs) -> list[Permission]:
        """Return the grants of the calls in ``processor/aws``; a contract test compares the two."""
        lanes = (self.uploads.arn, self.backfill.arn, self.purges.arn)
        permissions = [
            Permission(("s3:GetObject", "s3:GetObjectVersion"), (below(self.originals.arn),)),
            # Without it, S3 answers 403 for a key that does not exist, and a deleted original would look like a fault.
            Permission(("s3:ListBucket",), (self.originals.arn, self.renditions.arn)),
            Permission(
                ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"), (below(self.renditions.arn, "renditions/"),)
            ),
            Permission(("dynamodb:GetItem", "dynamodb:UpdateItem"), (self.photos.arn, self.items.arn)),
            Permission(("dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query"), (self.items.arn,)),
            Permission(("sqs:SendMessage", "sqs:ChangeMessageVisibility"), lanes),
            Permission(("cloudfront:CreateInvalidation",), (args.cdn.distribution_arn,)),
        ]
        if key := args.config.settings.renditions.originals_kms_key_arn:
            permissions.append(Permission(("kms:Decrypt",), (key,)))
        if self.key_secret:
            permissions.append(Permission(("ssm:GetParameter",), (self.key_secret.arn,)))
        return permissions

    def reconciliation(self, args: RenditionPipelineArgs) -> ReconcilerArgs:
        """Return the arguments of the reconciler."""
        return ReconcilerArgs(
            config=args.config,
            component=COMPONENT,
            runtime_layer_arn=self.runtime_layer.arn,
            originals_arn=self.originals.arn,
            renditions_arn=self.renditions.arn,
            photos_arn=self.photos.arn,
            items_arn=self.items.arn,
            uploads=self.uploads,
            cdn=args.cdn,
        )

    def sizes_on_demand(
        self, name: str, args: RenditionPipelineArgs, child: pulumi.ResourceOptions
    ) -> OnDemandFunction | None:
        """Declare the function that makes sizes on demand; None unless the settings ask for it."""
        if not args.config.settings.renditions.on_demand:
            return None
        return OnDemandFunction(
            name,
            OnDemandArgs(
                config=args.config,
                component=COMPONENT,
                imaging_layer_arn=self.imaging_layer.arn,
                runtime_layer_arn=self.runtime_layer.arn,
                renditions_arn=self.renditions.arn,
                photos_arn=self.photos.arn,
                items_arn=self.items.arn,
                cdn=args.cdn,
            ),
            opts=child,
        )


def originals(config: StackConfig) -> PrivateBucketArgs:
    """Return the bucket of uploads, which keeps replaced and deleted ones for a month."""
    return PrivateBucketArgs(
        context=config.context,
        bucket=config.settings.renditions.originals_bucket,
        component=COMPONENT,
        adopt=config.settings.adopt.originals_bucket,
        versioned=True,
        kms_key_arn=config.settings.renditions.originals_kms_key_arn,
        rules=(expire_old_versions("old-originals", days=OLD_ORIGINALS_DAYS), clean_up_markers()),
        cors_origins=config.settings.cdn.cors_origins,
        cors_methods=UPLOAD_METHODS,
        requests=True,
    )


def renditions(config: StackConfig) -> PrivateBucketArgs:
    """Return the bucket of renditions; they can be rendered again, so it has no versions."""
    return PrivateBucketArgs(
        context=config.context,
        bucket=config.settings.renditions.renditions_bucket,
        component=COMPONENT,
        adopt=config.settings.adopt.renditions_bucket,
        requests=True,
    )


def photos(config: StackConfig) -> TableArgs:
    """Return the table of photo records."""
    settings = config.settings.renditions
    return TableArgs(
        context=config.context,
        table=settings.photos_table,
        component=COMPONENT,
        hash_key="id",
        attributes={"id": "S", "gallery_id": "S", "user_id": "S"},
        indexes=(
            Index(name="GalleryIdIndex", hash_key="gallery_id"),
            Index(name="UserIdIndex", hash_key="user_id"),
        ),
        caps=(settings.max_read_units, settings.max_write_units),
        stream=config.settings.events.enabled,
        adopt=config.settings.adopt.photos_table,
    )


def items(config: StackConfig) -> TableArgs:
    """Return the table of originals: an item each, leases and stems; items of deleted originals expire."""
    settings = config.settings.renditions
    return TableArgs(
        context=config.context,
        table=settings.originals_table,
        component=COMPONENT,
        hash_key="id",
        range_key="key",
        attributes={"id": "S", "key": "S"},
        ttl="expires",
        caps=(settings.max_read_units, settings.max_write_units),
    )


def lane(config: StackConfig, role: str, sender: QueueSender | None = None) -> WorkQueueArgs:
    """Return one lane into the rendition function; *sender*: whatever sends events to it."""
    return WorkQueueArgs(
        context=config.context,
        queue=f"{config.settings.renditions.function_name}-{role}",
        component=COMPONENT,
        visibility_timeout_s=config.settings.renditions.visibility_timeout_s,
        sender=sender,
    )


def key_secret(name: str, config: StackConfig, child: pulumi.ResourceOptions) -> aws.ssm.Parameter | None:
    """Declare the secret of opaque keys; None where keys are readable."""
    if config.settings.renditions.key_style == "readable":
        return None
    [secret] = generated(name, (1,), child)
    return parameter(
        f"{name}-parameter", "key-secret", secret, context=config.context, component=COMPONENT, child=child
    )


def rendition_env(
    args: RenditionPipelineArgs, secret: aws.ssm.Parameter | None, purges: WorkQueue, *lanes: WorkQueue
) -> pulumi.Output[dict[str, str]]:
    """Return the function's environment: its slice of the settings, the CDN's host and distribution, its queues."""
    settings, stack = args.config.settings.renditions, args.config.context.stack
    urls = pulumi.Output.all(*(one.url for one in lanes)).apply(tuple)
    signed = signed_pictures(args.config.settings.cdn, "renditions")
    return pulumi.Output.all(
        cdn_host=args.cdn.host,
        distribution_id=args.cdn.distribution_id,
        lane_queue_urls=urls,
        purge_queue_url=purges.url,
        events=args.config.settings.events.enabled or None,
        **({"key_secret_parameter": secret.name} if secret else {}),
    ).apply(lambda wiring: to_env(RenditionEnv.of(settings, stack=stack, **wiring, **signed)))


def layer(name: str, package: Path, *, config: StackConfig, parent: pulumi.Resource) -> aws.lambda_.LayerVersion:
    """Publish *package* as the layer that *name* ends in."""
    return aws.lambda_.LayerVersion(
        name,
        layer_name=config.context.physical(name.rpartition("-")[2]),
        code=pulumi.FileArchive(str(package)),
        compatible_architectures=[config.settings.deployment.architecture],
        compatible_runtimes=[RUNTIME],
        opts=pulumi.ResourceOptions(parent=parent),
    )
