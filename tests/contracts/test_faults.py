"""Every one of the thirty faults is shown by a test, and the page about them says by which."""

from __future__ import annotations

from lab.faults.__main__ import PAGE
from lab.faults.marks import by_fault
from lab.faults.page import page
from lab.faults.table import FAULTS


def test_every_fault_has_a_test() -> None:
    """A fault that nothing tries is a hope; a misspelt number would show nothing."""
    assert set(FAULTS) == set(by_fault())


def test_the_page_is_current() -> None:
    """Written by ``python -m lab.faults --docs``."""
    assert page() == PAGE.read_text(encoding="utf-8")
