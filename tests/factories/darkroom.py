"""A whole rendition line over moto, and a renderer that takes no time."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import Any, Literal, cast

from botocore.session import Session
from PIL import Image

from processor.aws.attributes import from_item, to_item
from processor.aws.cdn import CdnCache, PurgeQueue
from processor.aws.clients import cloudfront_client, dynamodb_client, s3_client
from processor.aws.galleries import Galleries
from processor.aws.originals import Originals
from processor.aws.originals_table import OriginalsTable
from processor.aws.photos import PhotoRecords
from processor.aws.renditions import RenditionObjects
from processor.budget import Budget
from processor.errors import PhotoError, Verdict
from processor.events import ObjectChange, ObjectEvent
from processor.imaging.model import CameraFacts, EmbeddedFacts, Rendering, RenderInputs, Rendition
from processor.recipe import DEFAULT_PROFILE, Recipe
from processor.source import Source
from processor.upload.assembly import UploadStores, assembled
from processor.upload.outcome import UploadOutcome
from processor.upload.pipeline import UploadPipeline
from processor.upload.recipes import Profiles
from testkit.events import ORIGINALS
from testkit.memory_stores import native_receipt
from tests.factories.faster_moto import mock_aws
from tests.factories.stores import Wire

RENDITIONS = "darkroom-renditions"
TABLE = "darkroom-photos"
ITEMS = "darkroom-originals"
CDN_HOST = "cdn.example.com"
AMPLE = Budget(seconds_left=lambda: 300.0, memory_mib=3008)


@dataclass
class QuickRenderer:
    """Renders any bytes to small squares of a colour that the bytes decide; what begins with *broken* is corrupt."""

    meanwhile: Callable[[], object] | None = None
    broken: bytes = b"broken"
    rendered: list[str] = field(default_factory=list[str])
    inputs: list[RenderInputs] = field(default_factory=list[RenderInputs])

    def render(
        self, source: Source, recipe: Recipe, *, file_name: str, inputs: RenderInputs, seconds_left: float | None = None
    ) -> Rendering:
        """Do what happens *meanwhile*, once, then make the squares."""
        self.inputs.append(inputs)
        happening, self.meanwhile = self.meanwhile, None
        if happening:
            happening()
        self.rendered.append(file_name)
        if bytes(source.view).startswith(self.broken):
            raise PhotoError(Verdict.CORRUPT, "The photo is damaged.")
        return rendering(recipe, bytes.fromhex(source.sha256[:6]))


def rendering(recipe: Recipe, colour: bytes) -> Rendering:
    """Make one square per size and format of *recipe*."""
    return Rendering(
        format="jpeg",
        width=6000,
        height=4000,
        renditions=tuple(
            Rendition(size=size, format=output, width=8, height=8, data=square(colour, output))
            for size in recipe.sizes
            for output in recipe.formats_of(size)
        ),
        camera=CameraFacts(make="Nikon", model="D750", exposure_s=0.005),
        taken_at="2025-06-14T15:02:11",
        embedded=EmbeddedFacts(title="First dance", keywords=("wedding", "dance"), rating=5),
        placeholder="2fcNDwoXyHeIh3eIg3d3eHBnCA==",
        dominant_color=f"#{colour.hex()}",
        receipt=native_receipt(recipe),
    )


def square(colour: bytes, output: str) -> bytes:
    """Encode 8 × 8 px of *colour*."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), tuple(colour)).save(file, format=output)
    return file.getvalue()


