"""Check the stored photos against the ledger. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from lab.soak.model import Gallery, PhotoLine, StoredRendition, Violation

SIZES: Final = ("thumbnail", "small", "medium", "large")
NOTHING: Final = "nothing"


def check(lines: Iterable[PhotoLine], found: Gallery) -> list[Violation]:
    """Name everything that is not as it must be."""
    known = {line.key: line for line in lines}
    left = {line.photo_id for line in known.values() if not line.deleted}
    # A record shows what is left of its photo: the other original, where one was moved or replaced.
    shown = [line for line in known.values() if not (line.deleted and line.photo_id in left)]
    return [
        *(one for line in shown for one in photo(line, found)),
        *(one for line in known.values() for one in originals(line, found)),
        *orphans(known, found),
    ]


def photo(line: PhotoLine, found: Gallery) -> Iterator[Violation]:
    """Judge the record of one key, and what it promises."""
    record = found.records.get(line.photo_id, {})
    status = record.get("status", NOTHING)
    if line.deleted:
        if status not in {"deleted", NOTHING} or shown_sizes(record):
            yield Violation(subject=line.key, expected="a tombstone that shows nothing", found=described(record))
    elif line.last.code:
        told = error_code(record)
        if (status, told) != ("failed", line.last.code):
            yield Violation(subject=line.key, expected=f"failed ({line.last.code})", found=described(record))
    elif status != "active":
        yield Violation(subject=line.key, expected="active", found=described(record))
    else:
        yield from active(line, record, found)


def active(line: PhotoLine, record: Mapping[str, Any], found: Gallery) -> Iterator[Violation]:
    """Judge a photo that says it is done: it shows the last version, in every size."""
    last = line.last
    if record.get("source_version") != last.version_id:
        yield Violation(
            subject=line.key,
            expected=f"version {last.version_id}, the last of {len(line.puts)}",
            found=f"version {record.get('source_version')}",
        )
    size = (record.get("width"), record.get("height"))
    if size != (last.width, last.height):
        yield Violation(subject=line.key, expected=f"{last.width}×{last.height} px", found=f"{size[0]}×{size[1]} px")
    for name in SIZES:
        yield from rendition(line, name, record, found)


def rendition(line: PhotoLine, name: str, record: Mapping[str, Any], found: Gallery) -> Iterator[Violation]:
    """Judge one size: it is there, it decodes, it is of the record's version and the original's."""
    address = urlsplit(str(record.get(f"{name}_url", "")))
    stored = found.renditions.get(unquote(address.path.removeprefix("/")))
    expected = {
        "size": (record.get(f"{name}_width"), record.get(f"{name}_height")),
        "bytes": record.get(f"{name}_bytes"),
        "version": (parse_qs(address.query).get("v") or [""])[0],
        "source-version": line.last.version_id,
    }
    if stored is None or expected != facts(stored):
        said = facts(stored) if stored else NOTHING
        yield Violation(subject=f"{line.key}, {name}", expected=str(expected), found=str(said))


def facts(stored: StoredRendition) -> dict[str, Any]:
    """Describe a rendition by its record."""
    named = {name: stored.metadata.get(name) for name in ("version", "source-version")}
    return {"size": stored.size, "bytes": stored.stored_bytes, **named}


def originals(line: PhotoLine, found: Gallery) -> Iterator[Violation]:
    """Check that every accepted version is stored, byte by byte."""
    for put in line.puts:
        sha256 = found.originals.get((line.key, put.version_id), NOTHING)
        if sha256 != put.sha256:
            subject = f"{line.key}, version {put.version_id}"
            yield Violation(subject=subject, expected=f"SHA-256 {put.sha256}", found=sha256)


def orphans(known: Mapping[str, PhotoLine], found: Gallery) -> Iterator[Violation]:
    """Check that every stored object belongs to a record or an item, and that every lease was released."""
    versions = {(line.key, put.version_id) for line in known.values() for put in line.puts}
    for key, version in found.originals.keys() - versions:
        yield Violation(subject=f"{key}, version {version}", expected="no original of anybody else's", found="one")
    for key in found.items:
        line = known.get(key)
        if line is None or line.deleted:
            yield Violation(subject=key, expected="no item without an original", found="one")
    named = {key for renditions in found.items.values() for key in renditions}
    for key in found.renditions.keys() - named:
        yield Violation(subject=key, expected="no rendition that no item names", found="an orphan")
    for photo_id in sorted(found.leases):
        yield Violation(subject=photo_id, expected="no lease at rest", found="one that was never released")
    ids = {line.photo_id for line in known.values()}
    for photo_id in found.records.keys() - ids:
        yield Violation(subject=photo_id, expected="no record of a photo that was never uploaded", found="one")


def shown_sizes(record: Mapping[str, Any]) -> list[str]:
    """Name the sizes that a record has an address for."""
    return [name for name in SIZES if record.get(f"{name}_url")]


def error_code(record: Mapping[str, Any]) -> str:
    """Return the verdict in a record, "" for none."""
    error: Mapping[str, Any] = record.get("error") or {}
    return str(error.get("code", ""))


def described(record: Mapping[str, Any]) -> str:
    """Describe a record for a violation."""
    if not record:
        return "no record"
    error = error_code(record)
    parts = [str(record.get("status")), *([f"({error})"] if error else []), *shown_sizes(record)]
    return " ".join(parts)
