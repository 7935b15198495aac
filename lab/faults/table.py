"""The thirty faults: what goes wrong, and what must hold nevertheless."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FAULTS: Final[Mapping[int, tuple[str, str]]] = {
    1: (
        "The same event ten times, one after the other and at once",
        "One photo; nine replays take its lease alone",
    ),
    2: ("Version 2 before version 1", "The record and every pixel are of version 2"),
    3: ("Sequencers of unequal length", "They decide nothing: what S3 holds now does"),
    4: ("DELETE before a late CREATE", "The tombstone stays; nothing is left behind"),
    5: ("The source is gone (404)", "Cleaned up and acknowledged, without a record"),
    6: ("Overwritten between HEAD and GET", "What is current in the end is rendered; nothing of the other stays"),
    7: ("Death after 3 of 4 renditions", "Never active too early; the next holder of the lease does it again"),
    8: ("DynamoDB throttled after the upload", "The next delivery writes the record"),
    9: ("A write succeeded, its answer was lost", "The next delivery finds its own work"),
    10: ("Time runs out mid-way", "No step begins with less than 15 s left"),
    11: ("No time left at all", "Nothing is asked of AWS; the messages come again"),
    12: ("A poison message in a batch of ten", "It alone comes again, and ends in the dead letters"),
    13: ("A bad picture", "One verdict, recorded and acknowledged; no retries"),
    14: ("TestEvent, empty Records, malformed JSON", "Acknowledged, or refused in one sentence"),
    15: ("The message becomes visible while it is worked on", "One photo, one outcome: the second worker waits"),
    16: ("All records of a batch fail", "All are named; an empty list would acknowledge them"),
    17: ("A multipart upload that stopped half-way", "No event, no photo; complete, it is a photo like any other"),
    18: ("KMS or AccessDenied", "Tried again, then a dead letter with its alarm; never `failed`"),
    19: ("The decoder child is killed or out of memory", "A verdict, or a second try in a fresh child"),
    20: ("The edit worker is killed mid-edit", "The next delivery ends the picture, once"),
    21: ("Two requests with one idempotency key", "One session"),
    22: ("The same key with another body", "409; nothing starts"),
    23: ("A client leaves mid-stream and resumes", "No event is missing, none comes twice"),
    24: ("A reader that takes nothing", "It costs no memory, delays no other reader and is disconnected"),
    25: ("A source that stalls, drips, lies about its length or packs a bomb", "Ended in time; half is never whole"),
    26: ("The disk under /tmp is full", "Nothing of a photo or an edit is written there"),
    27: ("Redrive after a mended fault", "What had failed is rendered, and nothing twice"),
    28: ("Hostile keys", "Rendered like any other, under names that fit and lead back"),
    29: ("Writes under `renditions/`", "Never taken for originals"),
    30: ("Clocks that are off", "Order follows versions and event ids, never a clock"),
}
