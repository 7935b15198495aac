"""Build one run of the reconciler from the function's settings and AWS clients."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from processor.aws.cdn import CdnCache
from processor.aws.objects import BucketListing, Listed
from processor.aws.originals import Originals
from processor.aws.originals_table import StemClaims
from processor.aws.photo_scans import (
    OriginalBatches,
    PhotoBatches,
    TableReader,
    TableScan,
    rendered,
    unsettled,
)
from processor.aws.queues import Queue
from processor.aws.renditions import RenditionObjects
from processor.ops.reconcile.orphans import OrphanWalk
from processor.ops.reconcile.requeue import QUEUE_IS_BEHIND, Observer, RequeueList
from processor.ops.reconcile.run import Reconciler
from processor.ops.reconcile.state import ReconcilerState
from processor.ops.reconcile.walks import ItemWalk, OriginalWalk, RecordWalk, ShownWalk
from processor.settings.functions import ReconcileEnv

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

THREADS: Final = 16  # as many as a client has connections


@dataclass(frozen=True, kw_only=True, slots=True)
class ReconciledStores:
    """The stores that runs compare. *now()*: s since the epoch. *rehearsal*: nothing is sent or removed."""

    env: ReconcileEnv
    s3: S3Client
    dynamodb: DynamoDBClient
    sqs: SQSClient
    cloudfront: Callable[[], CloudFrontClient]
    now: Callable[[], float] = time.time
    rehearsal: bool = False

    def reconciler(self, state: ReconcilerState, threads: ThreadPoolExecutor, observer: Observer) -> Reconciler:
        """Build one run, which begins with *state*."""
        env = self.env
        lane = Queue(sqs=self.sqs, url=env.uploads_queue_url)
        requeue = RequeueList(
            queue=lane,
            originals_bucket=env.originals_bucket,
            now=self.now,
            sent=state.recent(self.now()),
            busy=not self.rehearsal and lane.waiting() > QUEUE_IS_BEHIND,
            observer=observer,
            rehearsal=self.rehearsal,
        )
        listing, looked = self.listing(env.originals_bucket), Originals(s3=self.s3, bucket=env.originals_bucket)
        records, items = self.scan(env.photos_table, "id"), OriginalBatches(reader=self.reader(env.originals_table))
        return Reconciler(
            state=state,
            records=RecordWalk(
                pending=unsettled(records), originals=listing, requeue=requeue, settled=self.settled, threads=threads
            ),
            shown=ShownWalk(
                rendered=rendered(records), items=items, originals=looked, requeue=requeue, threads=threads
            ),
            originals=OriginalWalk(
                originals=listing,
                items=items,
                photos=PhotoBatches(reader=self.reader(env.photos_table)),
                renditions=self.listing(env.renditions_bucket),
                requeue=requeue,
                settled=self.settled,
                missing_record=env.missing_record,
                cdn_host=env.cdn_host,
                signed=bool(env.signed_renditions),
            ),
            items=ItemWalk(
                scan=self.scan(env.originals_table, "id", "key"),
                originals=looked,
                requeue=requeue,
                now=self.now,
                threads=threads,
            ),
            renditions=OrphanWalk(
                listing=self.listing(env.renditions_bucket),
                originals=listing,
                items=items,
                table=StemClaims(dynamodb=self.dynamodb, table=env.originals_table, now=self.now),
                files=RenditionObjects(s3=self.s3, bucket=env.renditions_bucket),
                cdn=CdnCache(client=self.cloudfront, distribution_id=env.distribution_id),
                requeue=requeue,
                settled=self.settled,
            ),
            requeue=requeue,
            now=self.now,
        )

    def settled(self, listed: Listed) -> bool:
        """Return whether *listed* is older than stuck_after_s, so that its processing should have ended."""
        return self.now() - listed.modified.timestamp() >= self.env.stuck_after_s

    def listing(self, bucket: str) -> BucketListing:
        """List a bucket."""
        return BucketListing(s3=self.s3, bucket=bucket)

    def reader(self, table: str) -> TableReader:
        """Read a table."""
        return TableReader(dynamodb=self.dynamodb, table=table)

    def scan(self, table: str, *keys: str) -> TableScan:
        """Scan a table."""
        return TableScan(dynamodb=self.dynamodb, table=table, keys=keys)
