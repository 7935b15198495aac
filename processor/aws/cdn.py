"""Invalidate cached files of the CloudFront distribution, and queue the tags to invalidate."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from processor.aws.faults import aws_call

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, kw_only=True, slots=True)
class CdnCache:
    """Invalidates files of one distribution; none without *distribution_id*. *client()* is called when needed."""

    client: Callable[[], CloudFrontClient]
    distribution_id: str | None

    def forget(self, tags: Sequence[str], *, reference: str) -> None:
        """Invalidate every file with one of the cache *tags*; CloudFront ignores a repeated *reference*."""
        if self.distribution_id is None or not tags:
            return
        with aws_call(f"cloudfront:CreateInvalidation {self.distribution_id} #{' #'.join(tags)}"):
            self.client().create_invalidation(
                DistributionId=self.distribution_id,
                InvalidationBatch={
                    # An item that begins with "#" is a cache tag, not a path.
                    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-by-tags.html
                    "Paths": {"Quantity": len(tags), "Items": [f"#{tag}" for tag in tags]},
                    "CallerReference": reference,
                },
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class PurgeQueue:
    """Queues photos whose cached files must go; nothing without *url*. *client()* is called when needed.

    The queue collects them for some seconds, so that many deletions are one invalidation (handlers/purges.py).
    """

    client: Callable[[], SQSClient]
    url: str | None

    def send(self, cache_tags: str) -> None:
        """Queue the photo with these *cache_tags*, as its renditions have them."""
        if self.url is None:
            return
        with aws_call(f"sqs:SendMessage {self.url}"):
            self.client().send_message(QueueUrl=self.url, MessageBody=json.dumps({"purge": cache_tags}))
