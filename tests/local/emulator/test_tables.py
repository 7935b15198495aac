"""Tests of the emulator's DynamoDB as the embedded stack uses it."""

from __future__ import annotations

from typing import Any

from tests.factories.emulators import Aws, refused


def test_a_conditional_write_is_refused_when_the_record_has_moved_on(aws: Aws) -> None:
    """Sequencers are compared in the store, not in the function: the later event wins, whatever comes first."""
    table = photos(aws, "conditions")
    newer = "attribute_not_exists(sequencer) OR sequencer < :seq"
    answers = [refused(update, table, "conditions", seq, newer) for seq in ("02", "01", "03")]
    assert ["", "ConditionalCheckFailedException", ""] == answers


def photos(aws: Aws, name: str) -> Any:
    """Create a table as the photos' is; return the client."""
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("id", "gallery_id")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "GalleryIdIndex",
                "KeySchema": [{"AttributeName": "gallery_id", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    return dynamodb


def update(dynamodb: Any, table: str, sequencer: str, condition: str) -> None:
    """Write a record."""
    dynamodb.update_item(
        TableName=table,
        Key={"id": {"S": "1"}},
        UpdateExpression="SET sequencer = :seq, gallery_id = :gallery",
        ConditionExpression=condition,
        ExpressionAttributeValues={":seq": {"S": sequencer}, ":gallery": {"S": "wedding"}},
    )


def test_an_index_finds_what_was_written(aws: Aws) -> None:
    """The gallery page lists by index."""
    dynamodb = photos(aws, "indexed")
    update(dynamodb, "indexed", "01", "attribute_not_exists(id)")
    found = dynamodb.query(
        TableName="indexed",
        IndexName="GalleryIdIndex",
        KeyConditionExpression="gallery_id = :gallery",
        ExpressionAttributeValues={":gallery": {"S": "wedding"}},
    )["Items"]
    assert [{"id": {"S": "1"}, "sequencer": {"S": "01"}, "gallery_id": {"S": "wedding"}}] == found


def test_expiry_is_kept_and_returned(aws: Aws) -> None:
    """Sessions have an expiry time; a second deployment reads the setting before it switches it on again."""
    dynamodb = photos(aws, "expiring")
    wanted = {"Enabled": True, "AttributeName": "ttl"}
    dynamodb.update_time_to_live(TableName="expiring", TimeToLiveSpecification=wanted)
    result = dynamodb.describe_time_to_live(TableName="expiring")["TimeToLiveDescription"]
    assert {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"} == result
