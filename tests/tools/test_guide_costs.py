"""The guides' cost tables: their own sums, the right ones, and the page that prints both."""

from __future__ import annotations

import pytest

from processor.ops.cost.prices import load_prices
from tools.guide_costs import PAGE, guides, page


def test_the_page_is_current() -> None:
    """`make docs` writes it."""
    text = PAGE.read_text(encoding="utf-8")

    assert page(text) == text


def test_both_guides_are_reproduced_and_corrected() -> None:
    """Every figure by hand, from the guides and from AWS's price pages."""
    gallery, editor = guides(load_prices())

    assert (0.19, 25.60) == (pytest.approx(gallery.printed), pytest.approx(editor.printed))
    assert 17.18 == pytest.approx(editor.usd, abs=0.005)
    # 600,000 GB-seconds at $16.6667 a million, and 30,000 requests at $0.20 a million.
    assert 10.006 == pytest.approx(editor.lines[0].usd, abs=5e-4)
    assert 0.131 == pytest.approx(editor.lines[1].usd, abs=5e-4)
    # 90,000 writes at $0.625 a million, 90,000 reads at $0.125 a million.
    assert 0.0675 == pytest.approx(editor.lines[2].usd)
    assert 0.087 == pytest.approx(gallery.lines[0].usd, abs=5e-4)


@pytest.mark.parametrize(
    "fault",
    ["600,000 GB-seconds: $10.00", "not Lambda's maximum: that is 10,240 MB", "priced per GB-second", "$10.006 |"],
)
def test_the_page_names_each_fault(fault: str) -> None:
    """A reader who compares with a guide finds the reason beside the figure."""
    assert fault in PAGE.read_text(encoding="utf-8")
