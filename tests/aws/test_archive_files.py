"""Tests of the name under which browsers save a file."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest

from processor.aws.archive_files import disposition

# One value of RFC 6266: a quoted string of printable ASCII without escapes, then RFC 8187's extended value.
HEADER = re.compile(
    r"attachment; filename=\"(?P<plain>[ !#-\[\]-~]*)\"; filename\*=UTF-8''(?P<whole>[\w.~%-]*)", re.ASCII
)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("smith originals.zip", "smith originals.zip"),
        ("Küsse 猫.jpg", "K-sse -.jpg"),
        ('a "quoted" \\ name?.jpg', "a -quoted- - name-.jpg"),
        ("100%25.jpg", "100-25.jpg"),
        ("line\r\nSet-Cookie: a=b.jpg", "line--Set-Cookie: a=b.jpg"),
    ],
)
def test_a_file_keeps_its_name(name: str, plain: str) -> None:
    """Also one of another script, and one that would end the header."""
    found = HEADER.fullmatch(disposition(name))

    assert found
    assert (plain, name) == (found["plain"], unquote(found["whole"]))
