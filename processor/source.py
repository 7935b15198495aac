"""Hold the bytes of one original: a small one in plain memory, a large one in an unnamed file.

A child process shares the file: a memory file (``memfd_create``) where the system has one, else a deleted temporary
file. Nothing to clean up, nothing written under ``/tmp`` on Lambda, no copy when a decoder runs in another process, and
no SIGBUS when the file that was read is truncated. A small original gets its file when somebody asks for it: most never
leave this process, and writing the file takes as long as hashing it.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from processor.errors import PhotoError, Verdict

CHUNK_BYTES = 1 << 20
IN_MEMORY_BYTES = 24 << 20
"""Up to this size an original is held in plain memory first."""
CLOSED = -1


class Source:
    """An original's bytes: *size* in bytes, *sha256* as hex, *view* read-only and without a copy.

    *held*: the bytes in plain memory, or the descriptor of a file with them, which is then the source's own.
    """

    def __init__(self, held: bytes | int, size: int, sha256: str) -> None:
        self.size = size
        self.sha256 = sha256
        self._fd = held if isinstance(held, int) else None
        self._map = mmap.mmap(held, size, access=mmap.ACCESS_READ) if isinstance(held, int) and size else None
        self.view = memoryview(self._map or (b"" if isinstance(held, int) else held))

    @property
    def fd(self) -> int:
        """The descriptor of the file, which is made when it is first asked for; -1 once the source is closed."""
        if self._fd is None:
            self._fd = sealed(file_of([self.view]))
        return self._fd

    @classmethod
    def from_chunks(cls, chunks: Iterable[bytes], *, max_bytes: int, expected_bytes: int = 0) -> Self:
        """Collect *chunks*; more than *max_bytes* raises PhotoError(IMAGE_TOO_LARGE) at once.

        *expected_bytes*: the size as far as it is known; it decides where the bytes are collected.
        """
        digest, size, pieces = hashlib.sha256(usedforsecurity=False), 0, list[bytes]()
        fd = unnamed_file() if expected_bytes > IN_MEMORY_BYTES else None
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > max_bytes:
                    raise too_large(size, max_bytes, at_least=True)  # noqa: TRY301 - the handler only closes
                digest.update(chunk)
                if fd is not None:
                    write_all(fd, chunk)
                    continue
                pieces.append(chunk)
                if size > IN_MEMORY_BYTES:
                    fd, pieces = file_of(pieces), []
            if fd is None:
                return cls(b"".join(pieces), size, digest.hexdigest())
            fd = sealed(fd)
            return cls(fd, size, digest.hexdigest())
        except BaseException:
            if fd is not None:
                os.close(fd)
            raise

    @classmethod
    def from_path(cls, path: Path, *, max_bytes: int) -> Self:
        """Read the file at *path*; OSError as the system raises it."""
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > max_bytes:
                raise too_large(size, max_bytes, at_least=False)
            chunks = iter(lambda: file.read(CHUNK_BYTES), b"")
            return cls.from_chunks(chunks, max_bytes=max_bytes, expected_bytes=size)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Hold *data* of any size."""
        return cls.from_chunks([data], max_bytes=len(data))

    def close(self) -> None:
        """Release the memory; safe to call twice."""
        if self._fd == CLOSED:
            return
        if self._fd is not None:
            os.close(self._fd)
        self._fd = CLOSED
        # A traceback may still hold slices of the view: the map is then released together with them.
        with suppress(BufferError):
            self.view.release()
            if self._map is not None:
                self._map.close()

    def __enter__(self) -> Self:
        """Close on leaving the ``with`` block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, whatever happened."""
        self.close()


def file_of(pieces: Iterable[bytes | memoryview]) -> int:
    """Write *pieces* to a file without a name; return its descriptor."""
    fd = unnamed_file()
    try:
        for piece in pieces:
            write_all(fd, piece)
    except BaseException:
        os.close(fd)
        raise
    return fd


def unnamed_file() -> int:
    """Open an empty read-write file that has no name."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("darkroom-original", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def sealed(fd: int) -> int:
    """Return a read-only descriptor in place of *fd*, a memory file that no process can change any more.

    A decoder that was taken over could otherwise cut the file below its parent's map, which ends the parent by SIGBUS.
    """
    if not hasattr(os, "memfd_create"):
        return fd
    no_change = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, no_change)
    # Before Linux 6.7, a descriptor that may write cannot map a sealed file.
    read_only = os.open(f"/proc/self/fd/{fd}", os.O_RDONLY | os.O_CLOEXEC)
    os.close(fd)
    return read_only


def write_all(fd: int, chunk: bytes | memoryview) -> None:
    """Write the whole of *chunk*: one write() may take less."""
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(fd, rest) :]


def too_large(size: int, max_bytes: int, *, at_least: bool) -> PhotoError:
    """Build the error of a file that is larger than *max_bytes*."""
    received = f"{'at least ' if at_least else ''}{size:,} bytes"
    return PhotoError(
        Verdict.IMAGE_TOO_LARGE, f"The file is too large: expected at most {max_bytes:,} bytes, received {received}."
    )
