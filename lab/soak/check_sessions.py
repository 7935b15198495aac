"""Check edit sessions against what was requested and what their users received. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from lab.soak.model import SessionLine, SessionSeen, Violation
from lab.soak.streams import END
from testkit.simulated_user import ProgressEvent

ENDINGS = frozenset({"complete", "image_error"})


def check(lines: Mapping[str, SessionLine], seen: Mapping[str, SessionSeen]) -> list[Violation]:
    """Name everything that is not as it must be; a session that could not be *seen* again is named elsewhere."""
    return [one for name, again in seen.items() for one in session(lines[name], again)]


def session(line: SessionLine, seen: SessionSeen) -> Iterator[Violation]:
    """Judge one session."""
    checks = (repeated(line), order(line), ending(line), pictures(line), lasting(line, seen), results(line, seen))
    for found in checks:
        yield from found


def repeated(line: SessionLine) -> Iterator[Violation]:
    """Check that one idempotency key means one session."""
    for other in line.repeats:
        if other != line.session_id:
            yield Violation(subject=line.session_id, expected="the same session for the same key", found=other)


def order(line: SessionLine) -> Iterator[Violation]:
    """Check that events come in order, without a gap or a repeat."""
    ids = [one.id for one in line.events]
    if ids != list(range(1, len(ids) + 1)):
        yield Violation(subject=line.session_id, expected=f"events 1 to {len(ids)}", found=f"events {ids}")


def ending(line: SessionLine) -> Iterator[Violation]:
    """Check that a session ends once, as its last event, with matching counters and status."""
    ends = [one for one in line.events if one.name == END]
    if len(ends) != 1 or line.events[-1].name != END:
        found = f"{len(ends)}, and {line.events[-1].name if line.events else 'no event'} as the last"
        yield Violation(subject=line.session_id, expected=f"one {END}, as the last event", found=found)
        return
    counted = Counter(one.name for one in line.events)
    said = tuple(ends[0].data.get(name) for name in ("status", "totalProcessed", "totalFailed"))
    done, failed = counted["complete"], counted["image_error"]
    expected = (status_of(line, done, failed), done, failed)
    if expected != said:
        yield Violation(subject=line.session_id, expected=f"the end {expected}", found=f"the end {said}")


def status_of(line: SessionLine, done: int, failed: int) -> str:
    """Return the status with which a session must have ended."""
    if line.cancelled:
        return "cancelled"
    if not failed:
        return "complete"
    return "partial" if done else "error"


def pictures(line: SessionLine) -> Iterator[Violation]:
    """Check that every picture ends once, as expected; of a cancelled session some do not."""
    ends = [one for one in line.events if one.name in ENDINGS]
    for image, code in line.images.items():
        told = [code_of(one) for one in ends if one.data.get("imageId") == image]
        if told != [code] and not (line.cancelled and not told):
            subject = f"{line.session_id}, {image}"
            yield Violation(subject=subject, expected=f"one end, {code or 'a result'}", found=f"{told}")


def code_of(event: ProgressEvent) -> str:
    """Return the code of a picture's end, "" for a result."""
    return str(event.data["error"]["code"]) if event.name == "image_error" else ""


def lasting(line: SessionLine, seen: SessionSeen) -> Iterator[Violation]:
    """Check that published events do not change: a second read of the stream and the session agree with them."""
    if seen.events != line.events:
        found = f"{len(seen.events)} other events"
        yield Violation(subject=line.session_id, expected=f"the same {len(line.events)} events again", found=found)
    last = line.events[-1].data if line.events else {}
    told = (last.get("status"), last.get("totalProcessed"), last.get("totalFailed"))
    stands = (seen.status, seen.counters.get("processed"), seen.counters.get("failed"))
    if told != stands:
        yield Violation(subject=line.session_id, expected=f"a session that says {told}", found=str(stands))


def results(line: SessionLine, seen: SessionSeen) -> Iterator[Violation]:
    """Check that every published result is stored, decodes, and has the published size."""
    for event in line.events:
        if event.name != "complete":
            continue
        image, result = event.data["imageId"], event.data["result"]
        told = ((result["width"], result["height"]), result["size"])
        shown = seen.results.get(image)
        found = (shown.size, shown.stored_bytes) if shown else None
        if told != found:
            yield Violation(subject=f"{line.session_id}, {image}", expected=f"a result of {told}", found=str(found))
