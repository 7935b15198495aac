"""The bytes of one original, in memory or in a file without a name."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processor import source as module
from processor.errors import PhotoError
from processor.source import Source, write_all
from tests.factories.descriptors import open_descriptors, opened_since


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_chunks_become_one_file(chunks: list[bytes]) -> None:
    """Size, hash and bytes are those of all together; empty chunks and no chunks included."""
    data = b"".join(chunks)
    with Source.from_chunks(chunks, max_bytes=400) as source:
        assert (len(data), hashlib.sha256(data).hexdigest()) == (source.size, source.sha256)
        assert data == bytes(source.view)
        assert data == os.pread(source.fd, 1000, 0)


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    """Larger than one chunk."""
    data = os.urandom(2_500_000)
    (tmp_path / "a").write_bytes(data)

    with Source.from_path(tmp_path / "a", max_bytes=2_500_000) as source:
        assert data == bytes(source.view)


@pytest.mark.parametrize(("size", "files"), [(3_000, 0), (3_001, 1)])
@pytest.mark.parametrize("expected_bytes", [0, 3_000, 3_001])
def test_a_small_original_gets_its_file_when_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, size: int, files: int, expected_bytes: int
) -> None:
    """A large one at once, also where its size was not known; one that was announced as large too."""
    monkeypatch.setattr(module, "IN_MEMORY_BYTES", 3_000)
    before, data = open_descriptors(), os.urandom(size)
    with Source.from_chunks(
        (data[at : at + 1_000] for at in range(0, size, 1_000)), max_bytes=9_000, expected_bytes=expected_bytes
    ) as source:
        wanted = 2 * max(files, expected_bytes > 3_000)  # the mapping holds a duplicate
        assert wanted == len(opened_since(before, wanted=wanted))
        assert data == bytes(source.view)
        assert source.fd == source.fd
        assert data == os.pread(source.fd, 9_000, 0)
    assert not opened_since(before)


def test_a_file_that_cannot_be_written_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory may be full."""
    before = open_descriptors()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with Source.from_bytes(b"abc") as source, pytest.raises(OSError, match="No space left"):
        assert source.fd
    assert not opened_since(before)


def test_bytes_are_held_whatever_their_size() -> None:
    """They are in memory already."""
    with Source.from_bytes(b"abc") as source:
        assert (3, b"abc") == (source.size, bytes(source.view))


def test_an_empty_file_is_a_source(tmp_path: Path) -> None:
    """An empty file cannot be mapped; that it is no photo is decided elsewhere."""
    (tmp_path / "a").touch()

    with Source.from_path(tmp_path / "a", max_bytes=10) as source:
        assert (0, b"") == (source.size, bytes(source.view))


def test_chunks_beyond_the_cap_are_refused_at_once() -> None:
    """An endless download is not read to its end, and nothing stays open."""
    files = open_descriptors()
    taken: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            taken.append(1)
            yield b"x" * 1_000

    with pytest.raises(PhotoError) as caught:
        Source.from_chunks(endless(), max_bytes=2_500)

    expected = "The file is too large: expected at most 2,500 bytes, received at least 3,000 bytes."
    assert ("IMAGE_TOO_LARGE", expected) == (caught.value.code, caught.value.finding)
    assert 3 == len(taken)
    assert not opened_since(files)


def test_a_file_beyond_the_cap_is_refused_unread(tmp_path: Path) -> None:
    """Its size is known; the cap itself is allowed."""
    (tmp_path / "a").write_bytes(bytes(11))

    with pytest.raises(PhotoError) as caught:
        Source.from_path(tmp_path / "a", max_bytes=10)
    expected = "The file is too large: expected at most 10 bytes, received 11 bytes."
    assert expected == caught.value.finding
    with Source.from_path(tmp_path / "a", max_bytes=11) as source:
        assert 11 == source.size


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cap holds for what is read, not for what was promised."""
    path = tmp_path / "a"
    path.write_bytes(bytes(10))
    real = os.fstat(0)
    monkeypatch.setattr(os, "fstat", lambda _: os.stat_result((*real[:6], 5, *real[7:])))

    with pytest.raises(PhotoError, match="received at least 10 bytes"):
        Source.from_path(path, max_bytes=9)


def test_a_missing_file_is_the_systems_error(tmp_path: Path) -> None:
    """It is no verdict on a photo."""
    with pytest.raises(FileNotFoundError):
        Source.from_path(tmp_path / "none", max_bytes=10)


def test_closing_releases_everything_and_twice_is_safe() -> None:
    """A second close must not close another file."""
    files = open_descriptors()
    source = Source.from_bytes(b"abc")
    fd = source.fd
    source.close()
    os.dup2(0, fd)
    source.close()

    assert -1 == source.fd
    os.close(fd)
    assert not opened_since(files)


def test_closing_while_a_slice_is_held_is_safe() -> None:
    """A traceback on its way out may hold one: it stays readable, the descriptor goes at once."""
    source = Source.from_bytes(b"abcdef")
    held = source.view[1:3]
    source.close()

    assert (-1, b"bc") == (source.fd, bytes(held))


def test_an_error_inside_the_block_closes_too() -> None:
    """Whatever happened."""
    files = open_descriptors()
    with pytest.raises(KeyError), Source.from_bytes(b"abc"):
        raise KeyError

    assert not opened_since(files)


def test_the_file_has_no_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing to clean up; without memfd_create it is a temporary file that is deleted at once."""
    with Source.from_bytes(b"abc") as source:
        assert str(Path(f"/proc/self/fd/{source.fd}").readlink()).startswith("/memfd:darkroom-original")
    monkeypatch.delattr(os, "memfd_create")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(module.tempfile, "tempdir", None)

    with Source.from_bytes(b"abc") as source:
        assert b"abc" == bytes(source.view)
        assert [] == list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux seals files")
def test_nothing_can_change_the_bytes() -> None:
    """Neither by this descriptor nor by another one of the same file: neither their number nor a single one."""
    with Source.from_bytes(b"abc") as source:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.write(source.fd, b"x")
        again = os.open(f"/proc/self/fd/{source.fd}", os.O_RDWR)
        for change in (lambda: os.write(again, b"x"), lambda: os.truncate(again, 1), lambda: os.truncate(again, 9)):
            with pytest.raises(PermissionError):
                change()
        os.close(again)

        assert b"abc" == bytes(source.view)


def test_a_write_that_takes_less_is_continued(monkeypatch: pytest.MonkeyPatch) -> None:
    """write() may."""
    written = bytearray()

    def two_at_most(_: int, data: memoryview) -> int:
        written.extend(data[:2])
        return min(2, len(data))

    monkeypatch.setattr(os, "write", two_at_most)
    write_all(-1, b"abcde")

    assert b"abcde" == written
