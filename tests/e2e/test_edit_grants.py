"""The roles of the edit worker and of the edit API can do what they need, and need what they can do."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from local.run.aws import Aws
from processor.aws.archives import Archives, ArchiveWork
from processor.aws.secrets import ParameterStore
from processor.aws.sessions import Sessions, expiry, new_session_id
from processor.edits.archive import ORIGINALS, Archive, ArchiveId, ArchiveOrder, ArchiveStatus
from processor.edits.command import compile_command
from processor.edits.job import ArchiveJob, ImageJob
from processor.edits.names import result_key, slot_key
from processor.edits.options import EditOptions
from processor.edits.session import Counters, ImageProgress, Session, SessionImage, SessionStatus
from processor.errors import StoreUnavailable
from testkit.embedded_stack import LocalStack
from testkit.photos import jpeg, scene
from testkit.role_grants import Failed, Flow, Role, invoke
from testkit.simulated_user import COMMAND, SimulatedUser, put_into, request

WORKER, API = "darkroom-local-edit", "darkroom-local-edit-api"
USER = "grants"
SESSIONS = "darkroom-local-sessions"
LAST_DELIVERY = 5
DENIED = {httpx.codes.FORBIDDEN, httpx.codes.SERVICE_UNAVAILABLE}
DATA = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
SECRETS = ("DARKROOM_TICKET_KEY_PARAMETER", "DARKROOM_ORIGIN_SECRET_PARAMETER")


def picture() -> bytes:
    """Draw a small JPEG."""
    return jpeg.jpeg(scene.scene(320, 240))


def edit_every_source(stack: LocalStack, name: str) -> None:
    """Do the jobs of a session by hand: every kind of source, each also where nothing is there, and a last delivery."""
    there, missing = sources(stack, name, "there"), sources(stack, name, "missing")
    put_sources(stack, name)
    images = {
        f"{kind}-{at}": url for kind, urls in (("there", there), ("missing", missing)) for at, url in urls.items()
    }
    session = stored_session(stack, {**images, "given-up": there["slot"]})
    records = [message(session, one, 1) for one in images]

    left = invoke(stack, WORKER, {"Records": records})["batchItemFailures"]
    given_up = invoke(stack, WORKER, {"Records": [message(session, "given-up", LAST_DELIVERY)]})["batchItemFailures"]
    after = table(stack).get(session.session_id, user_id=USER)

    if left or "given-up" not in after.errors:
        raise Failed(f"left to the queue: {left}; errors: {dict(after.errors)}")
    assert len(given_up) == 1, "and it goes to the dead letters all the same"
    assert {f"there-{at}" for at in there} == set(after.results)
    assert dict.fromkeys([f"missing-{at}" for at in missing], "SOURCE_FAILED") == {
        image: error.code for image, error in after.errors.items() if image != "given-up"
    }


def sources(stack: LocalStack, name: str, kind: str) -> dict[str, str]:
    """Write a reference to each place that sources are in, below a *name* of its own."""
    cdn = stack.known["cdn"]
    return {
        "slot": f"upload://{name}-{kind}-0123456789",
        "photo": f"photo://{name}/{kind}.jpg",
        "rendition": f"{cdn}/renditions/{name}/{kind}_small.jpg",
        "result": f"{cdn}/{result_key(name, kind, 'picture', 'jpg')}",
    }


def put_sources(stack: LocalStack, name: str) -> None:
    """Put what the references to what is there lead to, and the record of a photo whose original is not."""
    s3, buckets = stack.aws.client("s3"), stack.known["buckets"]
    for bucket, key in (
        (buckets["results"], slot_key(USER, f"{name}-there-0123456789")),
        (buckets["originals"], f"{name}/there.jpg"),
        (buckets["renditions"], f"renditions/{name}/there_small.jpg"),
        (buckets["results"], result_key(name, "there", "picture", "jpg")),
    ):
        s3.put_object(Bucket=bucket, Key=key, Body=picture())
    for kind in ("there", "missing"):
        key = {"S": f"{name}/{kind}.jpg"}
        stack.aws.client("dynamodb").put_item(
            TableName=stack.known["outputs"]["photosTable"],
            Item={"id": key, "user_id": {"S": USER}, "original_key": key, "status": {"S": "active"}},
        )


def stored_session(stack: LocalStack, images: Mapping[str, str]) -> Session:
    """Store a session as the API does, without sending its jobs."""
    now = time.time_ns() // 1_000_000
    session = Session(
        session_id=new_session_id(),
        user_id=USER,
        status=SessionStatus.PENDING,
        operation={"type": "command", "command": COMMAND},
        counters=Counters(total=len(images), remaining=len(images)),
        created_at=now,
        updated_at=now,
        completed_at=None,
        expires_at=expiry(now, 1),
        images=tuple(SessionImage(id=image, url=url) for image, url in images.items()),
        options=EditOptions(),
        plan=compile_command(COMMAND),
        progress={image: ImageProgress() for image in images},
    )
    assert table(stack).create(session)
    return session


def table(stack: LocalStack) -> Sessions:
    """Use the sessions table as its administrator."""
    return Sessions(dynamodb=stack.aws.client("dynamodb"), table=SESSIONS)


def message(session: Session, image: str, deliveries: int) -> dict[str, Any]:
    """Write the message of a picture's job that is delivered for the *deliveries*-th time."""
    return record(image, ImageJob(session_id=session.session_id, image_id=image).body(), deliveries)


