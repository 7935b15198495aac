"""Names of results, whatever a client calls its pictures."""

from __future__ import annotations

import unicodedata
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processor.edits.names import SEGMENT_BYTES, result_key, result_url, safe_name, slot_key
from processor.keys import short_hash

TRICKS = ["..", "/", "\\", "\r\n", "\0", '"', "%2e%2e%2f", "\u202e", "a", "é", "😀", " ", ".", ";", "<b>"]
NAMES = st.text(max_size=300) | st.lists(st.sampled_from(TRICKS), max_size=12).map("".join)
HARMFUL = set('/\\\r\n\0"<>;:|?*%#&')


@given(NAMES)
@settings(deadline=None)
def test_a_safe_name_leads_nowhere_and_ends_no_header(name: str) -> None:
    """Neither a folder nor a line, a quote, a control or a direction; never empty, never longer than its limit."""
    safe = safe_name(name)

    assert set() == set(safe) & HARMFUL
    assert {"C"} & {unicodedata.category(one)[0] for one in safe} == set()
    assert safe not in {"", ".", ".."}
    assert len(safe.encode()) <= SEGMENT_BYTES


@given(NAMES)
@settings(deadline=None)
def test_a_safe_name_is_safe_already(name: str) -> None:
    """Making it safe again changes nothing."""
    assert safe_name(name) == safe_name(f"{safe_name(name)}.jpg")


@given(st.text(min_size=1, max_size=100), NAMES)
@settings(deadline=None)
def test_a_result_stays_in_its_picture_s_folder(image_id: str, name: str) -> None:
    """Ids are the client's too; the address leads back to the key, and no browser finds a way out of it."""
    key = result_key("ses_1", image_id, name, "webp")

    parts = key.split("/")
    assert ["edits", "ses_1"] == parts[:2]
    assert (4, set()) == (len(parts), {".", "..", ""} & set(parts))
    assert key == unquote(urlsplit(result_url("cdn.example.com", key)).path).removeprefix("/")


@pytest.mark.parametrize("slot", ["", "short", "../../secrets-of-others", "slot-of-a-user-0001/../x", "x" * 65])
def test_a_slot_is_named_by_us_alone(slot: str) -> None:
    """Nothing that a client calls a slot leads out of its user's folder."""
    with pytest.raises(ValueError, match="expected the name of an upload slot, received"):
        slot_key("user", slot)


def test_a_user_s_folder_is_a_hash() -> None:
    """Users may be e-mail addresses; keys do not show them."""
    assert f"uploads/{short_hash('ada@example.com', 32)}/slot-of-a-user-0001" == slot_key(
        "ada@example.com", "slot-of-a-user-0001"
    )
