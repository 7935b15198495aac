"""Build the upload pipeline from the function's settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal

from processor.aws.cdn import CdnCache, PurgeQueue
from processor.aws.clients import Session, cloudfront_client, dynamodb_client, s3_client, sqs_client, ssm_client
from processor.aws.galleries import Galleries
from processor.aws.originals import Originals
from processor.aws.originals_table import OriginalsTable
from processor.aws.photos import PhotoRecords
from processor.aws.queues import Lanes
from processor.aws.renditions import RenditionFiles, RenditionObjects
from processor.aws.secrets import ParameterStore
from processor.imaging.renderer import Renderer as ImagingRenderer
from processor.keys import StemStyle
from processor.recipe import DEFAULT_PROFILE, Recipe
from processor.settings.functions import OnDemandEnv, RenditionEnv
from processor.upload.converge import Converger
from processor.upload.on_demand import SizesOnDemand
from processor.upload.pipeline import UploadPipeline
from processor.upload.recipes import Profiles, Recipes
from processor.upload.record import PhotoRecordWriter
from processor.upload.rendering import OriginalRenderer, PhotoRenderer, utc_now
from processor.upload.watermarks import Watermarks


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadStores:
    """The stores that the pipeline reads and writes."""

    originals: Originals
    table: OriginalsTable
    galleries: Galleries
    renditions: RenditionObjects
    purges: PurgeQueue
    photos: PhotoRecords


def upload_pipeline(env: RenditionEnv, session: Session, renderer: PhotoRenderer | None = None) -> UploadPipeline:
    """Make the pipeline and its AWS clients. *renderer*: replaces the imaging package's (tests)."""
    s3, dynamodb = s3_client(session), dynamodb_client(session)
    return assembled(
        UploadStores(
            originals=Originals(s3=s3, bucket=env.originals_bucket),
            table=OriginalsTable(dynamodb=dynamodb, table=env.originals_table),
            galleries=Galleries(dynamodb=dynamodb, table=env.originals_table),
            renditions=RenditionObjects(s3=s3, bucket=env.renditions_bucket),
            purges=PurgeQueue(
                client=lambda: sqs_client(session), url=env.purge_queue_url if env.distribution_id else None
            ),
            photos=PhotoRecords(dynamodb=dynamodb, table=env.photos_table),
        ),
        renderer or ImagingRenderer(),
        recipes=env.recipes,
        missing_record=env.missing_record,
        cdn_host=env.cdn_host,
        events=bool(env.events),
        signed=bool(env.signed_renditions),
        key_secret=key_secret(env, session),
    )


def sizes_on_demand(env: OnDemandEnv, session: Session, renderer: PhotoRenderer | None = None) -> SizesOnDemand:
    """Make what makes sizes on demand, and its AWS clients. *renderer*: replaces the imaging package's (tests)."""
    dynamodb = dynamodb_client(session)
    return SizesOnDemand(
        recipe=env.recipe,
        table=OriginalsTable(dynamodb=dynamodb, table=env.originals_table),
        files=RenditionFiles(s3=s3_client(session), bucket=env.renditions_bucket),
        records=PhotoRecordWriter(
            photos=PhotoRecords(dynamodb=dynamodb, table=env.photos_table),
            missing_record=env.missing_record,
            cdn_host="",  # each record tells it
            signed=bool(env.signed_renditions),
        ),
        renderer=renderer or ImagingRenderer(),
    )


def key_secret(env: RenditionEnv, session: Session) -> Callable[[], str] | None:
    """Return what reads the key of opaque names, once per process; None where no parameter holds one."""
    if (name := env.key_secret_parameter) is None:
        return None
    return cache(lambda: ParameterStore(ssm=ssm_client(session)).read(name))


def assembled(  # noqa: PLR0913 - keyword-only: the settings of a pipeline
    stores: UploadStores,
    renderer: PhotoRenderer,
    *,
    recipes: Mapping[str, Recipe],
    missing_record: Literal["create", "require"],
    cdn_host: str,
    events: bool = False,
    signed: bool = False,
    key_secret: Callable[[], str] | None = None,
    now: Callable[[], datetime] = utc_now,
) -> UploadPipeline:
    """Put the pipeline together over *stores*.

    *recipes*: of all profiles, by name. *key_secret* returns the key of opaque names.
    """
    return UploadPipeline(
        table=stores.table,
        converger=Converger(
            originals=stores.originals,
            table=stores.table,
            recipes=Recipes(profiles=Profiles.of(recipes), galleries=stores.galleries, photos=stores.photos),
            renderer=OriginalRenderer(
                renderer=renderer,
                originals=stores.originals,
                watermarks=Watermarks(originals=stores.originals),
                renditions=stores.renditions,
                now=now,
            ),
            renditions=stores.renditions,
            purges=stores.purges,
            stems=StemStyle(key_secret if recipes[DEFAULT_PROFILE].key_style == "opaque" else None),
        ),
        records=PhotoRecordWriter(
            photos=stores.photos, missing_record=missing_record, cdn_host=cdn_host, events=events, signed=signed
        ),
    )


def lanes(env: RenditionEnv, session: Session) -> Lanes:
    """Make the queues in which a message is delivered later.

    Their client is made at once: the heartbeat of the first message needs it, in a thread of its own.
    """
    sqs = sqs_client(session)
    return Lanes(client=lambda: sqs, urls=(*env.lane_queue_urls, env.purge_queue_url))


def cdn_cache(env: RenditionEnv) -> CdnCache:
    """Make the CDN's cache."""
    return CdnCache(client=lambda: cloudfront_client(Session()), distribution_id=env.distribution_id)
