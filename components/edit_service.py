"""Declare the edit service: edits of pictures by commands, with live progress.

Owns the results bucket (with upload slots and archives), the sessions table, the jobs queue with its dead letters, the
edit worker, the edit API with its URL, and the API's two secrets. The URL is public; the API itself requires a token,
and the secret that the CDN sends along (ADR 8).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi

from components.cdn_address import CdnAddress
from components.config import StackConfig
from components.edit_api import EditApi, EditApiArgs
from components.function import EventSource, FunctionArgs, LambdaFunction, Pin
from components.naming import token
from components.permissions import Permission, below
from components.queues import WorkQueue, WorkQueueArgs
from components.storage import PrivateBucket, PrivateBucketArgs, clean_up_markers, expire, expire_old_versions
from components.tables import Index, TableArgs, table
from processor.settings.functions import EditEnv, signed_pictures, to_env

COMPONENT: Final = "edits"
HANDLER: Final = "processor.handlers.edit.handler"
RESULTS: Final = "edits/"
SLOTS: Final = "uploads/"
ARCHIVES: Final = "archives/"
SLOT_DAYS: Final = 1
# Pages read results by script and post local files into slots.
PAGE_METHODS: Final = ("GET", "HEAD", "PUT")


@dataclass(frozen=True, kw_only=True, slots=True)
class Gallery:
    """Stores of the photos that may be edited: those of the rendition pipeline."""

    originals_arn: pulumi.Input[str]
    renditions_arn: pulumi.Input[str]
    photos_arn: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class EditServiceArgs:
    """The stack's configuration, the layers, the gallery, and the CDN's address for results."""

    config: StackConfig
    imaging_layer_arn: pulumi.Input[str]
    runtime_layer_arn: pulumi.Input[str]
    gallery: Gallery
    cdn: CdnAddress


class EditService(pulumi.ComponentResource):
    """Infrastructure of edits."""

    def __init__(self, name: str, args: EditServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("EditService"), name, None, opts)
        config, child = args.config, pulumi.ResourceOptions(parent=self)
        self.results = PrivateBucket(f"{name}-results", results(config), opts=child)
        self.sessions = table(f"{name}-sessions", sessions(config), parent=self)
        self.jobs = WorkQueue(f"{name}-jobs", jobs(config), opts=child)
        self.worker = LambdaFunction(f"{name}-worker", self.edit_worker(args), opts=child)
        self.api = EditApi(f"{name}-api", self.edit_api(args), opts=child)
        self.register_outputs({"results": self.results.name, "apiUrl": self.api.url})

    def edit_worker(self, args: EditServiceArgs) -> FunctionArgs:
        """Return the arguments of the worker: one picture per message, so that a slow one delays no other."""
        settings, rollback = args.config.settings.edits, args.config.settings.rollback
        return FunctionArgs(
            config=args.config,
            settings=settings,
            component=COMPONENT,
            handler=HANDLER,
            layers=(args.imaging_layer_arn, args.runtime_layer_arn),
            env=worker_env(args, self.jobs),
            permissions=self.worker_permissions(args),
            sources=(
                EventSource(lane="jobs", arn=self.jobs.arn, batch_size=1, max_concurrency=settings.max_concurrency),
            ),
            pin=Pin(version=rollback.edit, canary_percent=rollback.canary_percent),
            tmp_mib=settings.ephemeral_storage_mib,
        )

    def worker_permissions(self, args: EditServiceArgs) -> list[Permission]:
        """Grant reading sources where they are stored, and writing results and progress."""
        gallery = args.gallery
        permissions = [
            Permission(
                ("s3:GetObject",),
                (
                    below(gallery.originals_arn),
                    below(gallery.renditions_arn, "renditions/"),
                    below(self.results.arn, SLOTS),
                ),
            ),
            Permission(("s3:GetObject", "s3:PutObject"), (below(self.results.arn, RESULTS),)),
            Permission(("s3:ListBucket",), (gallery.originals_arn, gallery.renditions_arn, self.results.arn)),
            Permission(("dynamodb:GetItem", "dynamodb:UpdateItem"), (self.sessions.arn,)),
            Permission(("dynamodb:GetItem",), (gallery.photos_arn,)),
            Permission(("sqs:ChangeMessageVisibility", "sqs:SendMessage"), (self.jobs.arn,)),
        ]
        if key := args.config.settings.renditions.originals_kms_key_arn:
            permissions.append(Permission(("kms:Decrypt",), (key,)))
        if args.config.settings.edits.archive_days:
            actions = ("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload")
            permissions += [
                Permission(actions, (below(self.results.arn, ARCHIVES),)),
                Permission(("dynamodb:BatchGetItem",), (gallery.photos_arn,)),
            ]
        return permissions

    def edit_api(self, args: EditServiceArgs) -> EditApiArgs:
        """Return the arguments of the edit API."""
        return EditApiArgs(
            config=args.config,
            component=COMPONENT,
            runtime_layer_arn=args.runtime_layer_arn,
            sessions_arn=self.sessions.arn,
            slots=below(self.results.arn, SLOTS),
            archives=below(self.results.arn, ARCHIVES),
            jobs=self.jobs,
        )


def results(config: StackConfig) -> PrivateBucketArgs:
    """Return the results bucket: results and archives expire after days, slots after a day, old versions with them."""
    days, archive_days = config.settings.edits.result_ttl_days, config.settings.edits.archive_days
    # From the beginning of its upload, which may take hours; its link ends earlier.
    archives = (
        [
            expire("archives", days=archive_days + 1, prefix=ARCHIVES),
            expire_old_versions("old-archives", days=1, prefix=ARCHIVES),
        ]
        if archive_days
        else []
    )
    return PrivateBucketArgs(
        context=config.context,
        bucket=config.settings.edits.results_bucket,
        component=COMPONENT,
        adopt=config.settings.adopt.results_bucket,
        versioned=True,
        rules=(
            expire("results", days=days, prefix=RESULTS),
            expire_old_versions("old-results", days=days, prefix=RESULTS),
            expire("slots", days=SLOT_DAYS, prefix=SLOTS),
            expire_old_versions("old-slots", days=SLOT_DAYS, prefix=SLOTS),
            *archives,
            clean_up_markers(),
        ),
        cors_origins=config.settings.cdn.cors_origins,
        cors_methods=PAGE_METHODS,
    )


def sessions(config: StackConfig) -> TableArgs:
    """Return the table of sessions, one record each, deleted at its ``ttl``."""
    return TableArgs(
        context=config.context,
        table=config.settings.edits.sessions_table,
        component=COMPONENT,
        hash_key="sessionId",
        attributes={"sessionId": "S", "userId": "S", "createdAt": "N"},
        indexes=(Index(name="userId-createdAt-index", hash_key="userId", range_key="createdAt"),),
        ttl="ttl",
        stream=config.settings.events.enabled,
        adopt=config.settings.adopt.sessions_table,
    )


def jobs(config: StackConfig) -> WorkQueueArgs:
    """Return the queue with one message per picture."""
    return WorkQueueArgs(
        context=config.context,
        queue=f"{config.settings.edits.function_name}-jobs",
        component=COMPONENT,
        visibility_timeout_s=config.settings.edits.visibility_timeout_s,
    )


def worker_env(args: EditServiceArgs, jobs: WorkQueue) -> pulumi.Output[dict[str, str]]:
    """Return the worker's environment: its slice of the settings, the CDN's host and the jobs queue."""
    settings, stack = args.config.settings, args.config.context.stack
    signed = signed_pictures(settings.cdn, "renditions", "edits")
    return pulumi.Output.all(cdn_host=args.cdn.host, jobs_queue_url=jobs.url).apply(
        lambda wiring: to_env(EditEnv.of(settings.edits, settings.renditions, stack=stack, **wiring, **signed))
    )
