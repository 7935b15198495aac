"""List the resources and properties that the emulator lacks, or stores without effect, each with the reason.

``NOT_EMULATED`` is never sent to the emulator. ``STORED_ONLY`` is sent, and the emulator returns it, but it has no
effect. Everything else is sent and in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

EVERYTHING: Final = "*"

Reasons = Mapping[str, Mapping[str, str]]

NOT_EMULATED: Final[Reasons] = {
    "aws:cloudwatch/queryDefinition:QueryDefinition": {EVERYTHING: "the emulator saves no Logs Insights queries"},
    # It mistakes the call for CreateBucket, and reports success.
    "aws:s3/bucketMetric:BucketMetric": {EVERYTHING: "the emulator counts no requests"},
    "aws:s3/bucket:Bucket": {"forceDestroy": "nothing is destroyed here: a run's folder is thrown away as a whole"},
}

STORED_ONLY: Final[Reasons] = {
    "aws:budgets/budget:Budget": {EVERYTHING: "nothing costs anything here, so no budget is ever exceeded"},
    "aws:cloudfront/monitoringSubscription:MonitoringSubscription": {EVERYTHING: "the emulator's CDN counts nothing"},
    "aws:cloudfront/distribution:Distribution": {
        "cacheTagConfig": "the emulator's CDN caches nothing, so there is nothing to invalidate",
        "compress": "the emulator's CDN compresses nothing",
        "priceClass": "there are no edge locations",
    },
    "aws:cloudwatch/eventApiDestination:EventApiDestination": {
        "invocationRateLimitPerSecond": "the emulator posts as soon as it can"
    },
    "aws:cloudwatch/logDelivery:LogDelivery": {EVERYTHING: "the emulator's CDN writes no access logs"},
    "aws:dynamodb/table:Table": {
        "onDemandThroughput": "the emulator never throttles",
        "pointInTimeRecovery": "the emulator keeps no backups by itself",
    },
    "aws:lambda/function:Function": {
        "architectures": "functions run on this machine's processor",
        "layers": "functions import from this project's environment",
        "runtime": "functions run on this project's Python",
        "tracingConfig": "there is no X-Ray",
    },
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
        EVERYTHING: "days do not pass in a run, and the emulator deletes nothing by age"
    },
}


def is_not_emulated(kind: str) -> bool:
    """Return whether resources of the type *kind* are never sent."""
    return EVERYTHING in NOT_EMULATED.get(kind, {})
