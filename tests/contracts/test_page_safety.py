"""The page shows names that strangers chose: nothing of them can become markup or code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "web"
SCRIPTS = sorted(WEB.rglob("*.js"))
MARKUP_FROM_TEXT = re.compile(
    r"\b(innerHTML|outerHTML)\s*\+?=(?!=)|\b(insertAdjacentHTML|document\.write|createContextualFragment|setHTMLUnsafe|srcdoc)\b"
)
CODE_FROM_TEXT = re.compile(r"\beval\(|\bnew Function\(|javascript:|\bset(Timeout|Interval)\(\s*[\"'`]")
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<[^>]+\son[a-z]+\s*=|<[^>]+\sstyle\s*=|<style", re.IGNORECASE)


def test_scripts_never_make_markup_or_code_of_text() -> None:
    """Names go into the page as text, whatever they hold."""
    texts = {str(one.relative_to(WEB)): one.read_text(encoding="utf-8") for one in SCRIPTS}

    assert texts
    assert [] == [
        (script, found[0])
        for script, text in texts.items()
        for pattern in (MARKUP_FROM_TEXT, CODE_FROM_TEXT)
        for found in pattern.finditer(text)
    ]


def test_the_document_holds_no_inline_script_handler_or_style() -> None:
    """So the policy needs no exception."""
    assert [] == [found[0] for found in INLINE.finditer((WEB / "index.html").read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MARKUP_FROM_TEXT, "tile.innerHTML = name"),
        (CODE_FROM_TEXT, "setTimeout('go()', 1)"),
        (INLINE, "<script>1</script>"),
        (INLINE, '<img onerror="go()">'),
    ],
)
def test_the_search_finds_what_it_is_for(pattern: re.Pattern[str], text: str) -> None:
    """A pattern that matched nothing would pass everything."""
    assert pattern.search(text)
