"""Answers of the faster moto: the same as plain moto's."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from processor.aws.clients import cloudfront_client, dynamodb_client, s3_client, sqs_client
from tests.factories import faster_moto
from tests.factories.darkroom import ITEMS, RENDITIONS, TABLE, create_distribution, create_stores, shared
from tests.factories.faster_moto import mock_aws, plain_moto

VALUES: Any = {
    ":s": {"S": ""},
    ":n": {"N": "1.50"},
    ":m": {"M": {"b": {"B": b"\x00\xff"}, "l": {"L": [{"NULL": True}, {"BOOL": False}, {"M": {}}, {"L": []}]}}},
    ":set": {"SS": ["x", "y"]},
}
UPDATES = [
    "SET a = :n, m.c = :n",
    "SET #l.a = :s, b = :m, z = :set, k = if_not_exists(nothing, :n), q = list_append(m.l, m.l)",
    "SET a = :n, a = :n",
    "SET a = :n, a.b = :n",
    "SET a = :n SET b = :n",
    "SET id = :s",
    "SET never.b = :n",
    "SET m.l[0] = :n, m.l[7] = :s REMOVE m.l[1], s, nothing ADD a :n",
    "ADD a :n REMOVE a",
    "DELETE z :set",
]


def update(dynamodb: Any, expression: str, condition: str) -> Any:
    """Change the item ``x`` with the values that the expression names."""
    text = f"{expression} {condition}"
    named = {name: value for name, value in VALUES.items() if name in text.replace(",", " ").replace(")", " ").split()}
    more: dict[str, Any] = {"ExpressionAttributeValues": named} if named else {}
    if "#l" in text:
        more["ExpressionAttributeNames"] = {"#l": "list"}
    if condition:
        more["ConditionExpression"] = condition
    return dynamodb.update_item(
        TableName=TABLE, Key={"id": {"S": "x"}}, UpdateExpression=expression, ReturnValues="ALL_NEW", **more
    )


def requests() -> list[Callable[[], Any]]:
    """List requests to four services, in their order, some of them wrong."""
    s3, dynamodb, cloudfront, sqs = map(shared, (s3_client, dynamodb_client, cloudfront_client, sqs_client))
    item = {"id": {"S": "x"}, "list": {"M": {"a": {"N": "1"}}}, **{name[1:]: value for name, value in VALUES.items()}}
    keyed = item | {"key": {"S": "k"}}
    where = {"TableName": ITEMS, "KeyConditionExpression": "id = :s", "ExpressionAttributeValues": {":s": {"S": "x"}}}
    return [
        lambda: create_stores(s3, dynamodb, versioned=True),
        lambda: dynamodb.describe_table(TableName=TABLE)["Table"]["KeySchema"],
        lambda: dynamodb.put_item(TableName=TABLE, Item=item),
        lambda: dynamodb.put_item(TableName=ITEMS, Item=keyed, ConditionExpression="a = b"),
        lambda: dynamodb.put_item(TableName=ITEMS, Item=keyed, ReturnConsumedCapacity="TOTAL"),
        *(
            lambda expression=expression, condition=condition: update(dynamodb, expression, condition)
            for expression in UPDATES
            for condition in ("", "attribute_exists(a) AND n = :n", "attribute_not_exists(id)")
        ),
        lambda: dynamodb.query(**where),
        lambda: dynamodb.scan(TableName=TABLE, Limit=1),
        lambda: dynamodb.get_item(TableName=TABLE, Key={"id": {"S": "y"}}),
        lambda: dynamodb.get_item(TableName="other", Key={"id": {"S": "y"}}),
        lambda: s3.put_object(Bucket=RENDITIONS, Key="a/b c", Body=b"x", Metadata={"tag": "t"}),
        lambda: s3.list_objects_v2(Bucket=RENDITIONS, Prefix="a/")["Contents"][0]["Key"],
        lambda: s3.head_object(Bucket=RENDITIONS, Key="a/b c")["Metadata"],
        lambda: s3.head_object(Bucket=RENDITIONS, Key="nothing"),
        lambda: s3.delete_objects(Bucket=RENDITIONS, Delete={"Objects": [{"Key": "a/b c"}, {"Key": "n"}]})["Deleted"],
        lambda: bool(create_distribution(cloudfront)),
        lambda: cloudfront.list_distributions()["DistributionList"]["Items"][0]["Origins"],
        lambda: sqs.create_queue(QueueName="q")["QueueUrl"],
        lambda: sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName="q")["QueueUrl"]).get("Messages"),
    ]


def answer_of(request: Callable[[], Any]) -> Any:
    """Return what a request answers, or its error, without what is new each time."""
    try:
        found = request()
    except ClientError as error:
        found = error.response
    except (AttributeError, KeyError, TypeError) as error:  # moto's, of expressions that AWS refuses
        return repr(error)
    if isinstance(found, dict):
        status = found.pop("ResponseMetadata", {}).get("HTTPStatusCode")
        return status, {name: value for name, value in found.items() if name not in {"VersionId", "LastModified"}}
    return found


@pytest.mark.parametrize("bucket", ["there", "nowhere"])
def test_coverage_looks_on_again_after_a_request(bucket: str) -> None:
    """Also after one that fails; of the request itself it sees nothing."""
    seen: list[str] = []
    before = sys.gettrace()

    def look(frame: FrameType, _event: str, _arg: object) -> None:
        seen.append(frame.f_code.co_filename)

    with mock_aws():
        s3 = shared(s3_client)
        s3.create_bucket(Bucket="there")
        sys.settrace(look)
        try:
            answer_of(lambda: s3.list_objects_v2(Bucket=bucket))
            assert look is sys.gettrace()
        finally:
            sys.settrace(before)

    assert __file__ in seen
    assert not [name for name in seen if "moto/" in name and name != faster_moto.__file__]


def test_answers_are_those_of_plain_moto() -> None:
    """Each kind of value, good and wrong expressions, and other protocols than DynamoDB's."""
    with plain_moto(), mock_aws():
        expected = [answer_of(request) for request in requests()]
    with mock_aws():
        found = [answer_of(request) for request in requests()]

    assert expected == found
    assert {200, 400, 404} <= {one[0] for one in expected if isinstance(one, tuple)}
