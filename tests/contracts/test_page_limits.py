"""The limits of the page's fields equal those of the API; they are written twice, in two languages."""

from __future__ import annotations

import re
from pathlib import Path

from processor.edits.command import MAX_COMMAND_CHARS
from processor.edits.options import EditOptions

EDITOR = Path(__file__).parents[2] / "web" / "editor"


def number(script: str, pattern: str) -> int:
    """Read a number of the page's."""
    found = re.search(pattern, (EDITOR / script).read_text(encoding="utf-8"))
    assert found, f"expected {pattern} in {script}"
    return int(found[1].replace("_", ""))


def test_a_command_may_be_as_long_in_the_page_as_in_the_api_and_the_grammar() -> None:
    """Longer, and a command that was written would be refused; shorter, and it could not be written."""
    assert MAX_COMMAND_CHARS == number("command.js", r"MOST_CHARS = ([\d_]+)")


def test_wishes_for_results_end_in_the_page_where_they_end_in_the_api() -> None:
    """Each number field knows the largest value that is taken."""
    allowed = EditOptions.model_json_schema()["properties"]
    for name in ("quality", "maxWidth", "maxHeight"):
        [largest] = [one["maximum"] for one in allowed[name]["anyOf"] if one["type"] == "integer"]
        assert largest == number("options.js", rf'number\("{name}", ([\d_]+)\)')
