"""Tests of changes as events: a listener gets every change once, and `resync` when it missed some."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import Any

import pytest

from local.front.gallery import changes
from local.front.gallery.changes import ChangeFeed
from tests.patience import HANG_S


class Table:
    """Records that tests change."""

    def __init__(self, **records: str) -> None:
        self.records = records

    def __call__(self) -> Iterator[Mapping[str, Any]]:
        """Read all."""
        return iter([{"id": name, "status": status} for name, status in self.records.items()])


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Poll often."""
    monkeypatch.setattr(changes, "EVERY_S", 0.01)


async def heard(events: AsyncGenerator[Mapping[str, Any]], count: int) -> list[tuple[str, Any]]:
    """Take *count* events."""
    return [
        (one["event"], one["data"].get("id", ""))
        for one in [await asyncio.wait_for(anext(events), HANG_S) for _ in range(count)]
    ]


def test_changes_arrive_in_order_without_earlier_ones() -> None:
    """First `ready`, then new, changed and deleted photos."""

    async def listen() -> None:
        table = Table(old="active", doomed="active")
        feed = ChangeFeed(records=table)
        events = feed.listen(None)
        assert [("ready", "")] == await heard(events, 1)

        table.records["new"] = "pending"
        assert [("photo", "new")] == await heard(events, 1)
        table.records["new"] = "active"
        assert [("photo", "new")] == await heard(events, 1)
        table.records["doomed"] = "deleted"
        assert [("removed", "doomed")] == await heard(events, 1)
        del table.records["old"]
        assert [("removed", "old")] == await heard(events, 1)
        await events.aclose()

    asyncio.run(listen())


def test_a_listener_that_returns_gets_missed_changes() -> None:
    """By the id of the last event, as long as another listener stayed."""

    async def listen() -> None:
        table = Table()
        feed = ChangeFeed(records=table)
        steady, leaving = feed.listen(None), feed.listen(None)
        await heard(steady, 1)
        last = (await asyncio.wait_for(anext(leaving), HANG_S))["id"]
        await leaving.aclose()
        table.records["a"] = "active"
        await heard(steady, 1)

        back = feed.listen(last)
        assert [("ready", ""), ("photo", "a")] == await heard(back, 2)
        for one in (back, steady):
            await one.aclose()

    asyncio.run(listen())


@pytest.mark.parametrize("last", ["", "nonsense", "other-3"])
def test_a_listener_that_missed_too_much_gets_resync(last: str) -> None:
    """An id of another time span, or an invalid id, means a gap."""

    async def listen() -> None:
        events = ChangeFeed(records=Table()).listen(last)
        assert [("resync", ""), ("ready", "")] == await heard(events, 2)
        await events.aclose()

    asyncio.run(listen())


def test_without_listeners_polling_stops_and_the_gap_is_reported() -> None:
    """The table is not read; a listener that returns then has to list again."""

    async def listen() -> None:
        feed = ChangeFeed(records=Table())
        events = feed.listen(None)
        last = (await asyncio.wait_for(anext(events), HANG_S))["id"]
        await events.aclose()
        polling = feed.polling
        assert polling is not None
        await asyncio.wait_for(polling, HANG_S)

        back = feed.listen(last)
        assert [("resync", ""), ("ready", "")] == await heard(back, 2)
        await back.aclose()

    asyncio.run(listen())


def test_a_table_that_cannot_be_read_ends_the_stream_with_its_reason() -> None:
    """Silence would look like no change."""

    def broken() -> Iterator[Mapping[str, Any]]:
        raise ConnectionError("the emulator is gone")

    async def listen() -> None:
        with pytest.raises(ConnectionError, match="the emulator is gone"):
            await heard(ChangeFeed(records=broken).listen(None), 1)

    asyncio.run(listen())
