"""The stores that an erasure lists and empties."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from processor.aws.cdn import CdnCache
from processor.aws.item_removal import ItemRemoval
from processor.aws.originals import Originals
from processor.aws.originals_table import OriginalsTable
from processor.aws.photo_scans import OriginalBatches, TableReader, TableScan
from processor.aws.photos import PhotoRecords
from processor.aws.renditions import is_below
from processor.aws.sessions import Sessions
from processor.aws.versions import ObjectVersions, StoredVersion
from processor.keys import ObjectKey, path_of, stem_path
from processor.settings.functions import RenditionEnv
from processor.settings.tree import Settings
from processor.upload.record import PhotoRecordWriter

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

T = TypeVar("T")
# A client has 16 connections.
THREADS: Final = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasedStores:
    """Buckets, tables and the CDN of one stack. *cdn_host*: of the addresses in records and sessions."""

    current: Originals
    originals: ObjectVersions
    renditions: ObjectVersions
    results: ObjectVersions
    table: OriginalsTable
    items: OriginalBatches
    rows: TableScan
    row_removal: ItemRemoval
    photos: PhotoRecords
    records: TableScan
    record_removal: ItemRemoval
    sessions: Sessions
    edits: TableScan
    edit_removal: ItemRemoval
    writer: PhotoRecordWriter
    cdn: CdnCache
    cdn_host: str

    @classmethod
    def of(
        cls,
        settings: Settings,
        env: RenditionEnv,
        *,
        s3: S3Client,
        dynamodb: DynamoDBClient,
        cloudfront: Callable[[], CloudFrontClient],
    ) -> ErasedStores:
        """Open the stores of a stack. *env*: of the deployed rendition function, which knows the CDN."""
        photos = PhotoRecords(dynamodb=dynamodb, table=env.photos_table)
        edits = settings.edits
        return cls(
            current=Originals(s3=s3, bucket=env.originals_bucket),
            originals=ObjectVersions(s3=s3, bucket=env.originals_bucket),
            renditions=ObjectVersions(s3=s3, bucket=env.renditions_bucket),
            results=ObjectVersions(s3=s3, bucket=edits.results_bucket),
            table=OriginalsTable(dynamodb=dynamodb, table=env.originals_table),
            items=OriginalBatches(reader=TableReader(dynamodb=dynamodb, table=env.originals_table)),
            rows=TableScan(dynamodb=dynamodb, table=env.originals_table, keys=("id", "key")),
            row_removal=ItemRemoval(dynamodb=dynamodb, table=env.originals_table),
            photos=photos,
            records=TableScan(dynamodb=dynamodb, table=env.photos_table, keys=("id",)),
            record_removal=ItemRemoval(dynamodb=dynamodb, table=env.photos_table),
            sessions=Sessions(dynamodb=dynamodb, table=edits.sessions_table),
            edits=TableScan(dynamodb=dynamodb, table=edits.sessions_table, keys=("sessionId",)),
            edit_removal=ItemRemoval(dynamodb=dynamodb, table=edits.sessions_table),
            writer=PhotoRecordWriter(photos=photos, missing_record=env.missing_record, cdn_host=env.cdn_host),
            cdn=CdnCache(client=cloudfront, distribution_id=env.distribution_id),
            cdn_host=env.cdn_host,
        )

    def renditions_of(self, key: str) -> list[StoredVersion]:
        """List the renditions of one original, below each stem that it has claimed, with a code or without.

        Below a stem that no original has claimed, those with the cache tag of this original: a release before the
        originals table has made them, or the claim was lost.
        """
        name = ObjectKey(key)
        paths = {stem_path(name.gallery, stem) for stem in name.stem_candidates()}
        there = {
            one
            for path in paths
            for mark in "_-"
            for one in self.renditions.all(f"{path}{mark}")
            if is_below(one.key, path)
        }
        owners = self.items.owners(sorted({path_of(one.key) for one in there}))
        claimed = [one for one in sorted(there) if owners.get(path_of(one.key)) == name.key]
        free = [one for one in there if path_of(one.key) not in owners]
        return [*claimed, *self.tagged(free, name.photo_tag)]

    def tagged(self, files: Iterable[StoredVersion], tag: str) -> Iterator[StoredVersion]:
        """Keep the versions with a cache tag, and the delete markers of their keys."""
        ours: set[str] = set()
        for one in sorted(files, key=lambda one: (one.marker, one)):
            if (not one.marker and tag in self.renditions.tags(one)) or one.key in ours:
                ours.add(one.key)
                yield one


def each(look: Callable[[str], T], names: Iterable[str]) -> list[T]:
    """Call *look* with each name, some at the same time; the first error ends it."""
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(look, sorted(names)))


def pages(scan: TableScan, **filters: object) -> Iterator[dict[str, object]]:
    """Scan a whole table, strongly consistent; yield the items that *filters* let pass."""
    after: str | None = ""
    while after is not None:
        page = scan.page(after, ConsistentRead=True, **filters)
        yield from (dict(one) for one in page.items)
        after = page.last
