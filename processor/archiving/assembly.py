"""Build the archive pipeline from the edit worker's settings."""

from __future__ import annotations

from functools import cache

from processor.archiving.pipeline import ArchivePipeline
from processor.archiving.selection import Selection
from processor.aws.archive_files import ArchiveFiles
from processor.aws.archives import ArchiveWork
from processor.aws.clients import Session, patient_dynamodb_client, s3_client, sqs_client
from processor.aws.objects import BucketListing, ObjectStreams
from processor.aws.photo_scans import PhotoBatches, TableReader
from processor.aws.queues import Queue
from processor.budget import Budget
from processor.editing.reports import MakesArchive
from processor.edits.archive import ArchiveEnding, ArchiveOutcome
from processor.edits.job import ArchiveJob
from processor.settings.functions import EditEnv


def archive_maker(env: EditEnv) -> MakesArchive:
    """Return a function that makes archives; its clients are made at the first one, not at start-up."""

    @cache
    def pipeline(days: int) -> ArchivePipeline:
        return archive_pipeline(env, Session(), days)

    def make(job: ArchiveJob, budget: Budget, *, attempts: int = 1) -> ArchiveOutcome:
        if env.archive_days is None:
            # Turned off while it was made: the API knows no archive any more.
            return ArchiveOutcome(ending=ArchiveEnding.SETTLED)
        return pipeline(env.archive_days).process(job, budget, attempts=attempts)

    return make


def archive_pipeline(env: EditEnv, session: Session, days: int) -> ArchivePipeline:
    """Make the pipeline and its AWS clients. *days*: how long a file is kept."""
    s3, dynamodb = s3_client(session), patient_dynamodb_client(session)
    return ArchivePipeline(
        archives=ArchiveWork(dynamodb=dynamodb, table=env.sessions_table),
        files=ArchiveFiles(s3=s3, bucket=env.results_bucket),
        selection=Selection(
            originals=BucketListing(s3=s3, bucket=env.originals_bucket),
            records=PhotoBatches(reader=TableReader(dynamodb=dynamodb, table=env.photos_table)),
            renditions_bucket=env.renditions_bucket,
        ),
        streams=lambda bucket: ObjectStreams(s3=s3, bucket=bucket),
        queue=Queue(sqs=sqs_client(session), url=env.jobs_queue_url),
        days=days,
    )
