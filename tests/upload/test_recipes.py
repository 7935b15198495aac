"""Which recipe a photo is rendered by: what its record says, and what is not even read."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from processor.aws.photos import PhotoRecord
from processor.recipe import Focus, Recipe, Size
from processor.upload.outcome import Result
from processor.upload.recipes import focus_of
from testkit.memory_stores import World

KEY = "w/IMG_1.jpg"
SQUARE = Recipe(sizes={"small": Size(width=800, height=600), "square": Size(width=400, height=400, fit="cover")})
IGNORED = "ignored: expected {x, y}, both numbers from 0 to 1"
CENTRE = {"x": Decimal("0.5"), "y": Decimal("0.5")}


def receipt(world: World) -> dict[str, Any]:
    """Return the receipt in the original's item."""
    found: dict[str, Any] = world.table[KEY, KEY]["receipt"]
    return found


def test_a_focus_is_rounded_to_what_a_picture_can_show() -> None:
    """A finger's point has many digits; two points within a tenth of a pixel are one."""
    record = PhotoRecord(id=KEY, item={"focus": {"x": Decimal("0.123449"), "y": Decimal(1)}})

    assert (Focus(0.1234, 1.0), "") == focus_of(record)


@pytest.mark.parametrize(
    "value",
    [
        "0.5, 0.5",
        {"x": Decimal("0.5")},
        {"x": Decimal("0.5"), "y": "0.5"},
        {"x": Decimal("1.01"), "y": Decimal(0)},
        {"x": Decimal("-0.1"), "y": Decimal(0)},
        {"x": True, "y": True},
        [Decimal(0), Decimal(0)],
    ],
    ids=["text", "one", "text in it", "above", "below", "truth", "list"],
)
def test_a_focus_that_is_none_is_ignored_with_a_note(value: Any) -> None:
    """The photo is rendered by attention, and the receipt says why."""
    world = World(recipe=SQUARE)
    world.process(world.put(KEY))
    plain = receipt(world)["recipe"]
    world.records[KEY]["focus"] = value
    world.process(world.put(KEY, b"another photo"))

    assert (plain, IGNORED) == (receipt(world)["recipe"], receipt(world)["focus"])
    assert value == world.records[KEY]["focus"]


def test_a_focus_that_is_set_renders_the_photo_anew_and_stays_the_backends() -> None:
    """Other pixels have another address; the field is neither changed nor removed, also with the photo."""
    world = World(recipe=SQUARE)
    event = world.put(KEY)
    world.process(event)
    before = world.records[KEY]["square_url"]
    world.records[KEY]["focus"] = CENTRE

    assert Result.RENDERED == world.process(event).result
    assert before != world.records[KEY]["square_url"]
    assert "0.5, 0.5" == receipt(world)["focus"]
    assert Result.UNCHANGED == world.process(event).result

    world.process(world.delete(KEY))
    assert (CENTRE, "deleted") == (world.records[KEY]["focus"], world.records[KEY]["status"])


def once(name: str, happening: Callable[[], object]) -> Callable[[str], None]:
    """Let something else happen before the first call whose name begins with *name*."""
    waiting = [happening]

    def on_call(call: str) -> None:
        if waiting and call.startswith(name):
            waiting.pop()()

    return on_call


@pytest.mark.parametrize("moment", ["render", "s3:PutObject", f"dynamodb:PutItem {KEY}"])
def test_a_focus_that_is_set_while_the_photo_is_rendered_wins(moment: str) -> None:
    """Up to the item: the photo need not be sent again."""
    world = World(recipe=SQUARE)
    event = world.put(KEY)
    world.process(event)
    world.records[KEY]["focus"] = {"x": Decimal(0), "y": Decimal(0)}
    world.on_call = once(moment, lambda: world.records[KEY].update(focus=CENTRE))
    world.process(event)

    assert "0.5, 0.5" == receipt(world)["focus"]
    assert [] == world.violations()


@pytest.mark.parametrize(("recipe", "reads"), [(Recipe(), 1), (SQUARE, 3)], ids=["default", "cover"])
def test_a_record_is_read_for_its_focus_only_where_a_size_is_cut(recipe: Recipe, reads: int) -> None:
    """Once to show the photo, as ever; before and after rendering where its focus decides pixels."""
    world, photo_id = World(recipe=recipe), "3f2a1b4c-0d9e-4a77-8c11-2b5d6e7f8a90"
    world.process(world.put(f"w/{photo_id}.jpg"))

    assert reads == world.calls.count(f"dynamodb:GetItem {photo_id}")


def test_without_a_size_that_is_cut_no_photo_is_due_because_of_its_focus() -> None:
    """The default sizes show the whole photo."""
    world = World()
    event = world.put(KEY)
    world.process(event)
    world.records[KEY]["focus"] = CENTRE

    assert Result.UNCHANGED == world.process(event).result
