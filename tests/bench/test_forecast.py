"""A run says how long it will take."""

from __future__ import annotations

from bench.forecast import Forecast, in_words


def test_the_time_left_is_learnt_from_the_parts_so_far() -> None:
    """A machine that took twice as long for the first part takes twice as long for the rest."""
    now, said = [0.0], list[str]()
    forecast = Forecast({"a": 60, "b": 120, "c": 30}, said.append, clock=lambda: now[0])
    for part, seconds in (("a", 120), ("b", 90), ("c", 1)):
        with forecast.part(part):
            now[0] += seconds

    left = ["a: about 4 minutes left of", "b: about 5 minutes left of", "c: about 35 seconds left of"]
    assert [f"{text} the whole run" for text in left] == said


def test_durations_are_said_in_words() -> None:
    """Never nought seconds."""
    assert ["1 seconds", "89 seconds", "2 minutes"] == [in_words(seconds) for seconds in (0, 89, 91)]
