"""The bill counts the requests that the pipeline makes."""

from __future__ import annotations

from collections import Counter

from processor.ops.cost.work import requests_of
from testkit.memory_stores import World

PRICED = {
    "s3:PutObject": "s3_writes",
    "s3:GetObject": "s3_reads",
    "s3:HeadObject": "s3_reads",
    "dynamodb:GetItem": "dynamodb_reads",
    "dynamodb:Query": "dynamodb_reads",
}


def test_requests_of_a_photo_are_those_that_are_priced() -> None:
    """4 PUT, 4 GET and HEAD, 3 reads; 5 writes: lease, stem, item, record and release, of eleven units."""
    world = World()

    world.process(world.put("wedding/IMG_1.jpg"))

    asked = Counter(PRICED.get(call.partition(" ")[0], "written") for call in world.calls if "render " not in call)
    priced = requests_of(4)
    assert {name: priced[name] for name in ("s3_writes", "s3_reads", "dynamodb_reads")} | {"written": 5} == asked
    assert 11 == priced["dynamodb_writes"]
