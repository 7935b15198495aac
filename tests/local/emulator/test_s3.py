"""Tests of the emulator's S3 as the embedded stack uses it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

import httpx
import pytest

from tests.factories.emulators import Aws, eventually, refused

AN_HOUR_AGO = datetime.now(UTC) - timedelta(hours=1)


def bucket(aws: Aws, name: str, *, versioned: bool = False) -> Any:
    """Create a bucket; return the client."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=name)
    if versioned:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return s3


def test_a_conditional_put_never_overwrites(aws: Aws) -> None:
    """``If-None-Match: *`` and ``If-Match`` keep two workers from overwriting each other's manifest."""
    s3 = bucket(aws, "conditional")
    etag = s3.put_object(Bucket="conditional", Key="a", Body=b"1", IfNoneMatch="*")["ETag"]
    answers = [
        refused(s3.put_object, Bucket="conditional", Key="a", Body=b"2", IfNoneMatch="*"),
        refused(s3.put_object, Bucket="conditional", Key="a", Body=b"2", IfMatch=etag),
        refused(s3.put_object, Bucket="conditional", Key="a", Body=b"3", IfMatch=etag),
    ]
    assert ["PreconditionFailed", "", "PreconditionFailed"] == answers


def test_a_deletion_in_a_versioned_bucket_leaves_a_marker(aws: Aws) -> None:
    """The newest state is "gone", the old version is still readable by its id."""
    s3 = bucket(aws, "marked", versioned=True)
    version = s3.put_object(Bucket="marked", Key="a", Body=b"old")["VersionId"]
    marker = s3.delete_object(Bucket="marked", Key="a")
    old = s3.get_object(Bucket="marked", Key="a", VersionId=version)["Body"].read()
    gone = refused(s3.get_object, Bucket="marked", Key="a")
    assert (True, b"old", "NoSuchKey") == (marker["DeleteMarker"], old, gone)


def test_events_carry_what_the_handler_orders_and_finds_objects_by(aws: Aws) -> None:
    """Version 2 events with an encoded key, the version, and a sequencer that grows with every change of a key."""
    s3, sqs = bucket(aws, "events", versioned=True), aws.client("sqs")
    url = announced(aws, "events")
    version = s3.put_object(Bucket="events", Key="été 1+1.jpg", Body=b"photo")["VersionId"]
    s3.delete_object(Bucket="events", Key="été 1+1.jpg")
    created, removed = (record["s3"]["object"] | {"event": record["eventName"]} for record in received(sqs, url, 2))
    assert ("ObjectCreated:Put", "été 1+1.jpg", version, 5) == (
        created["event"],
        unquote_plus(created["key"]),
        created["versionId"],
        created["size"],
    )
    assert "ObjectRemoved:DeleteMarkerCreated" == removed["event"]
    assert int(removed["sequencer"], 16) > int(created["sequencer"], 16)


def announced(aws: Aws, name: str) -> str:
    """Let the bucket *name* announce its objects in a queue of the same name; return the queue's address."""
    sqs = aws.client("sqs")
    arn = f"arn:aws:sqs:us-east-1:000000000000:{name}"
    allow = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{**allow, "Resource": arn}]})
    url: str = sqs.create_queue(QueueName=name, Attributes={"Policy": policy})["QueueUrl"]
    events = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]
    aws.client("s3").put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration={"QueueConfigurations": [{"QueueArn": arn, "Events": events}]}
    )
    return url


def received(sqs: Any, url: str, count: int) -> list[dict[str, Any]]:
    """Receive *count* records of events, in the order of their keys' changes."""
    records: list[dict[str, Any]] = []

    def all_there() -> bool:
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            records.extend(json.loads(message["Body"]).get("Records", []))
        return len(records) >= count

    eventually(all_there)
    return sorted(records, key=lambda one: str(one["s3"]["object"]["sequencer"]).rjust(64, "0"))


def test_a_presigned_put_ends_with_its_time(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    """A presigned URL stops working."""
    s3 = bucket(aws, "presigned")
    fresh = s3.generate_presigned_url("put_object", Params={"Bucket": "presigned", "Key": "a"}, ExpiresIn=60)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: AN_HOUR_AGO.replace(tzinfo=None))
    stale = s3.generate_presigned_url("put_object", Params={"Bucket": "presigned", "Key": "a"}, ExpiresIn=60)
    assert (200, 403) == (put(fresh), put(stale))


def test_a_presigned_put_holds_to_what_was_signed(aws: Aws) -> None:
    """Another type, another key, another method than the signed ones are refused."""
    s3 = bucket(aws, "signed")
    wanted = {"Bucket": "signed", "Key": "a", "ContentType": "image/jpeg"}
    url: str = s3.generate_presigned_url("put_object", Params=wanted)
    answers = [
        put(url, {"Content-Type": "image/jpeg"}),
        put(url, {"Content-Type": "text/html"}),
        put(url.replace("/a?", "/b?"), {"Content-Type": "image/jpeg"}),
    ]
    assert [200, 403, 403] == answers


def test_an_upload_slot_takes_one_file_of_its_size_once(aws: Aws) -> None:
    """Another size, a request without the condition, and a second file are refused; the first one stays."""
    s3 = bucket(aws, "slots")
    wanted = {"Bucket": "slots", "Key": "a", "ContentLength": 4, "IfNoneMatch": "*"}
    url: str = s3.generate_presigned_url("put_object", Params=wanted)
    once = {"If-None-Match": "*"}
    answers = [put(url, once, b"larger"), put(url, {}, b"body"), put(url, once, b"body"), put(url, once, b"more")]

    assert [403, 403, 200, 412] == answers
    assert b"body" == s3.get_object(Bucket="slots", Key="a")["Body"].read()


def put(url: str, headers: dict[str, str] | None = None, body: bytes = b"body") -> int:
    """Send a body; return the status."""
    return httpx.put(url, content=body, headers=headers).status_code


def test_pages_of_allowed_origins_may_upload(aws: Aws) -> None:
    """The preflight request of an upload succeeds for the page, and for no other origin."""
    s3 = bucket(aws, "cors")
    rule = {"AllowedOrigins": ["http://127.0.0.1:4510"], "AllowedMethods": ["PUT"], "AllowedHeaders": ["*"]}
    s3.put_bucket_cors(Bucket="cors", CORSConfiguration={"CORSRules": [rule]})
    answers = [preflight(f"{aws.address}/cors/a", origin) for origin in ("http://127.0.0.1:4510", "http://127.0.0.1:9")]
    assert [(200, "http://127.0.0.1:4510"), (403, None)] == answers


def preflight(url: str, origin: str) -> tuple[int, str | None]:
    """Send a preflight request; return the status and the allowed origin."""
    answer = httpx.options(url, headers={"Origin": origin, "Access-Control-Request-Method": "PUT"})
    return answer.status_code, answer.headers.get("Access-Control-Allow-Origin")


def test_metadata_and_cache_control_come_back(aws: Aws) -> None:
    """Renditions carry their recipe and cache headers."""
    s3 = bucket(aws, "metadata")
    more = {"CacheControl": "public, max-age=31536000, immutable", "Metadata": {"cache-tag": "photo-1"}}
    s3.put_object(Bucket="metadata", Key="a", Body=b"", ContentType="image/jpeg", **more)
    head = s3.head_object(Bucket="metadata", Key="a")
    assert (more, "image/jpeg") == ({key: head[key] for key in more}, head["ContentType"])
