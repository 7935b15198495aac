"""Requests without HTTP: answered, refused and counted as plain moto does."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from processor.aws.clients import dynamodb_client, s3_client, sqs_client
from tests.factories import faster_moto
from tests.factories.darkroom import ITEMS, ORIGINALS, RENDITIONS, TABLE, create_stores, shared
from tests.factories.faster_moto import mock_aws, plain_moto

Request = Callable[[], Any]
# What is new in each of two equal requests. Headers tell the time.
NEW_EACH_TIME = frozenset(
    (
        *("VersionId", "CopySourceVersionId", "VersionIdMarker", "NextVersionIdMarker", "LastModified", "Initiated"),
        *("MessageId", "ReceiptHandle", "UploadId", "SentTimestamp", "ApproximateFirstReceiveTimestamp"),
        *("HTTPHeaders", "RequestId", "HostId"),
    )
)
BINARY: Any = {"id": {"S": "b"}, "b": {"B": b"\x00\xff"}, "set": {"BS": [b"1", b"\xff"]}, "n": {"NS": ["1", "2.50"]}}
ODD = "a b/c+é&%41.jpg"


def of_dynamodb() -> list[Request]:
    """List requests to DynamoDB: binary values, pages, conditions that fail, transactions, wrong parameters."""
    dynamodb = shared(dynamodb_client)
    items = [{"id": {"S": "i"}, "key": {"S": str(number)}, "n": {"N": str(number)}} for number in range(5)]
    key = {"id": {"S": "i"}, "key": {"S": "1"}}
    query: Any = {
        "TableName": ITEMS,
        "KeyConditionExpression": "id = :i",
        "ExpressionAttributeValues": {":i": key["id"]},
    }
    failing = {"ConditionExpression": "attribute_not_exists(id)"}
    told = failing | {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    update: Any = {"TableName": ITEMS, "Key": key, "UpdateExpression": "SET m = :m"}
    update |= {"ExpressionAttributeValues": {":m": {"M": {"b": {"B": b"1"}}}}}
    return [
        lambda: dynamodb.put_item(TableName=TABLE, Item=BINARY),
        lambda: dynamodb.get_item(TableName=TABLE, Key={"id": {"S": "b"}}, ConsistentRead=True),
        lambda: dynamodb.get_item(TableName=TABLE, Key={"id": {"S": ""}}),
        lambda: dynamodb.put_item(TableName=TABLE, Item=BINARY | {"b": {"B": bytearray(b"2")}}, ReturnValues="ALL_OLD"),
        lambda: dynamodb.put_item(TableName=TABLE, Item=BINARY | {"big": {"S": "x" * 404_000}}),
        lambda: dynamodb.put_item(
            TableName=TABLE, Item=BINARY | {"big": {"S": "x" * 404_900}, "rest": {"S": "y" * 99}}
        ),
        lambda: dynamodb.put_item(TableName=TABLE, Item={"id": {"N": 1}}),
        lambda: dynamodb.put_item(TableName=TABLE),
        lambda: dynamodb.put_item(TableName=TABLE, Item=BINARY, **failing),
        lambda: dynamodb.put_item(TableName=TABLE, Item=BINARY, **told),
        lambda: dynamodb.batch_write_item(RequestItems={ITEMS: [{"PutRequest": {"Item": item}} for item in items]}),
        lambda: dynamodb.query(**query, Limit=2),
        lambda: dynamodb.query(**query, ScanIndexForward=False, Select="COUNT"),
        lambda: list(dynamodb.get_paginator("query").paginate(**query, PaginationConfig={"PageSize": 2})),
        lambda: dynamodb.scan(TableName=ITEMS, Segment=0, TotalSegments=2),
        lambda: dynamodb.scan(TableName=ITEMS, FilterExpression="n > :n", ExpressionAttributeValues={":n": {"N": "3"}}),
        lambda: dynamodb.batch_get_item(RequestItems={ITEMS: {"Keys": [key], "ProjectionExpression": "n"}}),
        lambda: dynamodb.batch_get_item(RequestItems={ITEMS: {"Keys": [key, key]}}),
        lambda: dynamodb.update_item(**update, ReturnValues="UPDATED_NEW"),
        lambda: dynamodb.update_item(**update, ReturnValues="ALL_OLD"),
        lambda: dynamodb.update_item(**update, **told),
        lambda: dynamodb.delete_item(TableName=ITEMS, Key=key, **failing),
        lambda: dynamodb.delete_item(TableName=ITEMS, Key=key, ReturnValues="ALL_OLD"),
        lambda: dynamodb.delete_item(TableName="nowhere", Key=key),
        lambda: dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": ITEMS, "Item": items[1]}}]),
        lambda: dynamodb.transact_write_items(
            TransactItems=[
                {"Update": update},
                {"Put": {"TableName": ITEMS, "Item": items[2], **told}},
            ]
        ),
        lambda: dynamodb.transact_get_items(TransactItems=[{"Get": {"TableName": ITEMS, "Key": key}}]),
    ]


def of_sqs() -> list[Request]:
    """List requests to SQS, some to a queue that is not there."""
    sqs = shared(sqs_client)
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/q"
    lost = url.replace("/q", "/lost")
    attributes = {"a": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}}
    received: list[dict[str, Any]] = []

    def receive() -> Any:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
        received.extend(answer.get("Messages", []))
        return answer

    return [
        lambda: sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "30"}),
        lambda: sqs.get_queue_url(QueueName="q"),
        lambda: sqs.get_queue_url(QueueName="lost"),
        lambda: sqs.send_message(QueueUrl=url, MessageBody="é", MessageAttributes=attributes),
        lambda: sqs.send_message(QueueUrl=lost, MessageBody="x"),
        lambda: sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "1"}]),
        lambda: sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "1"}] * 2),
        lambda: sqs.send_message_batch(QueueUrl=url, Entries=[]),
        receive,
        receive,
        lambda: sqs.change_message_visibility(
            QueueUrl=url, ReceiptHandle=received[0]["ReceiptHandle"], VisibilityTimeout=9
        ),
        lambda: sqs.change_message_visibility(QueueUrl=url, ReceiptHandle="lost", VisibilityTimeout=9),
        lambda: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessagesNotVisible"]),
        lambda: sqs.delete_message(QueueUrl=url, ReceiptHandle=received[0]["ReceiptHandle"]),
        lambda: sqs.delete_message_batch(
            QueueUrl=url, Entries=[{"Id": "1", "ReceiptHandle": received[1]["ReceiptHandle"]}]
        ),
        lambda: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessagesNotVisible"]),
        lambda: sqs.list_queues(QueueNamePrefix="q"),
        lambda: sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=11),
    ]


def of_s3() -> list[Request]:
    """List requests to S3: odd keys, versions, conditions, ranges, parts, a body that can be read once."""
    s3 = shared(s3_client)
    here: Any = {"Bucket": ORIGINALS, "Key": ODD}
    uploads: list[str] = []
    versions: list[str] = []

    def put(content: Any, **more: Any) -> Any:
        answer = s3.put_object(**here, Body=content, **more)
        versions.append(answer["VersionId"])
        return answer

    def begin() -> Any:
        answer = s3.create_multipart_upload(**here, Metadata={"of": "parts"})
        uploads.append(answer["UploadId"])
        return answer

    def complete(etag: str) -> Any:
        parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
        return s3.complete_multipart_upload(**here, UploadId=uploads[0], MultipartUpload=parts)

    return [
        lambda: put(b"\x00\xff", Metadata={"a_b": "c d"}, ContentType="image/jpeg", CacheControl="max-age=1"),
        lambda: put(b"", Tagging="a=b&c=d"),
        lambda: put(io.BytesIO(b"a file")),
        lambda: put(b"new", IfNoneMatch="*"),
        lambda: s3.put_object(Bucket="nowhere", Key="a", Body=b"x"),
        lambda: s3.put_object(Bucket="not a name", Key="a"),
        lambda: s3.put_object(Bucket=ORIGINALS, Key="k", Body=b"x", Metadata={"a": "é"}),
        lambda: s3.put_object(Bucket=ORIGINALS, Key="x y", Body=b"5"),
        lambda: s3.put_object(Bucket=ORIGINALS, Key="/first", Body=b"5"),
        lambda: s3.get_object(**here),
        lambda: s3.get_object(**here, VersionId=versions[0]),
        lambda: s3.get_object(**here, Range="bytes=1-2"),
        lambda: s3.get_object(**here, Range="bytes=90-"),
        lambda: s3.get_object(**here, IfNoneMatch=s3.head_object(**here)["ETag"]),
        lambda: s3.get_object(Bucket=ORIGINALS, Key="nothing"),
        lambda: s3.head_object(**here, ChecksumMode="ENABLED"),
        lambda: s3.head_object(Bucket=ORIGINALS, Key="nothing"),
        lambda: s3.get_object_tagging(**here, VersionId=versions[1]),
        lambda: s3.list_objects_v2(Bucket=ORIGINALS, Prefix="a ", Delimiter="/"),
        lambda: s3.list_objects_v2(Bucket=ORIGINALS, MaxKeys=1)["KeyCount"],
        lambda: list(s3.get_paginator("list_object_versions").paginate(Bucket=ORIGINALS, MaxKeys=2)),
        lambda: s3.list_objects_v2(Bucket="nowhere"),
        lambda: s3.copy_object(Bucket=RENDITIONS, Key="copy", CopySource=here),
        lambda: s3.delete_object(**here),
        lambda: s3.get_object(**here),
        lambda: s3.delete_object(**here, VersionId=versions[0]),
        begin,
        lambda: s3.upload_part(**here, UploadId=uploads[0], PartNumber=1, Body=b"part"),
        lambda: s3.list_parts(**here, UploadId=uploads[0]),
        lambda: complete('"wrong"'),
        lambda: complete(s3.list_parts(**here, UploadId=uploads[0])["Parts"][0]["ETag"]),
        lambda: s3.abort_multipart_upload(**here, UploadId="lost"),
        lambda: s3.create_bucket(Bucket="a.bucket"),
        lambda: s3.put_object(Bucket="a.bucket", Key="a", Body=b"x"),
        lambda: s3.list_buckets()["Buckets"][0]["Name"],
        lambda: s3.get_bucket_versioning(Bucket=ORIGINALS),
        lambda: s3.get_bucket_policy(Bucket=ORIGINALS),
    ]


def comparable(answer: Any, name: str = "") -> Any:
    """Return an answer with what its streams hold, and with the kind only of what is new each time."""
    if name in NEW_EACH_TIME:
        return type(answer).__name__
    if isinstance(answer, dict):
        return {one: comparable(value, one) for one, value in answer.items()}
    if isinstance(answer, list):
        return [comparable(one) for one in answer]
    return answer.read() if hasattr(answer, "read") else answer


def answered(requests: Callable[[], list[Request]]) -> list[Any]:
    """Send requests to new stores, and return their answers and errors."""
    answers: list[Any] = []
    with mock_aws():
        create_stores(shared(s3_client), shared(dynamodb_client), versioned=True)
        for request in requests():
            try:
                answers.append(comparable(request()))
            except ClientError as error:
                answers.append((type(error).__name__, str(error), comparable(error.response)))
            except ParamValidationError as error:
                answers.append(str(error))
    return answers


@pytest.mark.parametrize(
    ("requests", "statuses"), [(of_dynamodb, {400}), (of_sqs, {400}), (of_s3, {304, 400, 404, 412, 416})]
)
def test_answers_are_those_of_plain_moto(requests: Callable[[], list[Request]], statuses: set[int]) -> None:
    """With their metadata, and errors with their class, text and details; each service refuses some."""
    with plain_moto():
        expected = answered(requests)
    found = answered(requests)

    assert expected == found
    errors = [one for one in expected if isinstance(one, tuple)]
    assert statuses <= {error[2]["ResponseMetadata"]["HTTPStatusCode"] for error in errors}


def test_what_is_answered_is_sent_without_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """The long way go wrong parameters, other bytes, files, rare refusals, and buckets outside the host."""
    long: list[str] = []
    plain = faster_moto.plain_request

    def plain_request(client: Any, operation: str, arguments: Any) -> Any:
        long.append(operation)
        return plain(client, operation, arguments)

    monkeypatch.setattr(faster_moto, "plain_request", plain_request)
    for requests in (of_dynamodb, of_sqs, of_s3):
        answered(requests)

    assert [
        *("PutItem", "PutItem", "PutItem"),
        *("GetQueueUrl", "SendMessage", "SendMessageBatch", "SendMessageBatch"),
        *("ChangeMessageVisibility", "ReceiveMessage"),
        *("PutObject", "PutObject", "GetObject", "GetObject", "CompleteMultipartUpload"),
        *("CreateBucket", "PutObject", "ListBuckets"),
    ] == long
