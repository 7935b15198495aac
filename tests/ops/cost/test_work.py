"""The bill counts the requests that the pipeline makes."""

from __future__ import annotations

from collections import Counter

import pytest

from processor.ops.cost.work import requests_of
from processor.recipe import Size, SizeWatermark
from processor.settings.services import RenditionSettings
from testkit.memory_stores import World

PRICED = {
    "s3:PutObject": "s3_writes",
    "s3:GetObject": "s3_reads",
    "s3:HeadObject": "s3_reads",
    "dynamodb:GetItem": "dynamodb_reads",
    "dynamodb:Query": "dynamodb_reads",
}


SQUARE = Size(width=400, height=400, fit="cover")
MARKED = Size(width=4000, height=4000, watermark=SizeWatermark(object="watermarks/studio.png"))


@pytest.mark.parametrize(
    ("settings", "reads"),
    [
        (RenditionSettings(), 3),
        (RenditionSettings(profiles={"proof": {"large": MARKED}}), 5),
        (RenditionSettings(sizes={"square": SQUARE}), 5),
        (RenditionSettings(sizes={"square": SQUARE}, profiles={"proof": {"square": SQUARE}}), 7),
    ],
    ids=["default", "profiles", "cover", "both"],
)
def test_requests_of_a_photo_are_those_that_are_priced(settings: RenditionSettings, reads: int) -> None:
    """A PUT per file, 4 GET and HEAD, 3 reads; 5 writes: lease, stem, item, record and release, of eleven units.

    Profiles cost two reads more, and so do sizes that are cut, for the focus; the default neither.
    """
    world = World(recipe=settings.recipe, profiles=dict(settings.recipes))

    world.process(world.put("wedding/IMG_1.jpg"))

    asked = Counter(PRICED.get(call.partition(" ")[0], "written") for call in world.calls if "render " not in call)
    priced = requests_of(settings)
    assert {name: priced[name] for name in ("s3_writes", "s3_reads", "dynamodb_reads")} | {"written": 5} == asked
    assert (reads, len(settings.sizes), 11) == (
        priced["dynamodb_reads"],
        priced["s3_writes"],
        priced["dynamodb_writes"],
    )
