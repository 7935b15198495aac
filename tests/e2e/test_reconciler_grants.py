"""The reconciler's role can do what it needs, and needs what it can do."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from lab.drill.operator import PHOTOS, RENDITIONS, Operator, wait_until_settled
from testkit.embedded_stack import LocalStack
from testkit.photos import jpeg, scene
from testkit.role_grants import Role, invoke

FUNCTION = "darkroom-local-reconciler"
GALLERY = "reconciled"
ORPHAN = f"renditions/{GALLERY}/whose_small.jpg"

Damage = Callable[[], tuple[str, str]]


@pytest.fixture(scope="module")
def operator(stack: LocalStack) -> Operator:
    """Return an operator of the stack."""
    return Operator.of(stack)


@pytest.fixture(scope="module")
def damage(stack: LocalStack, operator: Operator) -> Damage:
    """Prepare two photos for each run: one to lose its record, and one whose event never came. Give what damages them.

    It also leaves an orphan, and waits until that has settled.

    All of them at once: only what has not changed for a while is taken for stuck.
    """
    numbers = range(len(Role(stack=stack, function=FUNCTION).seen()) + 1)
    data = jpeg.jpeg(scene.scene(320, 240))
    lost, stuck = ([f"{GALLERY}/{kind}-{at}.jpg" for at in numbers] for kind in ("lost", "stuck"))
    for key in lost:
        operator.put(key, data)
    with operator.unannounced():
        for key in stuck:
            operator.put(key, data)
    for key in lost:
        operator.wait_for(f"{key} to be active", lambda key=key: operator.status(key) == "active")
    wait_until_settled()
    pairs: Iterator[tuple[str, str]] = zip(lost, stuck, strict=True)

    def strike() -> tuple[str, str]:
        lost_one, stuck_one = next(pairs)
        stack.aws.client("dynamodb").delete_item(TableName=PHOTOS, Key={"id": {"S": lost_one}})
        operator.write_record(id=stuck_one, gallery_id=GALLERY, status="pending")
        tags = {"cache-tag": "photo:0123456789abcdef"}
        stack.aws.client("s3").put_object(Bucket=RENDITIONS, Key=ORPHAN, Body=b"whose?", Metadata=tags)
        wait_until_settled()
        return lost_one, stuck_one

    return strike


def repair(operator: Operator, damage: Damage) -> None:
    """Do damage, and one run that mends it."""
    lost, stuck = damage()
    operator.make_walks_due()

    report = invoke(operator.stack, FUNCTION, {})

    assert report["finished"], report
    operator.wait_for(f"{lost} to be active", lambda: operator.status(lost) == "active")
    operator.wait_for(f"{stuck} to be active", lambda: operator.status(stuck) == "active")
    assert {} == operator.keys(RENDITIONS, ORPHAN), "an orphan is left"
    assert [] == operator.items(f"{GALLERY}/whose"), "its stem is still claimed"


def test_no_run_needs_more_than_is_granted(operator: Operator, damage: Damage) -> None:
    """A run repairs both with the role as it is deployed."""
    repair(operator, damage)


@pytest.mark.faults
def test_every_grant_is_needed_by_a_run(stack: LocalStack, operator: Operator, damage: Damage) -> None:
    """Without any one of the grants a run fails: nothing is granted that nothing uses."""
    role = Role(stack=stack, function=FUNCTION)

    assert [] == role.needless([lambda _stack, _name: repair(operator, damage)])
