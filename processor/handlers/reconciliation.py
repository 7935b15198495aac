"""Run the reconciler with the state of its last run; log and count what it does."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from processor.aws.clients import Session, cloudfront_client, dynamodb_client, s3_client, sqs_client
from processor.aws.objects import StateObject
from processor.budget import Budget
from processor.ops.reconcile.assembly import THREADS, ReconciledStores
from processor.ops.reconcile.run import ReconcilerReport
from processor.ops.reconcile.state import ReconcilerState
from processor.settings.functions import ReconcileEnv
from processor.telemetry import Telemetry, one

STATE_KEY: Final = "reconciler/memory.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reconciliation:
    """Settings and clients that all runs of a process share."""

    stores: ReconciledStores
    telemetry: Telemetry

    @classmethod
    def of(cls, env: ReconcileEnv, telemetry: Telemetry) -> Self:
        """Make the AWS clients."""
        session = Session()
        stores = ReconciledStores(
            env=env,
            s3=s3_client(session),
            dynamodb=dynamodb_client(session),
            sqs=sqs_client(session),
            cloudfront=lambda: cloudfront_client(session),
        )
        return cls(stores=stores, telemetry=telemetry)

    def run(self, budget: Budget) -> Mapping[str, Any]:
        """Do one run: read the state of the last run, walk, write the state for the next run.

        Raise the error of a walk that could not go on after the others have done their work.
        """
        stored = StateObject(s3=self.stores.s3, bucket=self.stores.env.renditions_bucket, key=STATE_KEY)
        found = stored.read()
        with ThreadPoolExecutor(THREADS) as threads:
            reconciler = self.stores.reconciler(ReconcilerState.from_json(found.text), threads, self)
            try:
                report = reconciler.run(budget)
                self.publish(report)
            finally:
                # Also after a failure: the next run must not requeue the same photos again.
                stored.write(reconciler.state.to_json(), seen=found)
        for name, error in reconciler.errors.items():
            self.failed(f"walk {name}", str(error))
        if reconciler.errors:
            raise next(iter(reconciler.errors.values()))
        return asdict(report)

    def sent(self, key: str) -> None:
        """Log and count a photo that is sent through the lane again."""
        self.telemetry.warning("photo sent again", key=key)
        self.telemetry.count({"PhotosSentAgain": one()})

    def removed(self, key: str) -> None:
        """Log a rendition that is removed."""
        self.telemetry.warning("orphan removed", key=key)

    def failed(self, name: str, reason: str) -> None:
        """Log what could not be checked."""
        self.telemetry.warning("not checked", key=name, reason=reason)

    def publish(self, report: ReconcilerReport) -> None:
        """Log and count the run. Every run publishes StuckPhotos: the alarm fires when it is missing."""
        self.telemetry.info("reconciled", **asdict(report))
        figures = {
            "StuckPhotos": report.stuck,
            "OrphanRenditions": report.orphans,
            "UnrepairedPhotos": report.unrepaired,
        }
        self.telemetry.count({name: one(figure) for name, figure in figures.items()})
