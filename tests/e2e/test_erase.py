"""`darkroom erase` on the embedded stack, while photos of the gallery are rendered and edited."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from typing import Any

import pytest

from lab.drill.operator import RENDITIONS, Operator
from testkit.embedded_stack import ROOT as CHECKOUT
from testkit.embedded_stack import LocalStack
from testkit.events import s3_event, s3_record
from testkit.photos import jpeg, scene
from tests.patience import HANG_S

GALLERY = "erased"
BESIDE = "kept"
SESSIONS = "darkroom-local-sessions"


@pytest.fixture
def operator(stack: LocalStack) -> Operator:
    """Return an operator of the stack."""
    return Operator.of(stack)


def edit(stack: LocalStack, *references: str) -> str:
    """Start an edit; return its session."""
    answer = stack.http.post(
        str(stack.known["api"]),
        headers={"Authorization": f"Bearer {stack.known['token']}"},
        json={
            "images": [{"id": f"i{at}", "url": one} for at, one in enumerate(references)],
            "operation": {"type": "command", "command": "resize to 400px and convert to webp"},
        },
    )
    assert 202 == answer.status_code, answer.text
    return str(answer.json()["sessionId"])


def drained(operator: Operator) -> bool:
    """Return whether no message waits or is being worked on."""
    sqs: Any = operator.stack.aws.client("sqs")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    queues = [operator.stack.known["queues"][one] for one in ("uploads", "jobs")]
    counts = [sqs.get_queue_attributes(QueueUrl=one, AttributeNames=names)["Attributes"] for one in queues]
    return not any(int(count) for one in counts for count in one.values())


def results(operator: Operator, *sessions: str) -> list[str]:
    """List all versions of the results of sessions."""
    s3: Any = operator.stack.aws.client("s3")
    bucket = operator.stack.known["buckets"]["results"]
    pages = [s3.list_object_versions(Bucket=bucket, Prefix=f"edits/{one}/") for one in sessions]
    return [one["Key"] for page in pages for kind in ("Versions", "DeleteMarkers") for one in page.get(kind, [])]


def versions(operator: Operator) -> list[str]:
    """List all versions and delete markers of the gallery's originals."""
    s3: Any = operator.stack.aws.client("s3")
    page = s3.list_object_versions(Bucket=operator.stack.originals, Prefix=f"{GALLERY}/")
    return [one["Key"] for kind in ("Versions", "DeleteMarkers") for one in page.get(kind, [])]


def granted(stack: LocalStack) -> dict[str, str]:
    """Make a role with what docs/operations.md lists for an erasure; return the environment of its credentials."""
    page = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = page.partition("The credentials need:")[2].partition("Both looks")[0]
    actions = sorted(set(re.findall(r"`([a-z0-9]+:[A-Z][A-Za-z]+)`", table)))
    assert len(actions) >= 15
    allow = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    aws: Any = stack.aws
    iam, sts = aws.client("iam"), aws.client("sts")
    policy, name = {"Version": "2012-10-17", "Statement": [allow]}, "darkroom-local-eraser"
    trusted = json.dumps(policy | {"Statement": [trust]})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted)["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="erase", PolicyDocument=json.dumps(policy))
    given = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="erase")["Credentials"]
    names = {"AWS_ACCESS_KEY_ID": "AccessKeyId", "AWS_SECRET_ACCESS_KEY": "SecretAccessKey"}
    return {ours: given[theirs] for ours, theirs in {**names, "AWS_SESSION_TOKEN": "SessionToken"}.items()}


def test_the_permissions_that_the_page_lists_are_enough(stack: LocalStack, operator: Operator) -> None:
    """For every kind of thing that an erasure finds: the command runs with these alone."""
    photo = stack.upload(jpeg.jpeg(scene.scene(320, 240)), gallery="permitted")
    stack.with_status(photo, "active")
    session = edit(stack, f"photo://{photo}")
    operator.wait_for("the result", lambda: bool(results(operator, session)))
    s3: Any = stack.aws.client("s3")
    s3.create_multipart_upload(Bucket=stack.originals, Key="permitted/half.jpg")
    s3.put_object(Bucket=RENDITIONS, Key="renditions/permitted/whose~0123456789abcdef_small.jpg", Body=b"whose?")
    where = ["--stack", str(operator.file), "--endpoint-url", str(stack.known["aws"])]
    command = [sys.executable, "-m", "darkroom", "erase", "--gallery", "permitted", "--yes", "--json", *where]

    environment = {**os.environ, **granted(stack), "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr)
    found = json.loads(done.stdout)["found"]
    assert {1} == {found[name] for name in ("unfinished uploads", "photo records", "edit sessions", "edit results")}
    assert 5 == found["renditions"]


def test_a_gallery_is_erased_while_its_photos_are_rendered_and_edited(stack: LocalStack, operator: Operator) -> None:
    """Nothing is left of it, events that come later bring nothing back, and the gallery beside it is whole."""
    picture = jpeg.jpeg(scene.scene(1600, 1200))
    shown = [stack.upload(picture, gallery=GALLERY) for _ in range(2)]
    beside = stack.upload(picture, gallery=BESIDE)
    records = [stack.with_status(one, "active") for one in (*shown, beside)]
    urls = [str(value) for record in records[:-1] for name, value in record.items() if name.endswith("_url")]
    stack.aws.client("s3").delete_object(Bucket=stack.originals, Key=str(records[0]["original_key"]))
    waiting = [stack.upload(picture, gallery=GALLERY) for _ in range(4)]
    sessions = [edit(stack, f"photo://{shown[1]}", records[1]["large_url"]), edit(stack, f"photo://{waiting[0]}")]
    own = edit(stack, records[-1]["medium_url"])

    done = operator.run("erase", "--gallery", GALLERY, "--yes", "--json")

    proof = json.loads(done.out)
    assert (0, True, {}) == (done.code, proof["complete"], proof["failed"]), done
    # Six uploads and a delete marker; the record of the photo that was deleted is a tombstone.
    assert (7, 6) == tuple(proof["found"][name] for name in ("versions of originals", "photo records"))
    until = time.monotonic() + HANG_S
    while not drained(operator):
        assert time.monotonic() < until
        time.sleep(0.2)
    # Late and duplicate events of what is gone.
    sqs: Any = stack.aws.client("sqs")
    key = str(records[1]["original_key"])
    for name in ("ObjectCreated:Put", "ObjectRemoved:DeleteMarkerCreated", "ObjectCreated:Copy"):
        event = s3_event(s3_record(key, name=name, bucket=stack.originals))
        sqs.send_message(QueueUrl=stack.known["queues"]["uploads"], MessageBody=json.dumps(event))
    operator.wait_for("late events to be done", lambda: operator.deliveries(key)[key] >= 3)
    while not drained(operator):
        assert time.monotonic() < until
        time.sleep(0.2)

    assert {"records": [], "originals": {}, "items": [], "renditions": {}} == operator.everything(GALLERY)
    assert [{}] * 6 == [operator.record(one) for one in (*shown, *waiting)]
    assert [] == [row for row in operator.scan("darkroom-local-originals") if row["id"]["S"] in {*shown, *waiting}]
    assert [] == versions(operator) + results(operator, *sessions)
    assert {403} == {stack.http.get(url).status_code for url in urls}
    left = {row["sessionId"]["S"] for row in operator.scan(SESSIONS)}
    assert (True, set()) == (own in left, left & {*sessions})
    assert "active" == operator.status(beside)
    assert operator.keys(RENDITIONS, f"renditions/{BESIDE}/")
