"""The scan tells a position from a duration."""

from __future__ import annotations

import pytest

from lab.soak.secret_scan import positions


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{"gps": [48.8583, 2.29444]}', ["a position in the log"]),
        ("latitude 48.858333333, longitude 2.294", ["a position in the log"]),
        ('{"decode_ms": 48.858}\n{"encode_ms": 2.294}', []),
        ("", []),
    ],
)
def test_a_line_with_latitude_and_longitude_tells_a_place(text: str, where: list[str]) -> None:
    """However they are rounded; one number alone is a duration."""
    assert where == list(positions([("the log", text)]))
