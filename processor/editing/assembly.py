"""Build the edit pipeline from the function's settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from processor.aws.clients import Session, patient_dynamodb_client, s3_client, sqs_client
from processor.aws.item_changes import SessionChanges
from processor.aws.objects import ObjectReader
from processor.aws.photos import PhotoOwners
from processor.aws.queues import Jobs, MessageVisibility, Queue
from processor.aws.results import ResultObjects
from processor.aws.session_reading import SessionReader
from processor.aws.session_work import SessionWork
from processor.editing.pipeline import EditPipeline, PictureEditor
from processor.editing.results import ResultStore
from processor.editing.session_check import Checked, SessionChecker
from processor.editing.sources import Fetch, Sources
from processor.edits.job import SessionCheck
from processor.edits.names import RESULTS
from processor.imaging.edit_model import EditLimits
from processor.imaging.editor import Editor as ImagingEditor
from processor.keys import RENDITIONS
from processor.settings.functions import EditEnv
from processor.source import Source

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def edit_pipeline(env: EditEnv, session: Session, editor: PictureEditor | None = None) -> EditPipeline:
    """Make the pipeline and its AWS clients. *editor*: replaces the imaging package's (tests)."""
    s3, dynamodb = s3_client(session), patient_dynamodb_client(session)
    work = session_work(env, dynamodb)
    return EditPipeline(
        work=work,
        sources=Sources(
            stored=ObjectReader(s3=s3, max_bytes=env.max_image_bytes),
            photos=PhotoOwners(dynamodb=dynamodb, table=env.photos_table),
            fetch=fetch_by(env),
            originals_bucket=env.originals_bucket,
            renditions_bucket=env.renditions_bucket,
            results_bucket=env.results_bucket,
            cdn_host=env.cdn_host,
            signed=signed_prefixes(env),
            sessions=work.reader,
        ),
        editor=editor or ImagingEditor(),
        results=ResultStore(objects=ResultObjects(s3=s3, bucket=env.results_bucket), cdn_host=env.cdn_host),
        limits=EditLimits(
            max_dimension_px=env.max_dimension_px,
            max_megapixels=env.max_megapixels,
            default_quality=env.default_quality,
        ),
    )


def signed_prefixes(env: EditEnv) -> frozenset[str]:
    """Return the prefixes whose pictures need a signed cookie or URL."""
    return frozenset(
        prefix for prefix, signed in ((RENDITIONS, env.signed_renditions), (RESULTS, env.signed_edits)) if signed
    )


def session_check(env: EditEnv) -> Callable[[SessionCheck], Checked]:
    """Return a function that checks sessions; its clients are made at the first check, not at start-up."""

    @cache
    def checker() -> SessionChecker:
        session = Session()
        queue = Queue(sqs=sqs_client(session), url=env.jobs_queue_url)
        return SessionChecker(work=session_work(env, patient_dynamodb_client(session)), jobs=Jobs(queue=queue))

    return lambda check: checker().check(check)


def session_work(env: EditEnv, dynamodb: DynamoDBClient) -> SessionWork:
    """Make the writer of sessions."""
    return SessionWork(
        reader=SessionReader(dynamodb=dynamodb, table=env.sessions_table),
        changes=SessionChanges(dynamodb=dynamodb, table=env.sessions_table),
    )


def job_visibility(env: EditEnv, session: Session) -> MessageVisibility:
    """Make the writer of visibility timeouts of jobs.

    Its client is made at once: the heartbeat of the first job needs it, in a thread of its own.
    """
    sqs = sqs_client(session)
    return MessageVisibility(client=lambda: sqs, url=env.jobs_queue_url)


def fetch_by(env: EditEnv) -> Fetch:
    """Return a download function that applies the rules of *env*."""

    def fetch_now(url: str) -> Source:
        from processor.fetch.download import fetch  # noqa: PLC0415 - an HTTP client is needed only for foreign pictures
        from processor.fetch.rules import FetchRules  # noqa: PLC0415

        return fetch(url, FetchRules(max_bytes=env.max_image_bytes, allowed_hosts=env.allowed_source_hosts))

    return fetch_now
