"""Check the invariants of the thirty faults, over any stores that boto can reach."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from PIL import Image

from processor.aws.attributes import from_item
from processor.aws.originals_table import LEASE, STEM
from processor.original import OriginalItem
from tests.factories.darkroom import ITEMS, ORIGINALS, RENDITIONS, TABLE, Darkroom
from tests.patience import HANG_S

Record = Mapping[str, Any]
Objects = dict[str, tuple[bytes, dict[str, str]]]


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """All that there is, at one moment. *originals*: the ETag of every version of every key; *leases*: of photos."""

    originals: frozenset[tuple[str, str, str]]
    objects: Objects
    records: Mapping[str, Record]
    items: Mapping[str, OriginalItem]
    leases: frozenset[str]


def snapshot(s3: Any, dynamodb: Any) -> Snapshot:
    """Read everything."""
    rows = list(records(dynamodb, ITEMS))
    return Snapshot(
        originals=frozenset(versions(s3)),
        objects=dict(objects(s3)),
        records={one["id"]: one for one in records(dynamodb, TABLE)},
        items={one["key"]: OriginalItem.from_tree(one) for one in rows if one["key"] not in {LEASE, STEM}},
        leases=frozenset(one["id"] for one in rows if one["key"] == LEASE),
    )


def snapshot_of(darkroom: Darkroom) -> Snapshot:
    """Read everything that a darkroom holds, past its faults."""
    return snapshot(darkroom.s3.client, darkroom.dynamodb.client)


def versions(s3: Any) -> Iterator[tuple[str, str, str]]:
    """List all versions of all originals."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=ORIGINALS):
        for one in page.get("Versions", []):
            yield one["Key"], one["VersionId"], one["ETag"]


def objects(s3: Any) -> Iterator[tuple[str, tuple[bytes, dict[str, str]]]]:
    """Read all renditions."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=RENDITIONS):
        for one in page.get("Contents", []):
            answer = s3.get_object(Bucket=RENDITIONS, Key=one["Key"])
            yield one["Key"], (answer["Body"].read(), answer["Metadata"])


def records(dynamodb: Any, table: str) -> Iterator[Record]:
    """Read all records of a table."""
    for page in dynamodb.get_paginator("scan").paginate(TableName=table):
        for item in page["Items"]:
            yield from_item(item)


def assert_settled(now: Snapshot) -> None:
    """Assert that every upload ended, with a reason, active ones are complete, and every object belongs to a record."""
    for record in now.records.values():
        assert record["status"] in {"active", "failed", "deleted"}
        assert (record["status"] == "failed") == bool((record.get("error") or {}).get("code"))
        if record["status"] == "active":
            assert_complete(record, now.objects)
    named = {key for item in now.items.values() for key in item.objects}
    assert named == {key for key in now.objects if key.startswith("renditions/")}
    assert frozenset() == now.leases


def assert_complete(record: Record, stored: Objects) -> None:
    """Every rendition that *record* names exists, decodes, and is of its version and state."""
    sizes = [name.removesuffix("_url") for name in record if name.endswith("_url") and record[name]]
    assert {"thumbnail", "small", "medium", "large"} <= {*sizes}
    for size in sizes:
        address = urlsplit(record[f"{size}_url"])
        body, metadata = stored[unquote(address.path.removeprefix("/"))]
        with Image.open(io.BytesIO(body)) as image:
            image.load()
            if f"{size}_width" in record:
                assert (record[f"{size}_width"], record[f"{size}_height"]) == image.size
        assert [record["receipt"]["version"]] == parse_qs(address.query)["v"] == [metadata["version"]]
        assert record["source_version"] == metadata["source-version"]


def assert_follows(now: Snapshot, before: Snapshot) -> None:
    """Originals are as they were, but for what clients uploaded since; no item went back to an older version."""
    assert before.originals <= now.originals
    for key, item in before.items.items():
        assert item.modified <= now.items[key].modified


def assert_nothing_remains(tmp: Path) -> None:
    """No temporary file, and soon no process whose environment names this folder, which was its /tmp."""
    assert [] == list(tmp.iterdir())
    deadline = time.monotonic() + HANG_S
    while left := processes_of(tmp):
        assert time.monotonic() < deadline, f"expected no process, found {left}"
        time.sleep(0.02)


def processes_of(tmp: Path) -> list[int]:
    """List the living processes whose environment names *tmp*."""
    mark = str(tmp).encode()
    return [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit() and mark in read(one / "environ")]


def read(file: Path) -> bytes:
    """Read a file of /proc; b"" when the process has ended."""
    try:
        return file.read_bytes()
    except OSError:
        return b""
