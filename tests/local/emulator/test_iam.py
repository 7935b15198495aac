"""Tests of the emulator's IAM as the embedded stack uses it: a role without a grant fails as on AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.factories.emulators import Aws, allow, policy, refused

HTTP = "x-forwarded-proto"


def test_a_role_may_do_what_it_is_granted_and_nothing_else(aws: Aws) -> None:
    """Grants hold per action and per object: the end-to-end tests take single ones away."""
    aws.client("s3").create_bucket(Bucket="granted")
    s3 = aws.as_role("granted", allow("s3:PutObject", "arn:aws:s3:::granted/renditions/*")).client("s3")
    answers = [
        refused(s3.put_object, Bucket="granted", Key="renditions/a", Body=b""),
        refused(s3.put_object, Bucket="granted", Key="elsewhere/a", Body=b""),
        refused(s3.get_object, Bucket="granted", Key="renditions/a"),
    ]
    assert ["", "AccessDenied", "AccessDenied"] == answers


@pytest.mark.parametrize("operation", ["get_object", "head_object"])
def test_a_missing_key_looks_forbidden_without_list_rights(aws: Aws, operation: str) -> None:
    """Roles need s3:ListBucket: without it S3 does not reveal that a key is missing.

    ``local/emulator/iam_gaps.py`` implements that.
    """
    name = operation.replace("_", "-")
    aws.client("s3").create_bucket(Bucket=name)
    reading = allow("s3:GetObject", f"arn:aws:s3:::{name}/*")
    without = aws.as_role(f"{name}-unlisted", reading).client("s3")
    listing = aws.as_role(f"{name}-listed", reading, allow("s3:ListBucket", f"arn:aws:s3:::{name}")).client("s3")
    answers = [refused(getattr(one, operation), Bucket=name, Key="none") for one in (without, listing)]
    assert answers in (["AccessDenied", "NoSuchKey"], ["403", "404"])  # a HEAD's answer has no body to read from


def test_a_batch_of_messages_needs_the_grant_of_one(aws: Aws) -> None:
    """AWS knows no action ``sqs:SendMessageBatch``; a grant of another action is none."""
    url = aws.client("sqs").create_queue(QueueName="batches")["QueueUrl"]
    arn = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    entries = [{"Id": "0", "MessageBody": "a"}]
    roles = [aws.as_role(f"batches-{name}", allow(f"sqs:{name}", arn)) for name in ("SendMessage", "DeleteMessage")]
    answers = [refused(one.client("sqs").send_message_batch, QueueUrl=url, Entries=entries) for one in roles]
    assert ["", "AccessDenied"] == answers


def test_a_table_is_granted_by_its_exact_arn(aws: Aws) -> None:
    """UpdateItem on one table is no right on another, and a query of an index needs the index's ARN."""
    tables = [create_table(aws, name) for name in ("mine", "theirs")]
    dynamodb = aws.as_role("tables", allow("dynamodb:UpdateItem", tables[0])).client("dynamodb")
    answers = [refused(dynamodb.update_item, TableName=name, Key={"id": {"S": "1"}}) for name in ("mine", "theirs")]
    assert ["", "AccessDeniedException"] == answers


def create_table(aws: Aws, name: str) -> str:
    """Create a table with one key."""
    made = aws.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    return made["TableDescription"]["TableArn"]


def test_a_grant_that_is_taken_away_ends_for_running_sessions(aws: Aws) -> None:
    """Functions keep their sessions; the end-to-end tests change policies under them."""
    aws.client("ssm").put_parameter(Name="/revoked", Value="1", Type="SecureString")
    ssm = aws.as_role("revoked", allow("ssm:GetParameter", "*")).client("ssm")
    before = refused(ssm.get_parameter, Name="/revoked")
    aws.client("iam").put_role_policy(
        RoleName="revoked", PolicyName="grants", PolicyDocument=policy(allow("ssm:PutParameter", "*"))
    )
    assert ("", "AccessDeniedException") == (before, refused(ssm.get_parameter, Name="/revoked"))


def test_only_trusted_principals_assume_a_role(aws: Aws) -> None:
    """A function cannot assume the role of another one."""
    aws.as_role("trusted", allow("s3:*", "*"))
    other = aws.as_role("distrusted", allow("sts:AssumeRole", "*")).client("sts")
    arn = "arn:aws:iam::000000000000:role/trusted"
    assert "AccessDenied" == refused(other.assume_role, RoleArn=arn, RoleSessionName="other")


def test_a_bucket_policy_may_demand_tls(aws: Aws) -> None:
    """Every bucket and queue does; the server marks each request as sent over TLS, so that roles have access."""
    aws.client("s3").create_bucket(Bucket="tls-only")
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": ["s3:*"], "Resource": ["arn:aws:s3:::tls-only/*"]}
    aws.client("s3").put_bucket_policy(Bucket="tls-only", Policy=policy({**deny, "Condition": insecure}))
    role = aws.as_role("tls-only", allow("s3:PutObject", "arn:aws:s3:::tls-only/*"))
    over_tls, in_clear = role.client("s3"), role.client("s3")
    in_clear.meta.events.register("before-send.s3", say_http)
    answers = [refused(one.put_object, Bucket="tls-only", Key="a", Body=b"") for one in (over_tls, in_clear)]
    assert ["", "AccessDenied"] == answers


def say_http(request: Any, **_: object) -> None:
    """Mark a request as sent without TLS."""
    request.headers[HTTP] = "http"


def test_a_public_policy_is_refused_where_public_access_is_blocked(aws: Aws) -> None:
    """Block Public Access is enforced: a bucket cannot become public by accident."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="blocked")
    s3.put_public_access_block(
        Bucket="blocked",
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
    )
    public = policy(allow("s3:GetObject", "arn:aws:s3:::blocked/*", Principal="*"))
    assert "AccessDenied" == refused(s3.put_bucket_policy, Bucket="blocked", Policy=public)


def test_a_queue_takes_a_bucket_s_events_only_when_its_policy_says_so(aws: Aws) -> None:
    """S3 checks by a test event, as the program's order of declaration assumes."""
    s3, sqs = aws.client("s3"), aws.client("sqs")
    s3.create_bucket(Bucket="announcing")
    url = sqs.create_queue(QueueName="announced")["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:000000000000:announced"
    wanted = {"QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]}

    def announce() -> None:
        s3.put_bucket_notification_configuration(Bucket="announcing", NotificationConfiguration=wanted)

    before = refused(announce)
    sender = allow(
        "sqs:SendMessage",
        arn,
        Principal={"Service": "s3.amazonaws.com"},
        Condition={"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::announcing"}},
    )
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(sender)})
    announce()
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert ("InvalidArgument", "s3:TestEvent") == (before, json.loads(message["Body"])["Event"])
