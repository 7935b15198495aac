"""Record every upload and session that the stack accepted, from several threads, as the reference for the checks."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lab.soak.model import PhotoLine, Picture, Put, SessionLine, Violation


@dataclass(kw_only=True, slots=True)
class Ledger:
    """*counts*: how often each thing was done. *troubles*: what a client was not given that it should have been."""

    photos: dict[str, PhotoLine] = field(default_factory=dict[str, PhotoLine])
    sessions: dict[str, SessionLine] = field(default_factory=dict[str, SessionLine])
    counts: Counter[str] = field(default_factory=Counter[str])
    troubles: list[Violation] = field(default_factory=list[Violation])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, key: str, photo_id: str, picture: Picture, *, version_id: str) -> None:
        """Note that S3 has accepted *picture* under *key*; one key is written by one thread at a time."""
        put = put_of(picture, version_id=version_id)
        with self.lock:
            known = self.photos.get(key) or PhotoLine(key=key, photo_id=photo_id, puts=(), deleted=False)
            self.photos[key] = replace(known, puts=(*known.puts, put), deleted=False)
        self.count("uploads")
        self.count(f"uploads, {picture.kind}")

    def copied(self, key: str, to: str, photo_id: str, *, version_id: str) -> None:
        """Note that what *key* holds was copied to another key."""
        with self.lock:
            put = replace(self.photos[key].last, version_id=version_id)
            known = self.photos.get(to) or PhotoLine(key=to, photo_id=photo_id, puts=(), deleted=False)
            self.photos[to] = replace(known, puts=(*known.puts, put), deleted=False)
        self.count("copies")

    def deleted(self, key: str) -> None:
        """Note that the original was deleted."""
        with self.lock:
            self.photos[key] = replace(self.photos[key], deleted=True)
        self.count("deletions")

    def session(self, line: SessionLine) -> None:
        """Note a session that was read to its end."""
        with self.lock:
            self.sessions[line.session_id] = line
        self.count("sessions")
        self.count("edits", len(line.images))

    def count(self, what: str, number: int = 1) -> None:
        """Count something that was done."""
        with self.lock:
            self.counts[what] += number

    def trouble(self, violation: Violation) -> None:
        """Note a promise that was broken while acting."""
        with self.lock:
            self.troubles.append(violation)

    def guarded(self, name: str, act: Callable[[], None]) -> None:
        """Run *act*; record an exception as a trouble, so that the soak goes on."""
        try:
            act()
        except Exception as error:  # noqa: BLE001 - a client's failure is what the soak looks for, and it is told
            self.trouble(Violation(subject=name, expected="to be served", found=f"{type(error).__name__}: {error}"))


def put_of(picture: Picture, *, version_id: str) -> Put:
    """Return *picture* without its bytes: the checks need the rest only."""
    return Put(
        version_id=version_id,
        sha256=hashlib.sha256(picture.data).hexdigest(),
        size=len(picture.data),
        width=picture.width,
        height=picture.height,
        code=picture.code,
    )
