"""Build the reconciler from the function's settings; log and count each run."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from processor.aws.clients import Session, dynamodb_client, s3_client, sqs_client
from processor.aws.objects import BucketListing, Listed, StateObject
from processor.aws.originals import Originals
from processor.aws.photo_scans import OriginalBatches, PendingRecords, PhotoBatches, TableReader, TableScan
from processor.aws.queues import Queue
from processor.budget import Budget
from processor.ops.reconcile.requeue import RequeueList
from processor.ops.reconcile.run import Reconciler, ReconcilerReport
from processor.ops.reconcile.state import ReconcilerState
from processor.ops.reconcile.walks import ItemWalk, OriginalWalk, OrphanWalk, RecordWalk
from processor.settings.functions import ReconcileEnv
from processor.telemetry import Telemetry, one

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

STATE_KEY: Final = "reconciler/memory.json"
THREADS: Final = 16  # as many as a client has connections


@dataclass(frozen=True, kw_only=True, slots=True)
class Reconciliation:
    """Settings and clients that all runs of a process share. *now()*: s since the epoch."""

    env: ReconcileEnv
    telemetry: Telemetry
    s3: S3Client
    dynamodb: DynamoDBClient
    sqs: SQSClient
    now: Callable[[], float] = time.time

    @classmethod
    def of(cls, env: ReconcileEnv, telemetry: Telemetry) -> Self:
        """Make the AWS clients."""
        session = Session()
        return cls(
            env=env,
            telemetry=telemetry,
            s3=s3_client(session),
            dynamodb=dynamodb_client(session),
            sqs=sqs_client(session),
        )

    def run(self, budget: Budget) -> Mapping[str, Any]:
        """Do one run: read the state of the last run, walk, write the state for the next run."""
        stored = StateObject(s3=self.s3, bucket=self.env.renditions_bucket, key=STATE_KEY)
        found = stored.read()
        with ThreadPoolExecutor(THREADS) as threads:
            reconciler = self.reconciler(ReconcilerState.from_json(found.text), threads)
            try:
                report = reconciler.run(budget)
            finally:
                # Also after a failure: the next run must not requeue the same photos again.
                stored.write(reconciler.state.to_json(), seen=found)
        self.publish(report)
        return asdict(report)

    def reconciler(self, state: ReconcilerState, threads: ThreadPoolExecutor) -> Reconciler:
        """Build one run."""
        env, dynamodb = self.env, self.dynamodb
        originals = BucketListing(s3=self.s3, bucket=env.originals_bucket)
        renditions = BucketListing(s3=self.s3, bucket=env.renditions_bucket)
        items = OriginalBatches(reader=TableReader(dynamodb=dynamodb, table=env.originals_table))
        requeue = RequeueList.resumed(
            state.sent,
            queue=Queue(sqs=self.sqs, url=env.uploads_queue_url),
            originals_bucket=env.originals_bucket,
            now=self.now,
            on_offer=self.report_sent,
        )
        return Reconciler(
            state=state,
            records=RecordWalk(
                pending=PendingRecords(scan=TableScan(dynamodb=dynamodb, table=env.photos_table, keys=("id",))),
                originals=originals,
                requeue=requeue,
                settled=self.settled,
                threads=threads,
            ),
            originals=OriginalWalk(
                originals=originals,
                items=items,
                photos=PhotoBatches(reader=TableReader(dynamodb=dynamodb, table=env.photos_table)),
                renditions=renditions,
                requeue=requeue,
                settled=self.settled,
                missing_record=env.missing_record,
                cdn_host=env.cdn_host,
            ),
            items=ItemWalk(
                scan=TableScan(dynamodb=dynamodb, table=env.originals_table, keys=("id", "key")),
                originals=Originals(s3=self.s3, bucket=env.originals_bucket),
                requeue=requeue,
                now=self.now,
                threads=threads,
            ),
            renditions=OrphanWalk(renditions=renditions, originals=originals, items=items, settled=self.settled),
            requeue=requeue,
            now=self.now,
        )

    def settled(self, listed: Listed) -> bool:
        """Return whether *listed* is older than stuck_after_s, so that its processing should have ended."""
        return self.now() - listed.modified.timestamp() >= self.env.stuck_after_s

    def report_sent(self, key: str) -> None:
        """Log and count a photo that is sent through the lane again."""
        self.telemetry.warning("photo sent again", key=key)
        self.telemetry.count({"PhotosSentAgain": one()})

    def publish(self, report: ReconcilerReport) -> None:
        """Log and count the run. Every run publishes StuckPhotos: the alarm fires when it is missing."""
        self.telemetry.info("reconciled", **asdict(report))
        self.telemetry.count({"StuckPhotos": one(report.stuck), "OrphanRenditions": one(report.orphans)})
