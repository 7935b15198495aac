"""Write copies of a photo's record straight into the table of a stack: a large gallery without a thousand uploads."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from processor.aws.attributes import to_attribute
from testkit.embedded_stack import LocalStack

BATCH: Final = 25  # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html


def write_copies(stack: LocalStack, photo: Mapping[str, Any], count: int) -> list[dict[str, Any]]:
    """Write *count* copies of the record *photo*, and return their keys; each has its own name, age and addresses."""
    records = list(copies(photo, count))
    write(stack, [{"PutRequest": {"Item": item}} for item in records])
    return [{"id": item["id"]} for item in records]


def delete_copies(stack: LocalStack, keys: Sequence[Mapping[str, Any]]) -> None:
    """Delete copies by their keys."""
    write(stack, [{"DeleteRequest": {"Key": key}} for key in keys])


def write(stack: LocalStack, writes: Sequence[Any]) -> None:
    """Put and delete records in batches; raise RuntimeError when the emulator leaves some out."""
    dynamodb, table = stack.aws.client("dynamodb"), str(stack.known["outputs"]["photosTable"])
    for start in range(0, len(writes), BATCH):
        left = dynamodb.batch_write_item(RequestItems={table: writes[start : start + BATCH]})["UnprocessedItems"]
        if left:
            raise RuntimeError(f"expected the emulator to write every record, {len(left)} are left")


def copies(photo: Mapping[str, Any], count: int) -> Iterator[dict[str, Any]]:
    """Make *count* records of one, by name and by age: a minute apart, so over several days."""
    for at in range(count):
        addresses = {name: f"{url}&copy={at}" for name, url in photo.items() if name.endswith("_url")}
        when = f"2026-01-{1 + at // 1440:02}T{at // 60 % 24:02}:{at % 60:02}:00.000Z"
        own = {"id": str(uuid.uuid4()), "filename": f"{at:04}.jpg", "created_at": when}
        yield {name: to_attribute(value) for name, value in {**photo, **addresses, **own}.items() if name != "receipt"}
