"""Invalidate cached files of the CloudFront distribution, and queue the tags to invalidate."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from processor.aws.faults import aws_call

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_sqs import SQSClient

# So many photos of one gallery in a batch are invalidated as the gallery: CloudFront bills each tag beyond 1,000 a
# month, and the gallery's other photos are fetched from S3 once more.
WHOLE_GALLERY: Final = 10


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


def tags_of(purges: Sequence[str]) -> list[str]:
    """Choose the tags to invalidate: each photo's own, or its gallery's where many of a gallery go."""
    galleries: dict[str, set[str]] = defaultdict(set)
    for purge in purges:
        photo, gallery = purge.split(",")
        galleries[gallery].add(photo)
    return sorted(
        tag for gallery, photos in galleries.items() for tag in ([gallery] if len(photos) >= WHOLE_GALLERY else photos)
    )
