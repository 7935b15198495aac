"""Places of progress streams: so many of a user, so many of a session, and none is lost for good."""

from __future__ import annotations

import pytest

from processor.errors import EditCode, EditError
from tests.factories.edits import SessionStore, open_sessions


def refused(store: SessionStore, session_id: str) -> EditError:
    """Return the error of a place that is not given."""
    with pytest.raises(EditError) as caught:
        store.stream_places.take("ada", session_id)
    assert EditCode.TOO_MANY_STREAMS == caught.value.edit_code
    return caught.value


def test_a_session_takes_ten_places_and_a_user_twelve() -> None:
    """A ticket, which opens one session, leaves places for the user's others."""
    with open_sessions() as store:
        places = [store.stream_places.take("ada", "ses_a") for _ in range(10)]

        assert "expected at most 10 of one session" in refused(store, "ses_a").public
        places += [store.stream_places.take("ada", "ses_b") for _ in range(2)]
        assert "expected at most 12 of one user" in refused(store, "ses_c").public
        assert store.stream_places.take("bob", "ses_d")
        store.stream_places.give_back(places[0])
        store.stream_places.give_back(places[0])
        assert store.stream_places.take("ada", "ses_c")
        refused(store, "ses_a")


def test_places_of_a_process_that_died_come_back() -> None:
    """Their time is over a minute after their streams would have ended."""
    with open_sessions() as store:
        for _ in range(10):
            store.stream_places.take("ada", "ses_a")
        refused(store, "ses_a")
        store.clock.ms += 3_700_000

        assert store.stream_places.take("ada", "ses_a")