@dataclass
class Clock:
    """Each look at it is a second later."""

    time: datetime = datetime(2025, 11, 21, 15, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        self.time += timedelta(seconds=1)
        return self.time


@dataclass
class PurgeLog:
    """Stands for the purge queue."""

    purged: list[str]

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803 - botocore's names
        """Take a photo's cache tags."""
        assert "purges" == QueueUrl
        self.purged.append(json.loads(MessageBody)["purge"])


@dataclass
class Darkroom:
    """The line with its stores, and short ways to look at them.

    *purged*: cache tags of photos that were queued for invalidation. *later*: s by which the clock of leases is ahead.
    *versions*: ids of what was put and deleted, in order.
    """

    s3: Wire
    dynamodb: Wire
    cloudfront: Wire
    renderer: QuickRenderer
    line: UploadPipeline
    purged: list[str]
    later: list[float]
    versions: list[str] = field(default_factory=list[str])

    @cached_property
    def cdn(self) -> CdnCache:
        """Make a distribution over the renditions, for the tests that look at one: that takes as long as the stores."""
        made = create_distribution(self.cloudfront.client)
        return CdnCache(client=lambda: cast("Any", self.cloudfront), distribution_id=made)

    def upload(self, key: str, content: bytes = b"a photo", **more: Any) -> ObjectEvent:
        """Put an original, and give the event that S3 would send."""
        answer = self.s3.client.put_object(Bucket=ORIGINALS, Key=key, Body=content)
        self.versions.append(answer.get("VersionId") or answer["ETag"].strip('"'))
        return ObjectEvent(change=ObjectChange.CREATED, bucket=ORIGINALS, key=key, **more)

    def removal(self, key: str, *, version_id: str | None = None) -> ObjectEvent:
        """Delete an original, or one version of it, and give the event that S3 would send."""
        more = {"VersionId": version_id} if version_id else {}
        answer = self.s3.client.delete_object(Bucket=ORIGINALS, Key=key, **more)
        self.versions.append(answer.get("VersionId", ""))
        return ObjectEvent(change=ObjectChange.REMOVED, bucket=ORIGINALS, key=key)

    def lapse(self) -> None:
        """Let time pass until every lease that was not released has ended."""
        self.later[0] += 1000.0

    def process(self, event: ObjectEvent, budget: Budget = AMPLE) -> UploadOutcome:
        """Apply an event."""
        return self.line.process(event, budget)

    def record(self, photo_id: str) -> dict[str, Any] | None:
        """Read a photo record."""
        item = self.dynamodb.client.get_item(TableName=TABLE, Key={"id": {"S": photo_id}}).get("Item")
        return from_item(item) if item else None

    def items(self) -> dict[str, dict[str, Any]]:
        """Read the whole originals table, by key; claims of stems by their path."""
        found = self.dynamodb.client.scan(TableName=ITEMS)["Items"]
        plain = [from_item(one) for one in found]
        return {one["id"] if one["key"] == "stem/" else one["key"]: one for one in plain}

    def put_record(self, **fields: Any) -> None:
        """Write a whole photo record, as the backend does."""
        item = to_item(fields)
        self.dynamodb.client.put_item(TableName=TABLE, Item=item)

    def kept(self) -> dict[str, tuple[bytes, dict[str, str]]]:
        """Return all objects of the renditions bucket with their metadata."""
        listed = self.s3.client.list_objects_v2(Bucket=RENDITIONS).get("Contents", [])
        answers = {one["Key"]: self.s3.client.get_object(Bucket=RENDITIONS, Key=one["Key"]) for one in listed}
        return {key: (answer["Body"].read(), answer["Metadata"]) for key, answer in answers.items()}

    def state(self) -> tuple[Any, Any, Any]:
        """Return everything that events may change."""
        records = self.dynamodb.client.scan(TableName=TABLE)["Items"]
        return self.kept(), (records, self.items()), len(self.purged)


@cache
def session() -> Session:
    """Read the service models once for all tests."""
    made = Session()
    made.set_config_variable("region", "us-east-1")
    made.set_credentials("testing", "testing")
    return made


@cache
def shared(make: Callable[[Session], Any]) -> Any:
    """Make a client once for all tests: that takes longer than most of their requests."""
    return make(session())


@contextmanager
def open_darkroom(
    *,
    versioned: bool = True,
    missing_record: Literal["create", "require"] = "create",
    recipe: Recipe | None = None,
) -> Generator[Darkroom]:
    """Set up empty stores and a line over them."""
    with mock_aws():
        s3, dynamodb, cloudfront = (Wire(shared(make)) for make in (s3_client, dynamodb_client, cloudfront_client))
        create_stores(s3.client, dynamodb.client, versioned=versioned)
        renderer, later, purged = QuickRenderer(), [0.0], list[str]()
        originals = Originals(s3=cast("Any", s3), bucket=ORIGINALS)
        renditions = RenditionObjects(s3=cast("Any", s3), bucket=RENDITIONS)
        table = OriginalsTable(dynamodb=cast("Any", dynamodb), table=ITEMS, now=lambda: time.time() + later[0])
        stores = UploadStores(
            originals=originals,
            table=table,
            galleries=Galleries(dynamodb=cast("Any", dynamodb), table=ITEMS),
            renditions=renditions,
            purges=PurgeQueue(client=lambda: cast("Any", PurgeLog(purged)), url="purges"),
            photos=PhotoRecords(dynamodb=cast("Any", dynamodb), table=TABLE),
        )
        line = assembled(
            stores,
            renderer,
            recipes={DEFAULT_PROFILE: recipe or Recipe()},
            missing_record=missing_record,
            cdn_host=CDN_HOST,
            now=Clock(),
        )
        yield Darkroom(
            s3=s3,
            dynamodb=dynamodb,
            cloudfront=cloudfront,
            renderer=renderer,
            line=line,
            purged=purged,
            later=later,
        )


def with_recipe(line: UploadPipeline, recipe: Recipe, profiles: Mapping[str, Recipe] | None = None) -> UploadPipeline:
    """Return the line of a release with another recipe."""
    recipes = replace(line.converger.recipes, profiles=Profiles.of({DEFAULT_PROFILE: recipe, **(profiles or {})}))
    return replace(line, converger=replace(line.converger, recipes=recipes))


def create_stores(s3: Any, dynamodb: Any, *, versioned: bool) -> None:
    """Make the buckets and the tables."""
    for bucket in (ORIGINALS, RENDITIONS):
        s3.create_bucket(Bucket=bucket)
    if versioned:
        s3.put_bucket_versioning(Bucket=ORIGINALS, VersioningConfiguration={"Status": "Enabled"})
    dynamodb.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    dynamodb.create_table(
        TableName=ITEMS,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "key", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("id", "key")],
    )


def create_distribution(cloudfront: Any) -> str:
    """Make a CDN over the renditions bucket, and give its id."""
    origin = {
        "Id": "renditions",
        "DomainName": f"{RENDITIONS}.s3.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    answer = cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": "darkroom",
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {"TargetOriginId": "renditions", "ViewerProtocolPolicy": "redirect-to-https"},
        }
    )
    return answer["Distribution"]["Id"]
