"""Name the objects of the edit service in the results bucket.

uploads/{hash of user}/{slot}                a file that a user has put there; other users cannot name it
edits/{session}/{image}/{name}.{extension}   a result
archives/{hash of user}/{archive}/{file}     an archive, the list of its photos, and how far it is
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

from processor.keys import cut, short_hash
from processor.settings.values import origin_of

SLOTS: Final = "uploads/"
RESULTS: Final = "edits/"
ARCHIVES: Final = "archives/"
USER_HASH_CHARS: Final = 32
SLOT: Final = re.compile("[A-Za-z0-9_-]{16,64}")
SEGMENT_BYTES: Final = 120
IMAGE_ID: Final = re.compile("[A-Za-z0-9_-]{1,64}")
EXTENSION: Final = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")
# Besides letters, marks and digits of any script.
SAFE: Final = frozenset(" -_.,()+'")
DEFAULT_NAME: Final = "image"


def slot_key(user_id: str, slot: str) -> str:
    """Key of a user's upload slot; ValueError when *slot* is not the name of one."""
    if not SLOT.fullmatch(slot):
        raise ValueError(f"expected the name of an upload slot, received {slot[:80]!r}")
    return f"{slots_of(user_id)}{slot}"


def slots_of(user_id: str) -> str:
    """Start of the keys of all upload slots of a user."""
    return f"{SLOTS}{short_hash(user_id, USER_HASH_CHARS)}/"


def results_of(session_id: str) -> str:
    """Start of the keys of all results of a session."""
    return f"{RESULTS}{session_id}/"


def session_tag(session_id: str) -> str:
    """Cache tag of the results of a session."""
    return f"session:{short_hash(session_id)}"


def user_tag(user_id: str) -> str:
    """Cache tag of the results of a user. It stays with them when the session's item has expired."""
    return f"user:{short_hash(user_id, USER_HASH_CHARS)}"


def archives_of(user_id: str) -> str:
    """Start of the keys of all archives of a user."""
    return f"{ARCHIVES}{short_hash(user_id, USER_HASH_CHARS)}/"


def result_key(session_id: str, image_id: str, name: str, extension: str) -> str:
    """Key of a result: the image's own folder, whatever two images or their names have in common."""
    folder = image_id if IMAGE_ID.fullmatch(image_id) else short_hash(image_id)
    return f"{results_of(session_id)}{folder}/{safe_name(name)}.{extension}"


def result_url(host: str, key: str) -> str:
    """Address of a result at the CDN."""
    return f"{origin_of(host)}/{quote(key)}"


def safe_name(name: str) -> str:
    """Make a file name without extension of what a client calls a picture; letters of all scripts stay.

    No folder, no control or direction character, nothing that a header, a shell or Windows would read otherwise.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    stem = EXTENSION.sub("", last)
    kept = "".join(one if one in SAFE or unicodedata.category(one)[0] in "LMN" else "-" for one in stem)
    return cut(re.sub(r"-{2,}", "-", kept), SEGMENT_BYTES).strip(" .-") or DEFAULT_NAME
