"""Every one of the thirty faults is shown by a test, and the page about them says by which."""

from __future__ import annotations

import pytest

from lab.faults.__main__ import PAGE
from lab.faults.marks import by_fault
from lab.faults.page import page
from lab.faults.table import FAULTS


@pytest.mark.parametrize("number", FAULTS)
def test_every_fault_has_a_test(number: int) -> None:
    """A fault that nothing tries is a hope."""
    assert by_fault().get(number)


def test_marks_name_faults_of_the_table() -> None:
    """A misspelt number would show nothing."""
    assert set(FAULTS) == set(by_fault())


def test_the_page_is_current() -> None:
    """Written by ``python -m lab.faults --docs``."""
    assert page() == PAGE.read_text(encoding="utf-8")
