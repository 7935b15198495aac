"""Entry point of the rendition function: S3 events in, renditions out."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from processor.aws.clients import Session
from processor.events import ObjectEvent
from processor.handlers.batch import BatchWorker
from processor.handlers.purges import PurgeWorker, is_purge
from processor.settings.functions import RenditionEnv, from_env
from processor.telemetry import Telemetry
from processor.upload.assembly import cdn_cache, lanes, upload_pipeline
from processor.upload.events import read_uploads
from processor.upload.reports import ReportedUpload

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def worker() -> BatchWorker[ObjectEvent]:
    """Build everything once per process, when the first event comes."""
    gc.disable()  # nothing made here becomes garbage; a collection would take 20 ms
    try:
        env, session = from_env(RenditionEnv, os.environ), Session()
        telemetry = Telemetry(service=env.service, stack=env.stack)
        apply = ReportedUpload(process=upload_pipeline(env, session).process, telemetry=telemetry)
        queues = lanes(env, session)
        return BatchWorker(
            read=read_uploads,
            apply=apply,
            telemetry=telemetry,
            change_visibility=queues.change_visibility,
            heartbeat=True,
            send_later=queues.send_later,
        )
    finally:
        gc.enable()


@cache
def purger() -> PurgeWorker:
    """Build the worker of the purge queue, when the first batch comes."""
    env = from_env(RenditionEnv, os.environ)
    return PurgeWorker(
        cdn=cdn_cache(env),
        telemetry=Telemetry(service=env.service, stack=env.stack),
        change_visibility=lanes(env, Session()).change_visibility,
    )


def handler(event: Mapping[str, Any], context: LambdaContext) -> Mapping[str, Any]:
    """Answer one invocation."""
    return purger().handle(event, context) if is_purge(event) else worker().handle(event, context)
