"""Edit sessions over moto: the sessions table, the jobs queue, the buckets, and an editor that takes no time."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from processor.aws.attributes import from_item
from processor.aws.clients import dynamodb_client, s3_client
from processor.aws.item_changes import SessionChanges
from processor.aws.objects import ObjectReader
from processor.aws.photos import PhotoOwners
from processor.aws.results import ResultObjects
from processor.aws.session_reading import SessionReader
from processor.aws.session_work import SessionWork
from processor.aws.sessions import Sessions, expiry, new_session_id
from processor.aws.stream_places import StreamPlaces
from processor.aws.user_limits import IdempotencyKeys, UserLimits
from processor.budget import Budget
from processor.editing.outcome import EditOutcome
from processor.editing.pipeline import EditPipeline
from processor.editing.results import ResultStore
from processor.editing.sources import Sources
from processor.edits.job import ImageJob
from processor.edits.operations.size import Resize
from processor.edits.options import EditOptions
from processor.edits.plan import Plan
from processor.edits.session import Counters, EditResult, ImageProgress, ResultMetadata, Session, SessionImage
from processor.edits.session import SessionStatus as Status
from processor.errors import EditCode, EditError, PhotoError, Verdict
from processor.imaging.edit_model import DECODING, ENCODING, Edited, EditLimits, OnStep, OutputWish
from processor.source import Source
from tests.factories.darkroom import AMPLE, CDN_HOST, ORIGINALS, RENDITIONS, TABLE, create_stores, shared
from tests.factories.faster_moto import mock_aws
from tests.factories.stores import Wire

SESSIONS = "darkroom-sessions"
RESULTS = "darkroom-results"
USER = "user-1"
NOW_MS = 2_000_000_000_000  # in 2033: what is tested here never expires by itself
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
PLAN = Plan(steps=(Resize(width=8),))


@dataclass
class Ticking:
    """A clock in ms; each look at it is a tenth of a second later."""

    ms: int = NOW_MS

    def __call__(self) -> int:
        """Return the time."""
        self.ms += 100
        return self.ms

    def seconds(self) -> float:
        """Return the time in s, which goes on by itself."""
        return self() / 1000

    def back_to_the_hour(self) -> None:
        """Begin the hour anew; a test then stays in it, as requests are counted by the minute and by the hour."""
        self.ms -= self.ms % HOUR_MS


@dataclass
class SessionStore:
    """The sessions table, and everything that stands before it."""

    dynamodb: Wire
    clock: Ticking = field(default_factory=Ticking)

    @property
    def sessions(self) -> Sessions:
        """Use the table as the API does."""
        return Sessions(dynamodb=cast("Any", self.dynamodb), table=SESSIONS, now_ms=self.clock)

    @property
    def work(self) -> SessionWork:
        """Use the table as the worker does."""
        where: dict[str, Any] = {"dynamodb": self.dynamodb, "table": SESSIONS}
        return SessionWork(reader=SessionReader(**where), changes=SessionChanges(**where), now_ms=self.clock)

    @property
    def limits(self) -> UserLimits:
        """Count requests and running sessions."""
        return UserLimits(dynamodb=cast("Any", self.dynamodb), table=SESSIONS, now_s=self.clock.seconds)

    @property
    def stream_places(self) -> StreamPlaces:
        """Limit open streams: 12 of a user, 10 of a session, for an hour, which the ticking clock never reaches."""
        return StreamPlaces(
            dynamodb=cast("Any", self.dynamodb),
            table=SESSIONS,
            per_user=12,
            per_session=10,
            lifetime_s=3600,
            now_s=self.clock.seconds,
        )

    @property
    def keys(self) -> IdempotencyKeys:
        """Remember idempotency keys."""
        return IdempotencyKeys(dynamodb=cast("Any", self.dynamodb), table=SESSIONS, now_s=self.clock.seconds)

    def start(self, *images: SessionImage | str, **more: Any) -> Session:
        """Store a session of *images*, or of pictures with these ids."""
        session = a_session(*images, created_at=self.clock(), **more)
        assert self.sessions.create(session)
        return session

    def item(self, key: str) -> dict[str, Any] | None:
        """Read an item of the table."""
        found = self.dynamodb.client.get_item(TableName=SESSIONS, Key={"sessionId": {"S": key}}).get("Item")
        return from_item(found) if found else None

    def items(self) -> list[Any]:
        """Read the whole table."""
        return self.dynamodb.client.scan(TableName=SESSIONS)["Items"]

    def read(self, session: Session) -> Session:
        """Read a session again."""
        found = self.sessions.find(session.session_id)
        assert found
        return found


def a_session(*images: SessionImage | str, created_at: int = NOW_MS, **more: Any) -> Session:
    """Make a session without any work done."""
    pictures = tuple(
        one if isinstance(one, SessionImage) else SessionImage(id=one, url=f"https://example.com/{one}.jpg", name=one)
        for one in images or ("a",)
    )
    fields: dict[str, Any] = {
        "session_id": new_session_id(),
        "user_id": USER,
        "status": Status.PENDING,
        "operation": {"type": "command", "command": "resize to 8px"},
        "counters": Counters(total=len(pictures), remaining=len(pictures)),
        "created_at": created_at,
        "updated_at": created_at,
        "completed_at": None,
        "expires_at": expiry(created_at, ttl_h=24),
        "images": pictures,
        "options": EditOptions(),
        "plan": PLAN,
        "progress": {one.id: ImageProgress() for one in pictures},
    }
    return Session(**(fields | more))


def a_result(image_id: str = "a", **more: Any) -> EditResult:
    """Make a result."""
    fields: dict[str, Any] = {
        "id": "gen_1",
        "url": f"https://cdn.example.com/edits/ses_1/{image_id}/{image_id}.jpg",
        "name": f"{image_id}.jpg",
        "tags": ("edited",),
        "format": "jpeg",
        "width": 8,
        "height": 6,
        "size": 631,
        "metadata": ResultMetadata(original_id=image_id, operations=("resize",), processing_time_ms=12),
    }
    return EditResult(**(fields | more))


@contextmanager
def open_sessions() -> Generator[SessionStore]:
    """Set up an empty sessions table."""
    with mock_aws():
        dynamodb = Wire(shared(dynamodb_client))
        create_sessions_table(dynamodb.client)
        yield SessionStore(dynamodb=dynamodb)


def create_sessions_table(dynamodb: Any) -> None:
    """Make the table as the infrastructure declares it."""
    dynamodb.create_table(
        TableName=SESSIONS,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "sessionId", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": "sessionId", "AttributeType": "S"},
            {"AttributeName": "userId", "AttributeType": "S"},
            {"AttributeName": "createdAt", "AttributeType": "N"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "userId-createdAt-index",
                "KeySchema": [
                    {"AttributeName": "userId", "KeyType": "HASH"},
                    {"AttributeName": "createdAt", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )


@dataclass
class QuickEditor:
    """Edits any bytes to a few bytes that the source and the plan decide; ``broken…`` is a corrupt picture.

    *during*: what happens, once, when the part of the work of that index begins; -1 is decoding.
    """

    during: dict[int, Callable[[], object]] = field(default_factory=dict[int, Callable[[], object]])
    parts: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    seen: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    isolated: list[bool] = field(default_factory=list[bool])
    limits: list[EditLimits] = field(default_factory=list[EditLimits])

    def edit(  # noqa: PLR0913 - the real editor's signature
        self,
        source: Source,
        plan: Plan,
        limits: EditLimits,
        *,
        file_name: str,
        assets: Mapping[str, Source],
        output: OutputWish,
        on_step: OnStep,
        seconds_left: float | None = None,
        isolated: bool = False,
    ) -> Edited:
        """Go through all parts of the work, as the real editor does."""
        laid = {reference: bytes(asset.view) for reference, asset in assets.items()}
        self.seen.append({"file_name": file_name, "assets": laid, "output": output, "seconds_left": seconds_left})
        self.isolated.append(isolated)
        self.limits.append(limits)
        steps = tuple(step.op for step in plan.steps)
        for index, name in enumerate((DECODING, *steps, ENCODING), -1):
            happening = self.during.pop(index, None)
            if happening:
                happening()
            on_step(index, name)
            self.parts.append((index, name))
        content = bytes(source.view)
        if content.startswith(b"broken"):
            raise PhotoError(Verdict.CORRUPT, "The photo is damaged.")
        return Edited(
            data=b"edited " + content,
            format="webp",
            extension="webp",
            content_type="image/webp",
            width=8,
            height=6,
            frames=1,
            steps_applied=steps,
            notes=("a note",),
        )


@dataclass
class EditRoom(SessionStore):
    """The edit line with its stores, and short ways to look at them. *web*: what foreign addresses hold.

    *signed*: prefixes of the CDN that need a signature.
    """

    s3: Wire = field(kw_only=True)
    editor: QuickEditor = field(default_factory=QuickEditor)
    web: dict[str, bytes] = field(default_factory=dict[str, bytes])
    fetched: list[str] = field(default_factory=list[str])
    seconds: list[float] = field(default_factory=lambda: [0.0])
    signed: frozenset[str] = frozenset()

    @property
    def sources(self) -> Sources:
        """Resolve references."""
        return Sources(
            stored=ObjectReader(s3=cast("Any", self.s3), max_bytes=1000),
            photos=PhotoOwners(dynamodb=cast("Any", self.dynamodb), table=TABLE),
            fetch=self.fetch,
            originals_bucket=ORIGINALS,
            renditions_bucket=RENDITIONS,
            results_bucket=RESULTS,
            cdn_host=CDN_HOST,
            sessions=self.work.reader,
            signed=self.signed,
        )

    @property
    def line(self) -> EditPipeline:
        """Do jobs."""
        return EditPipeline(
            work=self.work,
            sources=self.sources,
            editor=self.editor,
            results=ResultStore(objects=ResultObjects(s3=cast("Any", self.s3), bucket=RESULTS), cdn_host=CDN_HOST),
            clock=lambda: self.seconds[0],
        )

    def fetch(self, url: str) -> Source:
        """Look an address up instead of asking the internet."""
        self.fetched.append(url)
        if url not in self.web:
            raise EditError(EditCode.SOURCE_FAILED, "source: expected a picture.", public="The host did not answer.")
        return Source.from_bytes(self.web[url])

    def begin(self, *images: SessionImage | str, **more: Any) -> Session:
        """Store a session whose foreign addresses all hold a picture."""
        session = self.start(*images, **more)
        self.web |= {image.url: b"a picture" for image in session.images if image.url not in self.web}
        return session

    def process(self, job: ImageJob, budget: Budget = AMPLE, *, attempts: int = 1) -> EditOutcome:
        """Do a job."""
        return self.line.process(job, budget, attempts=attempts)

    def put(self, bucket: str, key: str, content: bytes = b"a picture") -> None:
        """Put an object."""
        self.s3.client.put_object(Bucket=bucket, Key=key, Body=content)

    def kept(self) -> dict[str, Any]:
        """Return all results with what S3 says of them."""
        listed = self.s3.client.list_objects_v2(Bucket=RESULTS, Prefix="edits/").get("Contents", [])
        return {one["Key"]: self.s3.client.get_object(Bucket=RESULTS, Key=one["Key"]) for one in listed}


@contextmanager
def open_edit_room() -> Generator[EditRoom]:
    """Set up empty stores and a line over them."""
    with mock_aws():
        s3, dynamodb = (Wire(shared(make)) for make in (s3_client, dynamodb_client))
        create_stores(s3.client, dynamodb.client, versioned=True)
        s3.client.create_bucket(Bucket=RESULTS)
        create_sessions_table(dynamodb.client)
        yield EditRoom(dynamodb=dynamodb, s3=s3)
