"""A ZIP that is written in parts: what other programs read in it, and what a process that goes on writes."""

from __future__ import annotations

import io
import struct
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from shutil import which
from zipfile import ZIP_STORED, ZipFile
from zlib import crc32

import pytest

from processor.archiving.zip_file import MIB, Entry, PartWriter, directory, part_bytes

TAKEN = datetime(2026, 6, 14, 15, 2, 12, tzinfo=UTC)
FILES = {"IMG_1.jpg": b"first" * 40, "Trauung/Küss.jpg": bytes(range(256)), "leer.jpg": b""}
GIB = 1 << 30


def entries_of(files: dict[str, bytes]) -> list[Entry]:
    """Describe files one behind the other."""
    found: list[Entry] = []
    for index, (name, data) in enumerate(files.items()):
        offset = found[-1].end if found else 0
        found.append(
            Entry(index=index, name=name, offset=offset, size=len(data), crc=crc32(data), modified=TAKEN, etag="e")
        )
    return found


def written(files: dict[str, bytes]) -> bytes:
    """Write a whole ZIP."""
    entries = entries_of(files)
    body = b"".join(one.header + data for one, data in zip(entries, files.values(), strict=True))
    return body + directory(entries, len(body))


def test_python_reads_names_bytes_and_times() -> None:
    """``zipfile`` checks every CRC."""
    with ZipFile(io.BytesIO(written(FILES))) as read:
        assert read.testzip() is None
        assert FILES == {one.filename: read.read(one) for one in read.infolist()}
        assert {(2026, 6, 14, 15, 2, 12)} == {one.date_time for one in read.infolist()}
        assert {ZIP_STORED} == {one.compress_type for one in read.infolist()}


@pytest.mark.skipif(which("unzip") is None, reason="unzip is not installed")
def test_unzip_finds_nothing_to_complain_of(tmp_path: Path) -> None:
    """Info-ZIP reads it too, names in UTF-8 included."""
    path = tmp_path / "a.zip"
    path.write_bytes(written(FILES))
    subprocess.run(["unzip", "-q", path, "-d", tmp_path / "out"], check=True, capture_output=True)  # noqa: S607

    assert FILES == {name: (tmp_path / "out" / name).read_bytes() for name in FILES}


def test_size_and_crc_stand_in_front_of_each_file() -> None:
    """As programs need that read a ZIP as a stream: APPNOTE 4.3.7, no data descriptor (bit 3)."""
    data = FILES["IMG_1.jpg"]
    header = written(FILES)[:30]
    signature, _, flags, method, _, _, crc, stored, size, _, _ = struct.unpack("<4s5H3I2H", header)

    assert (b"PK\x03\x04", 0, 0) == (signature, flags & 0b1000, method)
    assert (crc32(data), len(data), len(data)) == (crc, stored, size)


def test_zip64_is_used_where_a_number_needs_it_and_nowhere_else() -> None:
    """Behind 4 GiB, for a file of more than that: the sizes and the offset are read from the ZIP64 field."""
    large = Entry(index=0, name="large.tif", offset=0, size=5 * GIB, crc=1, modified=TAKEN)
    behind = Entry(index=1, name="behind.jpg", offset=large.end, size=3, crc=2, modified=TAKEN)
    tail = directory([large, behind], behind.end)
    with ZipFile(io.BytesIO(written(FILES))) as small:
        assert not any(one.extra for one in small.infolist())

    assert 5 * GIB + 30 + len("large.tif") + 20 == large.end
    # The directory without the 5 GiB before it: it begins at 0 then.
    cut = tail.replace(struct.pack("<Q", behind.end), struct.pack("<Q", 0))
    with ZipFile(io.BytesIO(cut)) as read:
        sizes = {one.filename: one.file_size for one in read.infolist()}
    assert {"large.tif": 5 * GIB, "behind.jpg": 3} == sizes
    assert b"PK\x06\x06" in tail


def parts_of(chunks: list[bytes], parts: list[str], stored: list[bytes], start: int = 0) -> None:
    """Write chunks from *start* on, in parts of 64 bytes, behind those that are *stored*."""

    def store(number: int, data: bytes) -> str:
        assert number == len(stored) + 1
        stored.append(data)
        return f"etag {number}"

    writer = PartWriter(store=store, parts=parts, sizes=lambda _: 64, position=start)
    for chunk in chunks:
        writer.write(chunk)
    writer.close()


@pytest.mark.parametrize("kept", range(8))
def test_a_process_that_goes_on_writes_the_same_file(kept: int) -> None:
    """After any part, it writes from the file on that is stored in part."""
    entries = entries_of(FILES)
    chunks = [one.header + data for one, data in zip(entries, FILES.values(), strict=True)]
    chunks.append(directory(entries, sum(map(len, chunks))))
    whole = list[bytes]()
    parts_of(chunks, [], whole)

    first = next(index for index in range(len(chunks)) if sum(map(len, chunks[: index + 1])) > 64 * kept)
    stored = whole[:kept]
    parts_of(chunks[first:], [f"etag {number}" for number in range(1, kept + 1)], stored, sum(map(len, chunks[:first])))

    assert whole == stored
    assert written(FILES) == b"".join(stored)


def test_parts_are_as_large_as_s3_wants_and_reach_far() -> None:
    """At least 5 MiB and at most 5 GiB each, 10,000 of them; the largest photo archives have some hundred GiB.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
    """
    sizes = [part_bytes(number) for number in range(1, 10_001)]

    assert 5 * MIB <= min(sizes) <= max(sizes) <= 200 * MIB
    assert sum(sizes) > 800 * GIB
