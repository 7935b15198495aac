"""Read the runbook of an alarm from docs/operations.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from local.front.errors import Refusal

BOOK: Final = Path(__file__).parents[3] / "docs" / "operations.md"
NEXT: Final = re.compile(r"\n(?:<a id=|##)")


def section(name: str, book: Path = BOOK) -> dict[str, str]:
    """Return the title and the text of the section with the anchor *name*; raise Refusal without one."""
    text = book.read_text(encoding="utf-8") if book.exists() else ""
    _, anchor, after = text.partition(f'<a id="{name}">')
    if not anchor:
        raise Refusal(404, "NO_RUNBOOK", f"There is no runbook for {name!r} here: see docs/operations.md.")
    title, _, rest = after.partition("\n### ")[2].partition("\n")
    return {"title": title, "text": NEXT.split(rest, maxsplit=1)[0].strip()}