def record(message_id: str, body: str, deliveries: int) -> dict[str, Any]:
    """Write a message of the jobs queue."""
    return {
        "eventSource": "aws:sqs",
        "messageId": message_id,
        "receiptHandle": "delivered by hand",
        "body": body,
        "attributes": {"ApproximateReceiveCount": str(deliveries)},
    }


def make_archives(stack: LocalStack, name: str) -> None:
    """Make two archives by hand: one of a photo that is there, one whose photo is not, so that it breaks off."""
    put_sources(stack, name)
    for kind, status in (("there", ArchiveStatus.COMPLETE), ("missing", ArchiveStatus.ERROR)):
        archive = stored_archive(stack, USER, f"{name}-{kind}-0123456789", photos=(f"{name}/{kind}.jpg",))
        body = ArchiveJob(archive_id=str(archive.id)).body()
        left = invoke(stack, WORKER, {"Records": [record(kind, body, 1)]})["batchItemFailures"]
        if left:
            raise Failed(f"left to the queue: {left}")
        found = archives(stack).find(archive.id)
        assert found
        assert (kind, status) == (kind, found.status)


def stored_archive(stack: LocalStack, user_id: str, name: str, **order: Any) -> Archive:
    """Store an archive as the API does, without sending its job."""
    now = time.time_ns() // 1_000_000
    archive = Archive(
        id=ArchiveId.of(user_id, name),
        user_id=user_id,
        order=ArchiveOrder(size=ORIGINALS, **order),
        status=ArchiveStatus.PROCESSING,
        created_at=now,
        expires_at=expiry(now, 1),
    )
    assert archives(stack).create(archive)
    return archive


def archives(stack: LocalStack) -> Archives:
    """Use the archives as their administrator."""
    return Archives(dynamodb=stack.aws.client("dynamodb"), table=SESSIONS)


def use_every_route(stack: LocalStack, _name: str) -> None:
    """Use the API as the page does, as a new user, and a link to an archive as a guest does."""
    person = SimulatedUser.named(stack, name := f"person-{uuid.uuid4()}")
    [slot] = let(person.ask("POST", "/uploads", {"files": [{"size": len(picture())}]})).json()["slots"]
    let(put_into(stack.http, slot, picture()))
    started = let(person.ask("POST", "", request([DATA, slot["url"]], COMMAND))).json()
    let(person.ask("GET", f"/session/{started['sessionId']}"))
    let(person.ask("GET", "/sessions"))
    let(person.ask("DELETE", f"/session/{started['sessionId']}"))
    archive = stored_archive(stack, name, "whose-file-is-there", gallery="anything")
    stack.aws.client("s3").put_object(Bucket=stack.known["buckets"]["results"], Key=archive.id.file, Body=b"PK")
    work = ArchiveWork(dynamodb=stack.aws.client("dynamodb"), table=SESSIONS)
    assert work.finish(archive.id, size_bytes=2, expires_at=archive.expires_at)
    link = let(person.ask("GET", f"/archives/{archive.id}")).json()["url"]
    let(stack.http.get(stack.http.get(f"{stack.known['cdn']}{link}").headers["location"]))
    let(person.ask("DELETE", f"/archives/{archive.id}"))


def let(answer: httpx.Response) -> httpx.Response:
    """Return the answer. Raises Failed when a store refused."""
    if answer.status_code in DENIED:
        raise Failed(answer.text)
    assert answer.is_success, answer.text
    return answer


def read_the_secrets(stack: LocalStack, _name: str) -> None:
    """Read both secrets by the API's code and under its role: the API itself does so when it starts, and only then."""
    administrator: Any = stack.aws
    function = administrator.client("lambda").get_function_configuration(FunctionName=API)
    names = [function["Environment"]["Variables"][variable] for variable in SECRETS]
    role = administrator.client("iam").get_role(RoleName=API)["Role"]["Arn"]
    given = administrator.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    api: Any = Aws(stack.aws.endpoint)
    api.session.set_credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    secrets = ParameterStore(ssm=api.client("ssm"))
    try:
        assert all(map(secrets.read, names))
    except StoreUnavailable as error:
        raise Failed(str(error)) from error


FLOWS: Mapping[str, tuple[Flow, ...]] = {
    WORKER: (edit_every_source, make_archives),
    API: (use_every_route, read_the_secrets),
}


@pytest.mark.parametrize("function", FLOWS)
def test_no_flow_needs_more_than_is_granted(stack: LocalStack, function: str) -> None:
    """Every flow ends well with the role as it is deployed."""
    for flow in FLOWS[function]:
        flow(stack, "granted")


@pytest.mark.faults
@pytest.mark.parametrize("function", FLOWS)
def test_every_grant_is_needed_by_a_flow(stack: LocalStack, function: str) -> None:
    """Without any one of the grants a flow fails: nothing is granted that nothing uses."""
    assert [] == Role(stack=stack, function=function).needless(FLOWS[function])
