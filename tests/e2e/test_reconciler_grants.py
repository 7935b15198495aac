"""The reconciler's role can do what it needs, and needs what it can do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lab.drill.operator import ITEMS, RENDITIONS, Operator, wait_until_settled
from processor.aws.attributes import to_item
from processor.aws.originals_table import STEM
from testkit.embedded_stack import LocalStack
from testkit.photos import jpeg, scene
from testkit.role_grants import Failed, Role, invoke

FUNCTION = "darkroom-local-reconciler"
GALLERY = "reconciled"

Damage = Callable[[], int]


@pytest.fixture(scope="module")
def stack(private: LocalStack) -> LocalStack:
    """Give a stack of few photos: a run looks at all of them."""
    return private


@pytest.fixture(scope="module")
def operator(stack: LocalStack) -> Operator:
    """Return an operator of the stack."""
    return Operator.of(stack)


def gone(number: int) -> str:
    """Name a photo that is deleted, without an event."""
    return f"{GALLERY}/gone-{number}.jpg"


def stuck(number: int) -> str:
    """Name a photo that loses its item, as if its event had never come."""
    return f"{GALLERY}/stuck-{number}.jpg"


def orphan(number: int) -> str:
    """Name the stem of a rendition without an original."""
    return f"renditions/{GALLERY}/whose-{number:02}"


@pytest.fixture(scope="module")
def damage(stack: LocalStack, operator: Operator) -> Damage:
    """Prepare two photos and a rendition for each run, and wait once until they have settled. Give what damages them.

    A run sends all that it finds, and none of it again within the hour: each run needs damage of its own.
    """
    numbers = range(len(Role(stack=stack, function=FUNCTION).seen()) + 1)
    data, photos = jpeg.jpeg(scene.scene(320, 240)), [name(at) for at in numbers for name in (gone, stuck)]
    s3, table = stack.aws.client("s3"), stack.aws.client("dynamodb")
    for key in photos:
        operator.put(key, data)
    tags = {"cache-tag": "photo:0123456789abcdef"}
    for at in numbers:
        table.put_item(TableName=ITEMS, Item=to_item({"id": orphan(at), "key": STEM, "owner": "this test"}))
        s3.put_object(Bucket=RENDITIONS, Key=f"{orphan(at)}_small.jpg", Body=b"whose?", Metadata=tags)
    for key in photos:
        operator.wait_for(f"{key} to be active", lambda key=key: operator.status(key) == "active")
    wait_until_settled()
    left = iter(numbers)

    def strike() -> int:
        at = next(left)
        with operator.unannounced():
            s3.delete_object(Bucket=stack.originals, Key=gone(at))
        table.delete_item(TableName=ITEMS, Key=to_item({"id": stuck(at), "key": stuck(at)}))
        operator.write_record(id=stuck(at), gallery_id=GALLERY, status="pending")
        table.delete_item(TableName=ITEMS, Key=to_item({"id": orphan(at), "key": STEM}))
        return at

    return strike


def repair(operator: Operator, damage: Damage) -> None:
    """Do damage, and one run that mends it; Failed when the run has left some of it, as it does after an error."""
    at = damage()
    operator.make_walks_due()

    report = invoke(operator.stack, FUNCTION, {})

    left = [*operator.keys(RENDITIONS, orphan(at)), *operator.items(orphan(at).removeprefix("renditions/"))]
    if not report["finished"] or report["sent"] < len((gone(at), stuck(at))) or left:
        raise Failed(f"left: {left}, reported: {report}")
    operator.wait_for(f"{stuck(at)} to be active", lambda: operator.status(stuck(at)) == "active")
    operator.wait_for(f"{gone(at)} to be deleted", lambda: operator.status(gone(at)) == "deleted")


def test_no_run_needs_more_than_is_granted(operator: Operator, damage: Damage) -> None:
    """A run repairs both with the role as it is deployed."""
    repair(operator, damage)


@pytest.mark.faults
def test_every_grant_is_needed_by_a_run(stack: LocalStack, operator: Operator, damage: Damage) -> None:
    """Without any one of the grants a run fails: nothing is granted that nothing uses."""
    role = Role(stack=stack, function=FUNCTION)

    assert [] == role.needless([lambda _stack, _name: repair(operator, damage)])
