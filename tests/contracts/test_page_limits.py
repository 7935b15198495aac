"""The limits of the page's fields equal those of the API; they are written twice, in two languages."""

from __future__ import annotations

import re
from pathlib import Path

from processor.api.requests import MAX_ARCHIVED
from processor.edits.command import MAX_COMMAND_CHARS
from processor.edits.options import EditOptions

WEB = Path(__file__).parents[2] / "web"


def number(script: str, pattern: str) -> int:
    """Read a number of the page's."""
    found = re.search(pattern, (WEB / script).read_text(encoding="utf-8"))
    assert found, f"expected {pattern} in {script}"
    return int(found[1].replace("_", ""))


def test_a_command_may_be_as_long_in_the_page_as_in_the_api_and_the_grammar() -> None:
    """Longer, and a command that was written would be refused; shorter, and it could not be written."""
    assert MAX_COMMAND_CHARS == number("editor/command.js", r"MOST_CHARS = ([\d_]+)")


def test_wishes_for_results_end_in_the_page_where_they_end_in_the_api() -> None:
    """Each number field knows the largest value that is taken."""
    allowed = EditOptions.model_json_schema()["properties"]
    for name in ("quality", "maxWidth", "maxHeight"):
        [largest] = [one["maximum"] for one in allowed[name]["anyOf"] if one["type"] == "integer"]
        assert largest == number("editor/options.js", rf'number\("{name}", ([\d_]+)\)')


def test_as_many_photos_may_be_chosen_for_one_archive_as_the_api_takes() -> None:
    """More, and the page would offer what is refused."""
    assert MAX_ARCHIVED == number("gallery/bulk.js", r"MOST_PACKED = ([\d_]+)")
