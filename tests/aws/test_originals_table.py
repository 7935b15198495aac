"""The originals table: leases, items and claims, over DynamoDB's own conditions."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from processor.aws.originals_table import GONE_DAYS, OriginalsTable
from processor.errors import LeaseHeld, StoreUnavailable
from processor.original import OriginalItem
from tests.factories.darkroom import ITEMS, Darkroom
from tests.factories.stores import answer_lost, once

UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
ONE, TWO = f"a/{UUID}.jpg", f"b/{UUID.upper()}.CR2"
PATH = "renditions/wedding/IMG_1"


@pytest.fixture
def table(darkroom: Darkroom) -> OriginalsTable:
    """Return the empty table."""
    return darkroom.line.table


def test_a_lease_is_held_by_one_at_a_time(darkroom: Darkroom, table: OriginalsTable) -> None:
    """It is gone when the block ends."""
    with table.hold(UUID, ONE, seconds=300) as lease:
        assert ((ONE,), frozenset()) == (lease.keys, lease.doubtful)
        with pytest.raises(LeaseHeld), table.hold(UUID, TWO, seconds=300):
            pass

    assert {} == darkroom.items()


def test_a_lease_that_was_never_released_names_the_keys_in_doubt(darkroom: Darkroom, table: OriginalsTable) -> None:
    """It ends with its invocation; each next holder inherits them, first those, then its own."""
    table.acquire(UUID, ONE, seconds=300)
    darkroom.later[0] += 299
    with pytest.raises(LeaseHeld):
        table.acquire(UUID, TWO, seconds=300)
    darkroom.later[0] += 5

    second = table.acquire(UUID, TWO, seconds=300)
    assert ((ONE, TWO), {ONE}) == (second.keys, second.doubtful)
    darkroom.lapse()
    third = table.acquire(UUID, ONE, seconds=300)

    assert ((TWO, ONE), {ONE, TWO}) == (third.keys, third.doubtful)


def fail(table: OriginalsTable, *, left: set[str]) -> None:
    """Hold the lease of a photo until an error, which leaves some keys unfinished."""
    with suppress(ZeroDivisionError), table.hold(UUID, ONE, seconds=300) as lease:
        lease.work = left
        raise ZeroDivisionError


def test_an_error_ends_a_lease_at_once_and_leaves_what_is_not_finished(table: OriginalsTable) -> None:
    """Finished keys need not be done again."""
    fail(table, left={TWO})

    with table.hold(UUID, ONE, seconds=300) as lease:
        assert {TWO} == lease.doubtful
        lease.work.clear()
        with pytest.raises(LeaseHeld):
            table.acquire(UUID, ONE, seconds=300)


def test_an_error_after_everything_is_finished_leaves_no_doubt(table: OriginalsTable) -> None:
    """Only the record was not written."""
    fail(table, left=set())

    with table.hold(UUID, ONE, seconds=300) as lease:
        assert frozenset() == lease.doubtful


def test_only_the_holder_ends_a_lease(darkroom: Darkroom, table: OriginalsTable) -> None:
    """One that lives longer than its lease does not take the next holder's away."""
    late = table.acquire(UUID, ONE, seconds=300)
    darkroom.lapse()
    table.acquire(UUID, TWO, seconds=300)

    table.release(late)
    table.abandon(late)

    with pytest.raises(LeaseHeld):
        table.acquire(UUID, ONE, seconds=300)


@pytest.mark.fault(9)
@pytest.mark.faults
def test_a_lease_whose_answer_was_lost_ends_with_its_invocation(darkroom: Darkroom, table: OriginalsTable) -> None:
    """Fault 9: nothing tells the two apart, so the key is in doubt."""
    darkroom.dynamodb.faults["update_item"] = once(answer_lost)
    with pytest.raises(StoreUnavailable):
        table.acquire(UUID, ONE, seconds=300)

    darkroom.lapse()

    assert {ONE} == table.acquire(UUID, ONE, seconds=300).doubtful


def test_the_items_of_a_photo_are_those_of_all_spellings_of_its_id(table: OriginalsTable) -> None:
    """Its lease is none of them."""
    items = [OriginalItem(key=ONE, version="v1", etag="e"), OriginalItem(key=TWO, version="v2", etag="f")]
    for item in items:
        table.put(item)
    table.acquire(UUID, ONE, seconds=300)

    assert items == table.items_of(UUID)
    assert items[1] == table.item(TWO)
    assert None is table.item("another.jpg")


def test_a_photo_with_many_originals_is_read_page_by_page(darkroom: Darkroom, table: OriginalsTable) -> None:
    """DynamoDB returns a MB at a time."""
    for number in range(3):
        table.put(OriginalItem(key=f"{number}/{UUID}.jpg", version="v"))
    query = darkroom.dynamodb.client.query
    darkroom.dynamodb.faults["query"] = lambda arguments, _: query(**arguments, Limit=1)

    assert [f"{number}/{UUID}.jpg" for number in range(3)] == [one.key for one in table.items_of(UUID)]


def test_items_of_deleted_originals_expire_and_no_others(darkroom: Darkroom, table: OriginalsTable) -> None:
    """After late messages and old versions have expired too."""
    table.put(OriginalItem(key=ONE, gone_at="2025-11-21T15:30:01.000Z"))
    table.put(OriginalItem(key=TWO, version="v"))

    items = darkroom.items()
    days = (int(items[ONE]["expires"]) - table.now()) / 86_400
    assert (GONE_DAYS, False) == (round(days), "expires" in items[TWO])


def test_a_stem_belongs_to_the_first_that_claims_it_until_it_is_freed(table: OriginalsTable) -> None:
    """Only its owner frees it; claiming it twice is no error."""
    assert table.claim(PATH, ONE)
    assert table.claim(PATH, ONE)
    assert not table.claim(PATH, TWO)

    table.free(PATH, TWO)
    assert not table.claim(PATH, TWO)
    table.free(PATH, ONE)

    assert table.claim(PATH, TWO)


@pytest.mark.fault(28)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200).map(lambda text: f"{text}.jpg"))
def test_every_key_has_an_item_of_its_own(darkroom: Darkroom, key: str) -> None:
    """A key of 1,024 bytes fits into a sort key; no key is taken for a lease or a stem."""
    table, item = darkroom.line.table, OriginalItem(key=(key * 1024).encode()[:1024].decode(errors="ignore"))
    for one in (item, OriginalItem(key="lease"), OriginalItem(key="stem")):
        table.put(one)
        assert one == table.item(one.key)
    darkroom.dynamodb.client.delete_item(TableName=ITEMS, Key={"id": {"S": item.key}, "key": {"S": item.key}})
