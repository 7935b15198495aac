"""Build the reconciler from the function's settings; log and count each run."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from processor.aws.clients import Session, dynamodb_client, s3_client, sqs_client
from processor.aws.manifests import ManifestReader, UnreadableManifest
from processor.aws.objects import BucketListing, Listed, StateObject
from processor.aws.originals import Originals
from processor.aws.photo_scans import PendingRecords
from processor.aws.photos import PhotoRecords
from processor.aws.queues import Queue
from processor.budget import Budget
from processor.ops.reconcile.repairs import Remedy, Repairs
from processor.ops.reconcile.requeue import RequeueList
from processor.ops.reconcile.run import Reconciler, ReconcilerReport
from processor.ops.reconcile.state import ReconcilerState
from processor.ops.reconcile.walks import ManifestWalk, OrphanWalk, RecordWalk
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
        env = self.env
        originals = BucketListing(s3=self.s3, bucket=env.originals_bucket)
        renditions = BucketListing(s3=self.s3, bucket=env.renditions_bucket)
        manifests = ManifestReader(s3=self.s3, bucket=env.renditions_bucket)
        photos = PhotoRecords(dynamodb=self.dynamodb, table=env.photos_table)
        queue = Queue(sqs=self.sqs, url=env.uploads_queue_url)
        requeue = RequeueList.resumed(state.sent, queue=queue, originals_bucket=env.originals_bucket, now=self.now)
        repairs = Repairs(
            photos=photos,
            originals=Originals(s3=self.s3, bucket=env.originals_bucket),
            requeue=requeue,
            missing_record=env.missing_record,
            cdn_host=env.cdn_host,
            on_remedy=self.report_remedy,
        )
        return Reconciler(
            state=state,
            records=RecordWalk(
                pending=PendingRecords(dynamodb=self.dynamodb, table=env.photos_table),
                photos=photos,
                originals=originals,
                renditions=renditions,
                reader=manifests,
                repairs=repairs,
                settled=self.settled,
                threads=threads,
            ),
            manifests=ManifestWalk(
                manifests=renditions,
                originals=originals,
                renditions=renditions,
                reader=manifests,
                photos=photos,
                repairs=repairs,
                settled=self.settled,
                on_unreadable=self.report_unreadable,
                threads=threads,
            ),
            renditions=OrphanWalk(renditions=renditions, manifests=renditions, settled=self.settled),
            requeue=requeue,
            now=self.now,
        )

    def settled(self, listed: Listed) -> bool:
        """Return whether *listed* is older than stuck_after_s, so that its processing should have ended."""
        return self.now() - listed.modified.timestamp() >= self.env.stuck_after_s

    def report_remedy(self, remedy: Remedy, key: str) -> None:
        """Log and count one repair."""
        if remedy is Remedy.RECORD:
            self.telemetry.warning("record repaired", key=key)
            self.telemetry.count({"RecordsRepaired": one()})
        else:
            self.telemetry.warning("photo sent again", key=key)
            self.telemetry.count({"PhotosSentAgain": one()})

    def report_unreadable(self, error: UnreadableManifest) -> None:
        """Log a manifest that a person has to look into."""
        self.telemetry.defect("manifest unreadable", error, code=error.code)

    def publish(self, report: ReconcilerReport) -> None:
        """Log and count the run. Every run publishes StuckPhotos: the alarm fires when it is missing."""
        self.telemetry.info("reconciled", **asdict(report))
        self.telemetry.count({"StuckPhotos": one(report.stuck), "OrphanRenditions": one(report.orphans)})
